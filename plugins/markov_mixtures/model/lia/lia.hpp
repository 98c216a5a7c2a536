// SPDX-License-Identifier: Apache-2.0
#pragma once
// Linear interpolation of algorithms (LIA): a model's predictions as a mixture of Uni-Ret, Bi-Ret, Uni-Inf and Bi-Inf.
//
// Weights minimise the squared distance between the model's next-token probabilities and Σ_a w_a P_a over contexts of known
// chains only (arXiv 2412.01003, section 5); what they say of new chains is a forecast, judged in forecast.hpp. At long
// contexts Uni-Ret and Uni-Inf nearly coincide: above `illConditioned` their split means nothing and `unigram()` is the number
// to show; short contexts in the fit separate them. Divergences in nats. Pure but for the fit's own state; any thread.
//
//     LiaFit fit(10);
//     fit.add(modelRow, algorithmRows);                  // [k]; [kAlgorithms, k], as AlgorithmBank::predict gives it
//     Lia lia = fit.solve();                             // lia.weights (the order of kFour), lia.rmse, lia.condition
//     std::vector<double> p = interpolate(lia.weights, algorithmRows, 10);

#include <array>
#include <span>
#include <vector>

#include "model/algorithms/algorithm.hpp"
#include "model/lia/simplex.hpp"

namespace markov_mixtures {

/// A choice: from here on some difference of weights is known thirty times worse than the best known one, and is not shown.
inline constexpr double kIllConditioned = 30;

struct Lia {
    std::array<double, 4> weights{};  ///< of kFour, Σ = 1
    double rmse = 0;                  ///< of the fit, in probability
    double klModelLia = 0;            ///< mean over contexts of KL(model‖LIA)
    double condition = 1;             ///< see SimplexSolution
    std::array<double, 4> weakest{};  ///< direction in which the weights are known worst

    double unigram() const { return weights[0] + weights[2]; }
    double retrieval() const { return weights[0] + weights[1]; }
    bool illConditioned(double limit = kIllConditioned) const { return !(condition < limit); }
    Algorithm largest() const;
};

class LiaFit {
  public:
    explicit LiaFit(int states);
    /// One context: the model's row [k] and the rows of all algorithms [kAlgorithms, k].
    void add(std::span<const double> model, std::span<const double> algorithms);
    Lia solve() const;

  private:
    int m_states;
    SimplexFit m_fit;
    std::vector<double> m_model,
        m_columns;  // [contexts, k]; [contexts, k, 4]: for the divergence, which needs the weights first
};

/// Σ_a w_a P_a: [k] from the rows of all algorithms [kAlgorithms, k], or [k, k] from their matrices [kAlgorithms, k, k].
std::vector<double> interpolate(std::span<const double> weights, std::span<const double> algorithms);

}  // namespace markov_mixtures

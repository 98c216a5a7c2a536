// SPDX-License-Identifier: Apache-2.0
#pragma once
// All algorithms over one mixture: contexts in, next-token distributions out.
//
// Posteriors are w_m = softmax_m(ln p_m + L_m) with L the unigram likelihood Σ_t ln π_m[s_t] or the bigram likelihood
// ln π_m[s_1] + Σ_t ln T_m[s_{t−1}, s_t] (arXiv 2412.01003, section 4; papers/markov_mixtures 2.4), in the log domain
// throughout. A transition that a chain does not allow costs it kImpossible nats: the posterior is the limit of a vanishing
// smoothing, and a context that no chain allows goes to the chains that it contradicts least often. Made once and read only;
// share it between threads; each call works in memory of its own. Probabilities have no unit. Wrong sizes, empty contexts
// and states outside the chains throw std::invalid_argument.
//
//     AlgorithmBank bank(mixture, {.alpha = 1});
//     std::vector<double> p(contexts.size() * kAlgorithms * 10);
//     bank.predict(contexts, p);                                       // [contexts, algorithm, k]
//     std::vector<double> t = bank.inferredMatrices(windows);          // [algorithm, k, k], windows[j] ends in state j
//     Posterior posterior = bank.posterior(context);                   // .bigram [N], .bigramEvidence in nats

#include <memory>
#include <span>
#include <vector>

#include "model/algorithms/algorithm.hpp"
#include "model/algorithms/counts.hpp"
#include "model/chains/mixture.hpp"

namespace markov_mixtures {

inline constexpr double kImpossible =
    -1e5;  ///< nats; far below any likelihood ratio of a context, far above overflow

/// What the first token of a context adds to the bigram likelihood.
enum class FirstToken {
    Stationary,  ///< ln π_m[s_1]
    Leak  ///< ln T_m[s_0, s_1] where the token in front of the context is known, as in the paper's code
};

struct BankOptions {
    double alpha = 1;  ///< smoothing of the inference algorithms, ≥ 0
    int order = 2;     ///< tokens that the n-gram looks back, 0 … 16
    FirstToken firstToken = FirstToken::Stationary;
    double inferencePrior =
        .1;  ///< of the hierarchical algorithm: probability that the chain is new, in [0, 1]
};

struct Posterior {
    std::vector<double> unigram, bigram;             ///< [N], each sums to 1
    double unigramEvidence = 0, bigramEvidence = 0;  ///< ln Σ_m p_m exp(L_m), nats
};

class AlgorithmBank {
  public:
    explicit AlgorithmBank(std::shared_ptr<const Mixture> mixture, const BankOptions& options = {});

    const Mixture& mixture() const { return *m_mixture; }
    const BankOptions& options() const { return m_options; }
    int states() const { return m_mixture->states; }

    /// out [contexts, kAlgorithms, k].
    void predict(std::span<const Context> contexts, std::span<double> out) const {
        predict(contexts, out, true);
    }
    /// The paper's inferred transition matrices: windows [k], window j ends in state j (or wherever a shuffle put it), row j is
    /// the prediction after it. Uni-Inf is the stationary distribution of this whole Bi-Inf matrix. [kAlgorithms, k, k]
    std::vector<double> inferredMatrices(std::span<const Context> windows) const;
    Posterior posterior(const Context& context) const;

  private:
    struct Scratch;
    void check(const Context& context) const;
    void predict(std::span<const Context> contexts, std::span<double> out, bool stationaryInference) const;
    void weigh(std::span<const Context> contexts, std::span<const ContextCounts> counts,
               Scratch& scratch) const;

    std::shared_ptr<const Mixture> m_mixture;
    BankOptions m_options;
    std::size_t m_stride;                                 // N rounded up; the rest has prior 0
    std::unique_ptr<double[], void (*)(void*)> m_tables;  // aligned
    double *m_logPrior, *m_logs, *m_columns;              // [stride]; [k² + k, stride]; [k + 1, k, stride]
    std::vector<double> m_meanStationary, m_meanMatrix;   // [k]; [k, k]
};

}  // namespace markov_mixtures

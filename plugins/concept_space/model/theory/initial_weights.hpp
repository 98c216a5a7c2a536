// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a trajectory starts: W0 given as a matrix, or drawn from a named distribution.
//
// A draw is W0 = U U^T with U kept beside it, so that an exactly rank-deficient start stays one. Numbers
// come from the counter-based streams of sdk/learn (same seed, same W0, on every machine; normal draws up to
// the last bits of the C library's log, sin, cos), or, for `torch_uniform`, from the generator of torch's
// CPU backend, bit for bit. A plain value; any thread. Weights are dimensionless.
//
//     auto a = InitialWeights::draw("uniform:0.2", 3, seed);     // U_ij ~ 0.2 * Uniform[0,1), [3, 3]
//     auto b = InitialWeights::draw("normal:0.1:8", 3, seed);    // U [3, 8] iid N(0, 0.1^2)
//     auto c = InitialWeights::draw("torch_uniform:0.2:2333", 3, seed);  // W0 of figure 5
//     auto e = InitialWeights::matrix(w0);                       // any [d, d]
//     Eigen::MatrixXd u = c.factor();                            // [d, d], U U^T = W0; throws if none

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <string_view>

namespace concept_space::theory {

class InitialWeights {
  public:
    /// W0 itself, [d, d] and finite; only the symmetric model asks more of it (see factor()).
    static InitialWeights matrix(const Eigen::MatrixXd& w0);
    /// W0 = U U^T of a given U, [d, k].
    static InitialWeights fromFactor(const Eigen::MatrixXd& u);
    /// `zero`, `uniform:scale`, `normal:std[:width]`, `torch_uniform:scale:seed` (seeded by the text alone),
    /// and, for the one-layer model, `linear`: iid Uniform(-1/sqrt(d), 1/sqrt(d)), the default of torch's
    /// linear layer. Anything else: std::invalid_argument with a sentence. `substream` numbers replicates
    /// under one seed.
    static InitialWeights draw(std::string_view spec, int dim, std::uint64_t seed,
                               std::uint64_t substream = 0);
    /// Where the numbers of a draw come from: "zero", "torch seed 2333" (whatever `seed` is), else "seed 3", as
    /// uniform, normal and linear read the same stream. Draws from one source are the same numbers scaled, cut or
    /// transformed, and no independent repetitions. Refuses as draw() does.
    static std::string sourceOf(std::string_view spec, std::uint64_t seed);

    int dim() const { return static_cast<int>(m_weights.rows()); }
    const Eigen::MatrixXd& weights() const { return m_weights; }
    /// U [d, d] with U U^T = W0. Throws std::invalid_argument where W0 is not symmetric or has a negative
    /// eigenvalue.
    Eigen::MatrixXd factor() const;

  private:
    Eigen::MatrixXd m_weights;
    Eigen::MatrixXd m_factor;  // [d, k], or empty where only W0 is known
};

}  // namespace concept_space::theory

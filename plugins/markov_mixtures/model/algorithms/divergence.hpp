// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two divergences of this plugin. They are different numbers; none of them is called "KL" alone.
//
// `klMatrix` is the paper's expected divergence between transition matrices, KL(prediction‖truth) in nats: rows of the
// first argument, weights the stationary distribution of the second after adding ε (arXiv 2412.01003, equation 1 as its
// code computes it). `klPosition` is KL(truth‖prediction) in nats at one position: what the cross-entropy loss exceeds
// the entropy rate by. Pure functions, any thread.
//
//     double d = klMatrix(10, inferred, truth);                       // 0 when equal (up to ε)
//     double e = klPosition(truth.row(last), prediction);             // ≥ 0

#include <span>

namespace markov_mixtures {

inline constexpr double kEpsilon = 1e-8;  ///< added to the second argument, as in the paper's code

/// Σ_i π_i[Q] Σ_j P_ij ln(P_ij / (Q_ij + ε)), both [k, k]; terms with P_ij = 0 are 0. May be below 0 by about k·ε.
double klMatrix(int states, std::span<const double> prediction, std::span<const double> truth);
/// The same with the weights given [k]: spares solving for them when the second argument stays.
double klMatrix(std::span<const double> prediction, std::span<const double> truth,
                std::span<const double> weights);
/// The stationary distribution of Q + ε, rows scaled to sum to 1: the weights of klMatrix. [k] into `weights`.
void klWeights(int states, std::span<const double> truth, std::span<double> weights);

/// Σ_j p_j ln(p_j / max(q_j, ε)), both [k]: exactly 0 for equal rows, finite where the prediction is 0.
double klPosition(std::span<const double> truth, std::span<const double> prediction);

}  // namespace markov_mixtures

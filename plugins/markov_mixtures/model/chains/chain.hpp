// SPDX-License-Identifier: Apache-2.0
#pragma once
// One Markov chain over k states, checked: its transition matrix, its stationary distribution, its entropies.
//
// T[i, j] is the probability that j follows i; rows sum to 1. The stationary distribution is the least-squares
// solution of [Tᵀ − I; 1ᵀ] π = [0; 1] (arXiv 2412.01003, as its code has it). A chain here is always
// irreducible and aperiodic, so that π is unique and every start forgets itself. Entropies are in nats.
// Plain values, pure functions, any thread; what cannot be a chain throws std::invalid_argument with a
// sentence that says which row or state is at fault.
//
//     Chain chain = makeChain(2, {.9, .1, .3, .7});
//     chain.stationary;          // {.75, .25}
//     entropyRate(chain);        // Σ π_i H(T_i) = .397 nats

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace markov_mixtures {

/// A state of a chain, 0 … k-1. One byte keeps a batch of sequences in the cache.
using Token = std::uint8_t;
inline constexpr int kMostStates = 255;

struct Chain {
    int states = 0;                  ///< k ≥ 2
    std::vector<double> transition;  ///< [k, k] row-major
    std::vector<double> stationary;  ///< [k]

    std::span<const double> row(int from) const {
        const auto k = static_cast<std::size_t>(states);
        return std::span(transition).subspan(static_cast<std::size_t>(from) * k, k);
    }
};

/// Checks the matrix and solves for the stationary distribution.
Chain makeChain(int states, std::vector<double> transition);

/// Why the matrix is no ergodic chain, as a sentence; empty when it is one.
std::string whyNotErgodic(int states, std::span<const double> transition);

/// π [k] of any row-stochastic matrix by least squares; negative rounding is cut, the sum is 1.
std::vector<double> stationaryOf(int states, std::span<const double> transition);

/// Σ_i π_i H(T_i) in nats: the loss that no predictor of the next state beats.
double entropyRate(const Chain& chain);
/// H(π) in nats: the loss of the best predictor that ignores the last state.
double stationaryEntropy(const Chain& chain);
/// Shannon entropy of a distribution in nats; zero entries count 0.
double entropy(std::span<const double> distribution);

/// The same chain with state i called newName[i]; newName is a permutation of 0 … k-1.
Chain relabelled(const Chain& chain, std::span<const std::uint32_t> newName);

}  // namespace markov_mixtures

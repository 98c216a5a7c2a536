// SPDX-License-Identifier: Apache-2.0
#pragma once
// A finite mixture of N Markov chains over k states: what sequences are drawn from and what retrieval knows.
//
// Chains lie one after the other in flat arrays, so that samplers and posteriors run over them without jumps.
// A mixture is made once and then read only; share it between threads. A spec that needs more memory than its
// limit is refused before anything is allocated, by std::invalid_argument with a sentence.
//
//     Mixture mixture = makeMixture({.generator = {.states = 10}, .chains = 64, .seed = 42});
//     Mixture given = mixtureOf({chainA, chainB}, {.5, .5});
//     mixture.transitionOf(7);    // [k, k] of chain 7

#include <span>
#include <string>
#include <vector>

#include "model/chains/generators.hpp"
#include "model/chains/prior.hpp"

namespace markov_mixtures {

/// Half of the memory that there is (memory.hpp), in bytes.
std::uint64_t memoryForMixtures();

struct MixtureSpec {
    GeneratorSpec generator;
    PriorSpec prior;
    std::int64_t chains = 64;  ///< N
    std::uint64_t seed = 42;   ///< draws matrices and prior; other sets share it, not their streams
    std::uint64_t memoryLimit = memoryForMixtures();  ///< bytes, for the mixture and the tables made of it
};

struct Mixture {
    int states = 0;
    std::vector<double> transition;  ///< [N, k, k]
    std::vector<double> stationary;  ///< [N, k]
    std::vector<double> prior;       ///< [N]

    std::size_t chains() const { return prior.size(); }
    std::span<const double> transitionOf(std::size_t n) const {
        const std::size_t size = static_cast<std::size_t>(states) * static_cast<std::size_t>(states);
        return std::span(transition).subspan(n * size, size);
    }
    std::span<const double> stationaryOf(std::size_t n) const {
        const auto k = static_cast<std::size_t>(states);
        return std::span(stationary).subspan(n * k, k);
    }
    Chain chain(std::size_t n) const;
};

/// Bytes that a mixture takes together with its alias tables and the logarithms of an AlgorithmBank.
std::uint64_t mixtureBytes(std::int64_t chains, int states);

/// A number that is another one where matrices or prior differ in a single bit, to tell chains of a file from those of another.
std::uint64_t fingerprintOf(const Mixture& mixture);

/// "3.2 GB".
std::string gigabytes(std::uint64_t bytes);

/// Refuses impossible specs and those beyond the memory limit; cheap.
void requireValid(const MixtureSpec& spec);

/// Chains 0 … N-1 of the stream "train".
Mixture makeMixture(const MixtureSpec& spec);

/// From chains that exist; all have the same number of states, `prior` one positive entry for each (it is normalised).
Mixture mixtureOf(const std::vector<Chain>& chains, std::vector<double> prior);

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#include "model/chains/mixture.hpp"

#include <bit>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "model/chains/memory.hpp"

namespace markov_mixtures {
namespace {

void append(Mixture& mixture, const Chain& chain) {
    mixture.transition.insert(mixture.transition.end(), chain.transition.begin(), chain.transition.end());
    mixture.stationary.insert(mixture.stationary.end(), chain.stationary.begin(), chain.stationary.end());
}

}  // namespace

std::uint64_t memoryForMixtures() {
    static const std::uint64_t bytes = availableMemory() / 2;
    return bytes;
}

std::uint64_t fingerprintOf(const Mixture& mixture) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, eight bytes at a time
    for (const auto* numbers : {&mixture.transition, &mixture.prior})
        for (const double number : *numbers)
            hash = (hash ^ std::bit_cast<std::uint64_t>(number)) * 0x100000001b3;
    return hash;
}

std::string gigabytes(std::uint64_t bytes) {
    const auto tenths = static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) / 1e8));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

Chain Mixture::chain(std::size_t n) const {
    const auto t = transitionOf(n), pi = stationaryOf(n);
    return {states, {t.begin(), t.end()}, {pi.begin(), pi.end()}};
}

std::uint64_t mixtureBytes(std::int64_t chains, int states) {
    const auto k = static_cast<std::uint64_t>(states);
    // Probabilities, alias entries, logarithms, and the transposed copy that predictions are made of: 8 bytes each.
    return static_cast<std::uint64_t>(chains) * (k * k + k + 1) * 4 * 8;
}

void requireValid(const MixtureSpec& spec) {
    requireValid(spec.generator);
    if (spec.chains < 1)
        throw std::invalid_argument("A mixture needs at least 1 chain; 'chains' is " +
                                    std::to_string(spec.chains) + ".");
    const std::uint64_t bytes = mixtureBytes(spec.chains, spec.generator.states);
    if (spec.chains > INT32_MAX || bytes > spec.memoryLimit)
        throw std::invalid_argument(
            std::to_string(spec.chains) + " chains of " + std::to_string(spec.generator.states) +
            " states need " + gigabytes(bytes) + " of memory, more than the " + gigabytes(spec.memoryLimit) +
            " allowed here: lower 'chains' or 'states'.");
}

Mixture makeMixture(const MixtureSpec& spec) {
    requireValid(spec);
    const auto n = static_cast<std::size_t>(spec.chains), k = static_cast<std::size_t>(spec.generator.states);
    Mixture mixture;
    mixture.states = spec.generator.states;
    mixture.transition.reserve(n * k * k);
    mixture.stationary.reserve(n * k);
    for (std::size_t i = 0; i < n; ++i) append(mixture, drawChain(spec.generator, spec.seed, "train", i));
    mixture.prior = makePrior(spec.prior, spec.chains, spec.seed);
    return mixture;
}

Mixture mixtureOf(const std::vector<Chain>& chains, std::vector<double> prior) {
    if (chains.empty() || prior.size() != chains.size())
        throw std::invalid_argument(
            "A mixture needs at least one chain, and a prior with one entry for each.");
    Mixture mixture;
    mixture.states = chains.front().states;
    for (const Chain& chain : chains) {
        if (chain.states != mixture.states)
            throw std::invalid_argument("The chains of a mixture must have the same number of states.");
        append(mixture, chain);
    }
    for (const double p : prior)
        if (!std::isfinite(p) || p <= 0)
            throw std::invalid_argument("Every entry of a prior must be a finite number above 0.");
    const double sum = std::accumulate(prior.begin(), prior.end(), 0.0);
    for (double& p : prior) p /= sum;
    mixture.prior = std::move(prior);
    return mixture;
}

}  // namespace markov_mixtures

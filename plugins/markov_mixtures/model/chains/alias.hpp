// SPDX-License-Identifier: Apache-2.0
#pragma once
// Walker's alias tables with integer thresholds: one 32-bit random word gives one of n outcomes in a few operations.
//
// For a word u, u·n splits into an index (high half) and a fraction (low half); the index stands when the fraction
// is below its threshold, else its alias does. Probabilities are met to n·2^-32. An outcome of probability 0 never
// comes. Plain values; any thread.
//
//     std::vector<AliasEntry> table(3);
//     fillAlias(std::vector{.5, .5, 0.}, table);
//     std::uint32_t outcome = pickAlias(table.data(), 3, random.word());

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace markov_mixtures {

struct AliasEntry {
    std::uint32_t threshold = 0;
    std::uint32_t alias = 0;
};

/// Vose's construction; `probability` sums to 1 and has as many entries as `out`.
inline void fillAlias(std::span<const double> probability, std::span<AliasEntry> out) {
    const std::size_t n = probability.size();
    std::vector<double> scaled(n);
    std::vector<std::uint32_t> small, large;
    for (std::size_t i = 0; i < n; ++i) {
        scaled[i] = probability[i] * static_cast<double>(n);
        (scaled[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
    }
    while (!small.empty() && !large.empty()) {
        const std::uint32_t low = small.back(), high = large.back();
        small.pop_back();
        out[low] = {static_cast<std::uint32_t>(std::min(scaled[low] * 0x1p32, 0x1p32 - 1)), high};
        scaled[high] -= 1 - scaled[low];
        if (scaled[high] < 1) {
            large.pop_back();
            small.push_back(high);
        }
    }
    // What is left is 1 up to rounding. An impossible outcome is never among it: it would miss a whole 1.
    for (const auto& left : {small, large})
        for (const std::uint32_t i : left) out[i] = {UINT32_MAX, i};
}

/// The outcome for `word`; table has n entries.
inline std::uint32_t pickAlias(const AliasEntry* table, std::uint32_t n, std::uint32_t word) {
    const std::uint64_t product = std::uint64_t{word} * n;
    const auto index = static_cast<std::uint32_t>(product >> 32);
    return static_cast<std::uint32_t>(product) < table[index].threshold ? index : table[index].alias;
}

}  // namespace markov_mixtures

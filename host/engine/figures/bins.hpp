// SPDX-License-Identifier: Apache-2.0
#pragma once
// Edges of histogram bins, shared by all series of a figure.
//
// Without a number of bins: the rule of Freedman and Diaconis for the series with the finest structure, Sturges' where the
// quartiles coincide, one bin for each whole number where there are few of them. Pure functions; any thread; linear in the
// number of values.
//
//     std::vector<double> edges = binEdges({losses, others}, std::nullopt, {.logarithmic = true});
//     std::vector<double> heights = binCounts(losses, edges);

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace latent::engine::figures {

struct BinRule {
    bool logarithmic = false;  ///< equal widths of the logarithm; only positive values count
    bool whole = false;        ///< all values are whole numbers
};

/// bins + 1 ascending numbers; {0, 1} when there is no value to count.
std::vector<double> binEdges(const std::vector<std::span<const double>>& series,
                             std::optional<std::size_t> bins, BinRule rule);
/// How many values lie in each bin; the last bin holds its upper edge.
std::vector<double> binCounts(std::span<const double> values, std::span<const double> edges);

}  // namespace latent::engine::figures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the same measures give when the labels of the nodes are permuted: nothing but chance is left between the map and the graph.
//
//     const PermutedNull null = permutedLabels(means.of, graph, {.draws = 200}, seed);    // same choice of components in every draw
//     null.rayleigh.low;
//
// Pure; any thread. A null of fewer than three nodes has no numbers.

#include <Eigen/Core>
#include <cstdint>
#include <utility>
#include <vector>

#include "measures/geometry.hpp"

namespace icl_graphs {

/// One statistic under the null: its mean and central 95 %.
struct Band {
    double mean = 0, low = 0, high = 0;
};
/// Of the draws that are numbers; all NaN without any.
Band bandOf(std::vector<double> draws);

/// Of each of `length` values that every draw has [draw][length]: [length, 3], mean, low, high.
std::vector<double> bandsOf(const std::vector<std::vector<double>>& draws, std::size_t length);

struct NullBands {
    Band energy, energyStandardised, rayleigh, alignment, gridR2;  ///< alignment: the smaller cosine
    Band
        explained;  ///< share of the variance on the first component; not of permuted labels, which do not change it
};

struct PermutedNull {
    NullBands bands;
    std::vector<double> alignmentDraws;
};
struct PermutedOptions {
    int draws = 200;
    GeometryOptions geometry = {};
    /// Choose, in each draw, the two of the first `geometry.components` whose alignment is best, as the data's own choice was made.
    bool chooseComponents = false;
};
PermutedNull permutedLabels(const Eigen::MatrixXd& x, const Graph& graph, const PermutedOptions& options,
                            std::uint64_t seed);

/// The two of the first `components` whose smaller cosine with the Laplacian plane is largest; choosing needs a null that chooses too.
std::pair<int, int> bestComponents(const Eigen::MatrixXd& projection, const Graph& graph, int components);

}  // namespace icl_graphs

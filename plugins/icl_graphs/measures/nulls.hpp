// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the same measures give where there is nothing: permuted labels, and neighbour mixing fitted to the states themselves.
//
//     const NullBand band = permutedLabels(means.of, graph, {.draws = 200}, seed);        // same choice of components in every draw
//     const MixingFit fit = fitNeighbourMixing(states, nodes, 16);
//     geometryOf(fit.withoutNeighbours, graph).energy.rayleigh;                           // what is left of the map beyond mixing

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "measures/geometry.hpp"

namespace icl_graphs {

/// One statistic under the null: its mean and central 95 %.
struct Band {
    double mean = 0, low = 0, high = 0;
};
Band bandOf(std::vector<double> draws);

struct PermutedNull {
    Band rayleigh, alignment, gridR2;                       ///< alignment: the smaller cosine
    std::vector<double> rayleighDraws, alignmentDraws, gridR2Draws;
};
struct PermutedOptions {
    int draws = 200;
    GeometryOptions geometry = {};
    /// Choose, in each draw, the two of the first `geometry.components` whose alignment is best, as the data's own choice was made.
    bool chooseComponents = false;
};
PermutedNull permutedLabels(const Eigen::MatrixXd& x, const Graph& graph, const PermutedOptions& options, std::uint64_t seed);

/// The two of the first `components` whose smaller cosine with the Laplacian plane is largest; choosing needs a null that chooses too.
std::pair<int, int> bestComponents(const Eigen::MatrixXd& projection, const Graph& graph, int components);

/// Least squares x_t = c(node_t) + m(node_{t−1}) + noise, Σ m = 0: what a model does that adds a copy of the word before.
struct MixingFit {
    Eigen::MatrixXd withoutNeighbours;  ///< c, one row for each node [nodes, dim]; NaN rows for nodes not seen
    Eigen::MatrixXd mixingOnly;         ///< mean of m(node before) over occurrences: the map that mixing alone makes [nodes, dim]
    double explained = 0;               ///< share of the variance within nodes that m explains
};
/// states [tokens, dim]; nodes [tokens], below 0 for other tokens (their states and successors are left out).
MixingFit fitNeighbourMixing(const Eigen::MatrixXf& states, std::span<const int> nodes, int nodeCount);

}  // namespace icl_graphs

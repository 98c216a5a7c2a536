// SPDX-License-Identifier: Apache-2.0
#pragma once
// The geometry of rows of which only the inner products are known. Whatever energyOf() and geometryOf() say of an X depends on XXᵀ alone, so nulls and
// bootstraps that make hundreds of maps out of the same states need no pass over their thousands of dimensions for each.
//
//     const Eigen::MatrixXd gram = states * states.transpose();       // of tokens, once
//     measureGram(mixedGram(weights, gram), grid, modes, {}).rayleigh;  // of class means, for each draw
//
// Pure; any thread.

#include <utility>
#include <vector>

#include "measures/geometry.hpp"

namespace icl_graphs {

/// Rows that are mixtures of others: for each, which and how much.
using SparseRows = std::vector<std::vector<std::pair<Eigen::Index, double>>>;
/// W G Wᵀ: the inner products of mixtures.
Eigen::MatrixXd mixedGram(const SparseRows& weights, const Eigen::MatrixXd& gram);

struct GramGeometry {
    double energy = 0;     ///< equation 3, over ordered pairs
    double rayleigh = 0;   ///< scale-free
    double alignment = 0;  ///< the smaller cosine of the two compared components with `modes`
    double gridR2 = 0;     ///< NaN where the graph has no coordinates
    double explained = 0;  ///< share of the variance on the first component
};
/// gram: XXᵀ, not centred [nodes, nodes]; modes: lowestModes(graph). NaN where geometryOf() has NaN.
GramGeometry measureGram(const Eigen::MatrixXd& gram, const Graph& graph, const Eigen::MatrixXd& modes,
                         const GeometryOptions& options);

/// Scores on the first principal components, from XXᵀ, not centred [nodes, components]; signs are arbitrary, components that do not exist are zero.
Eigen::MatrixXd scoresOfGram(const Eigen::MatrixXd& gram, int components);

}  // namespace icl_graphs

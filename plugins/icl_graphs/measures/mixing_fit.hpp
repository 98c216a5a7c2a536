// SPDX-License-Identifier: Apache-2.0
#pragma once
// Neighbour mixing, fitted to the states themselves: how much of a map is a copy of the word before, and
// which maps such copies would make.
//
//     MixingSums sums(16, 4096);
//     sums.add(node[t], t > 0 ? node[t - 1] : -1, hidden.row(t));              // for each token
//     const MixingFit fit = fitMixing(sums);
//     rayleighOfSeen(fit.own, graph);                                          // what is left of the map
//     beyond mixing mixingNull(fit, graph, {.draws = 40}, seed).rayleigh;                    // the same
//     words, mixing as fitted, elsewhere on the graph
//
// Least squares x_t = own(node_t) + copied(node_{t−1}) + noise, over tokens that have a word of the graph
// before them; their class means are own(i) + Σ_j share(i, j) copied(j), exactly. The two parts are known
// only up to a constant, on a bipartite graph (grids, even rings) up to one for each colour; the smallest
// solution is taken. (The first word of a prompt would fix the constants, by one token's noise.) Plain
// values; pure; any thread.

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "measures/nulls.hpp"

namespace icl_graphs {

/// What the fit needs of the tokens: products of indicator columns with each other and with the states.
/// Nothing of the size of the tokens.
struct MixingSums {
    Eigen::MatrixXd together;  ///< tokens of node i after a word of node j [nodes, nodes]
    Eigen::VectorXd count;     ///< tokens of node i [nodes]
    Eigen::MatrixXd byNode,
        byBefore;        ///< sums of states by their own node, and by that of the word before [nodes, dim]
    double squares = 0;  ///< Σ ‖x‖²

    MixingSums(int nodes, int dim)
        : together(Eigen::MatrixXd::Zero(nodes, nodes)),
          count(Eigen::VectorXd::Zero(nodes)),
          byNode(Eigen::MatrixXd::Zero(nodes, dim)),
          byBefore(byNode) {}
    /// Left out where one of the two is below 0: another token, or nothing.
    void add(int node, int before, std::span<const float> state);
};

struct MixingFit {
    Eigen::MatrixXd own;  ///< what is left without the word before [nodes, dim]; NaN rows for nodes not seen
    Eigen::MatrixXd copied;  ///< what a word gives to the state after it [nodes, dim]
    Eigen::MatrixXd share;   ///< of the occurrences of node i, those after a word of node j [nodes, nodes]
    double explained = 0;    ///< share of the variance within nodes that the word before explains
    std::vector<int> seen = {};  ///< nodes with an occurrence, ascending
};
MixingFit fitMixing(const MixingSums& sums);

/// Rayleigh quotient of the rows that are numbers, on the graph of these nodes; NaN when there are fewer than
/// three.
double rayleighOfSeen(const Eigen::MatrixXd& rows, const Graph& graph);

/// What maps look like that are nothing but mixing: the words change places on the graph, each with its own
/// part and its copy, and the walk stays. Components are chosen as in `geometry`, in every draw.
/// energyStandardised has no numbers: it is no function of inner products.
NullBands mixingNull(const MixingFit& fit, const Graph& graph, const PermutedOptions& options,
                     std::uint64_t seed);

}  // namespace icl_graphs

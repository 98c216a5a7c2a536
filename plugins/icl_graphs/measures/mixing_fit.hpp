// SPDX-License-Identifier: Apache-2.0
#pragma once
// Neighbour mixing, fitted to the states themselves: how much of a map is a copy of the word before, and
// which maps such copies would make.
//
//     MixingSums sums(16, 4096);
//     sums.add(node[t], t > 0 ? node[t - 1] : -1, hidden.row(t));              // for each token
//     const MixingFit fit = fitMixing(sums);
//     rayleighBeyond(fit, graph);             // what is left of the map beyond mixing; 1: nothing
//     mixingNull(fit, graph, {.draws = 40}, seed).rayleigh;    // the same words, mixing as fitted, elsewhere on the graph
//
// Least squares x_t = own(node_t) + copied(node_{t−1}) + noise, over tokens that have a word of the graph
// before them; their class means are own(i) + Σ_j share(i, j) copied(j), exactly. The two parts are known
// only up to a constant, on a bipartite graph (grids, even rings) up to one for each colour; the smallest
// solution is taken. (The first word of a prompt would fix the constants, by one token's noise.)
//
// A fit follows noise too: with few tokens it "explains" some of it, and errors of the two parts lie on the graph,
// so that noise alone has a quotient of .86 of the isotropic one on a grid and 1.3 on a ring. `explained` is therefore
// adjusted for its degrees of freedom, and rayleighBeyond() subtracts what noise of the size of the residuals puts
// into energy and variance. Plain values; pure; any thread.

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

/// Lengths: roots of variances that are summed over the dimensions.
struct MixingSizes {
    double own = 0;     ///< of the words' own parts, noise taken out
    double copied = 0;  ///< of what a word gives to the state after it
    double noise = 0;   ///< of a token
};

struct MixingFit {
    Eigen::MatrixXd own;  ///< what is left without the word before [nodes, dim]; NaN rows for nodes not seen
    Eigen::MatrixXd copied;  ///< what a word gives to the state after it [nodes, dim]
    Eigen::MatrixXd share;   ///< of the occurrences of node i, those after a word of node j [nodes, nodes]
    /// Share of the variance within nodes that the word before explains, adjusted: 0 on average where it explains
    /// nothing, so that it can be a little below. NaN where there are too few tokens to tell.
    double explained = 0;
    std::vector<int> seen = {};  ///< nodes with an occurrence, ascending
    /// Of `own` of the nodes that were seen: errors for noise of variance 1, and the projection on what the tokens tell
    /// (not the constants) [seen, seen].
    Eigen::MatrixXd error = {}, told = {};
    MixingSizes sizes = {};
};
/// At most kMostMixingNodes nodes, because it solves for twice as many; for more, nothing is known.
MixingFit fitMixing(const MixingSums& sums);
inline constexpr Eigen::Index kMostMixingNodes = 256;

/// Rayleigh quotient of the words' own parts over that of parts which have nothing to do with the graph, noise taken
/// out of both energy and variance. NaN with fewer than three nodes, where the tokens tell nothing of the parts (each word
/// always follows the same other one), and where these do not stand out of the noise (it makes more than nine tenths of
/// them).
double rayleighBeyond(const MixingFit& fit, const Graph& graph);

/// What maps look like that are nothing but mixing: the words change places on the graph, each with its own
/// part and its copy, and the walk stays. Components are chosen as in `geometry`, in every draw.
NullBands mixingNull(const MixingFit& fit, const Graph& graph, const PermutedOptions& options,
                     std::uint64_t seed);

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much probability a reader of a sequence gives to the words that ought to come, and how much it would give if the words stood
// elsewhere on the graph.
//
//     const std::vector<double> mass = neighbourMass(graphs, sequence, probability);       // [length]
//     for (const auto& moved : permutedGraphs(graphs, 100, seed)) neighbourMass(moved, sequence, probability);
//
// Pure; any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "graphs/walk.hpp"

namespace icl_graphs {

/// Probability of the valid neighbours after each word; NaN where no neighbour ought to come [length]. probability: of the
/// word of each node [length, nodes].
std::vector<double> neighbourMass(std::span<const Graph> graphs, const Sequence& sequence,
                                  std::span<const float> probability);

/// The graphs with their nodes in other places, the same for all of them, in each of `draws` draws.
std::vector<std::vector<Graph>> permutedGraphs(std::span<const Graph> graphs, int draws, std::uint64_t seed);

}  // namespace icl_graphs

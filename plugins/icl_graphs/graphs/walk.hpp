// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sequences of nodes that a language model reads: uniform random walks, and neighbouring pairs (arXiv 2501.00070, section 2).
//
// A sequence is a function of (seed, number); it can be made again alone. Pure; any thread.
//
//     const Sequence s = makeSequence({grid}, {.length = 1400}, seed, 3);         // the fourth sequence
//     s.nodes;                                                                     // [1400]
//     makeSequence({ring}, {.reading = Reading::Pairs, .length = 400}, seed, 0);   // the paper's ring: pair after pair
//     makeSequence({grid, ring16}, {.length = 1400, .switching = .05}, seed, 0);   // two graphs over the same words

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "graphs/graph.hpp"

namespace icl_graphs {

enum class Reading { Walk, Pairs };

struct SequenceSpec {
    Reading reading = Reading::Walk;
    int length = 1400;
    double teleport = 0;   ///< probability of a step to a uniformly drawn node instead of a neighbour (walks)
    double switching = 0;  ///< with two graphs: probability a step that the other one takes over
    int start = -1;        ///< node of position 0; −1: uniformly drawn
};

struct Sequence {
    std::vector<int> nodes;  ///< [length]
    std::vector<int> graph;  ///< which graph made the step to this position [length]
    /// Whether the token at position t + 1 was a step of a graph, so that "a valid neighbour" is what ought to come.
    std::vector<bool>
        follows;  ///< [length]; false at the last position, before teleports, and at the end of a pair

    /// Which graph makes the step from this position: its neighbours are what ought to come.
    std::size_t stepsIn(std::size_t position) const {
        return static_cast<std::size_t>(graph[std::min(position + 1, graph.size() - 1)]);
    }
};

/// `graphs` holds one or two graphs over the same nodes. Throws std::invalid_argument when they differ in size, a node of a walk has
/// no neighbour, or a number is out of range.
Sequence makeSequence(std::span<const Graph> graphs, const SequenceSpec& spec, std::uint64_t seed,
                      std::uint64_t number);
/// The same tokens in a random order: a control that keeps every unigram count.
std::vector<int> shuffled(std::vector<int> nodes, std::uint64_t seed, std::uint64_t number);

}  // namespace icl_graphs

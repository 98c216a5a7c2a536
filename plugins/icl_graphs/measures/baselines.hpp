// SPDX-License-Identifier: Apache-2.0
#pragma once
// What remembering alone would predict: the paper's memorisation curves (equations 4 and 5), the same on real walks, learners that
// count, and how much of the graph has been shown.
//
//     memorisation(16, 50);                             // {p1 = .9603, p2 = .8281}
//     countBaselines(grid, sequence).induction;         // accuracy of a learner that repeats what followed before [length]
//     observedEdges(grid, sequence).giant;              // share of the nodes in the largest component of the edges seen [length]

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "graphs/walk.hpp"

namespace icl_graphs {

/// p1 = 1 − ((n−1)/n)^l: a node was among l independent ones at least once; p2 = p1 − (l/n)((n−1)/n)^(l−1): at least twice.
std::pair<double, double> memorisation(int nodes, double context);
/// The same on sequences as they are read: share of nodes seen at least once and twice after l tokens [length], mean over `walks`.
struct WalkMemorisation {
    std::vector<double> once, twice;
};
WalkMemorisation walkMemorisation(std::span<const Graph> graphs, const SequenceSpec& spec, int walks,
                                  std::uint64_t seed);

/// Probability that counting learners give to valid neighbours after each position [length]; NaN where none ought to come.
struct CountBaselines {
    std::vector<double> unigram;    ///< by frequency so far
    std::vector<double> induction;  ///< by what followed this word before; unigram where it has not been seen
};
CountBaselines countBaselines(std::span<const Graph> graphs, const Sequence& sequence);

/// Where a pair has ended, or a teleport has come, two words stand beside each other by chance: that shows no edge.
struct ObservedEdges {
    std::vector<double> fraction;  ///< of the edges, seen as a step so far [length]
    std::vector<double> giant;     ///< of the nodes, in the largest component of these [length]
};
ObservedEdges observedEdges(const Graph& graph, const Sequence& sequence);

}  // namespace icl_graphs

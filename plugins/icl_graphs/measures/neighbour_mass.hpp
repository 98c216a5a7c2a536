// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much probability a reader of a sequence gives to the words that ought to come, and how much it would give if the words stood
// elsewhere on the graph.
//
//     const std::vector<double> mass = neighbourMass(graphs, sequence, probability);       // [length]
//     PermutedMass permuted(graphs, 100, seed, length);
//     permuted.add(sequence, probability);  permuted.curves();                              // [draw][length]
//
// Plain values; one thread at a time.

#include <cstdint>
#include <span>
#include <vector>

#include "graphs/walk.hpp"
#include "measures/mean_curve.hpp"

namespace icl_graphs {

/// Probability of the valid neighbours after each word; NaN where no neighbour ought to come [length]. probability: of the
/// word of each node [length, nodes].
std::vector<double> neighbourMass(std::span<const Graph> graphs, const Sequence& sequence,
                                  std::span<const float> probability);

/// The graphs with their nodes in other places, the same for all of them, in each of `draws` draws.
std::vector<std::vector<Graph>> permutedGraphs(std::span<const Graph> graphs, int draws, std::uint64_t seed);

/// Probability of the neighbours that each word would have if the words stood elsewhere on the graphs: for each of `draws`
/// permutations a curve, the mean over the sequences.
class PermutedMass {
  public:
    PermutedMass(std::span<const Graph> graphs, int draws, std::uint64_t seed, int length);
    /// One sequence, or several of this length behind each other; probability as neighbourMass() takes it.
    void add(const Sequence& sequence, std::span<const float> probability);
    std::vector<std::vector<double>> curves() const;

  private:
    std::vector<std::vector<Graph>> m_graphs;
    std::vector<MeanCurve> m_curves;
};

/// What a reader of two graphs in turns gives to the neighbours in each, mean over the sequences [length].
class TurnMass {
  public:
    TurnMass(std::span<const Graph> graphs, int length);
    void add(const Sequence& sequence, std::span<const float> probability);
    /// Of valid neighbours where this graph makes the step to come; NaN where none of the sequences had its turn.
    std::vector<double> turn(std::size_t graph) const { return m_turns[graph].mean(); }
    /// Of the neighbours in the graph whose turn it is not.
    std::vector<double> other() const { return m_other.mean(); }

  private:
    std::vector<Graph> m_graphs, m_swapped;
    std::vector<MeanCurve> m_turns;
    MeanCurve m_other;
};

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "measures/neighbour_mass.hpp"

#include <latent/learn/random.hpp>

namespace icl_graphs {

std::vector<double> neighbourMass(std::span<const Graph> graphs, const Sequence& sequence,
                                  std::span<const float> probability) {
    std::vector<double> mass(sequence.nodes.size(), kNan);
    const std::size_t n = static_cast<std::size_t>(graphs[0].nodes);
    std::vector<std::vector<std::vector<int>>> near;
    for (const Graph& graph : graphs) near.push_back(graph.neighbours());
    for (std::size_t t = 0; t < mass.size(); ++t) {
        if (!sequence.follows[t]) continue;
        mass[t] = 0;
        for (const int v : near[sequence.stepsIn(t)][static_cast<std::size_t>(sequence.nodes[t])])
            mass[t] += probability[t * n + static_cast<std::size_t>(v)];
    }
    return mass;
}

std::vector<std::vector<Graph>> permutedGraphs(std::span<const Graph> graphs, int draws, std::uint64_t seed) {
    std::vector<std::vector<Graph>> all;
    for (int d = 0; d < draws; ++d) {
        latent::learn::RandomStream random(seed, "icl/permuted_mass", static_cast<std::uint64_t>(d));
        const auto order = random.permutation(static_cast<std::uint32_t>(graphs[0].nodes));
        all.emplace_back();
        for (const Graph& graph : graphs) {
            std::vector<Edge> edges;
            for (const auto& [a, b] : graph.edges)
                edges.emplace_back(static_cast<int>(order[static_cast<std::size_t>(a)]),
                                   static_cast<int>(order[static_cast<std::size_t>(b)]));
            all.back().push_back(fromEdges(graph.nodes, edges));
        }
    }
    return all;
}

PermutedMass::PermutedMass(std::span<const Graph> graphs, int draws, std::uint64_t seed, int length)
    : m_graphs(permutedGraphs(graphs, draws, seed)), m_curves(m_graphs.size(), MeanCurve(length)) {}

void PermutedMass::add(const Sequence& sequence, std::span<const float> probability) {
    for (std::size_t d = 0; d < m_graphs.size(); ++d)
        m_curves[d].add(neighbourMass(m_graphs[d], sequence, probability));
}

std::vector<std::vector<double>> PermutedMass::curves() const {
    std::vector<std::vector<double>> all;
    for (const MeanCurve& curve : m_curves) all.push_back(curve.mean());
    return all;
}

TurnMass::TurnMass(std::span<const Graph> graphs, int length)
    : m_graphs(graphs.begin(), graphs.end()),
      m_swapped(graphs.rbegin(), graphs.rend()),
      m_turns(graphs.size(), MeanCurve(length)),
      m_other(length) {}

void TurnMass::add(const Sequence& sequence, std::span<const float> probability) {
    const std::vector<double> valid = neighbourMass(m_graphs, sequence, probability);
    for (std::size_t graph = 0; graph < m_graphs.size(); ++graph) {
        std::vector<double> turn = valid;
        for (std::size_t t = 0; t < turn.size(); ++t)
            if (sequence.stepsIn(t) != graph) turn[t] = kNan;
        m_turns[graph].add(turn);
    }
    m_other.add(neighbourMass(m_swapped, sequence, probability));
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "graphs/walk.hpp"

#include <latent/learn/random.hpp>
#include <stdexcept>

namespace icl_graphs {

Sequence makeSequence(std::span<const Graph> graphs, const SequenceSpec& spec, std::uint64_t seed,
                      std::uint64_t number) {
    if (graphs.empty() || graphs.size() > 2)
        throw std::invalid_argument("A sequence is read from one graph or from two.");
    if (graphs.size() == 2 && graphs[0].nodes != graphs[1].nodes)
        throw std::invalid_argument("Two graphs of a mixture must have the same nodes.");
    if (spec.length < 1) throw std::invalid_argument("A sequence has at least one token.");
    const int n = graphs[0].nodes;
    if (spec.start >= n)
        throw std::invalid_argument("The walk starts at node " + std::to_string(spec.start) + "; there are " +
                                    std::to_string(n) + ".");
    latent::learn::RandomStream random(seed, "icl/walk", number);
    const auto below = [&](std::size_t k) { return random.below(static_cast<std::uint64_t>(k)); };
    std::vector<std::vector<std::vector<int>>> near;
    for (const Graph& graph : graphs) {
        near.push_back(graph.neighbours());
        for (int i = 0; i < n; ++i)
            if (near.back()[static_cast<std::size_t>(i)].empty())
                throw std::invalid_argument(
                    "Node " + std::to_string(i) +
                    " has no neighbour, so that a walk cannot leave it; add an edge.");
    }
    Sequence s;
    std::size_t current = 0;
    const auto push = [&](int node) {
        s.nodes.push_back(node);
        s.graph.push_back(static_cast<int>(current));
        s.follows.push_back(false);
    };
    const auto maybeSwitch = [&] {
        if (graphs.size() == 2 && random.uniform() < spec.switching) current = 1 - current;
    };
    if (spec.reading == Reading::Pairs) {
        while (static_cast<int>(s.nodes.size()) < spec.length) {
            maybeSwitch();
            const auto& edges = graphs[current].edges;
            Edge edge = edges[below(edges.size())];
            if (below(2) == 1) std::swap(edge.first, edge.second);
            push(edge.first);
            if (static_cast<int>(s.nodes.size()) == spec.length) break;
            s.follows.back() = true;
            push(edge.second);
        }
        return s;
    }
    push(spec.start >= 0 ? spec.start : static_cast<int>(below(static_cast<std::size_t>(n))));
    while (static_cast<int>(s.nodes.size()) < spec.length) {
        maybeSwitch();
        if (spec.teleport > 0 && random.uniform() < spec.teleport) {
            push(static_cast<int>(below(static_cast<std::size_t>(n))));
            continue;
        }
        const auto& next = near[current][static_cast<std::size_t>(s.nodes.back())];
        s.follows.back() = true;
        push(next[below(next.size())]);
    }
    return s;
}

std::vector<int> shuffled(std::vector<int> nodes, std::uint64_t seed, std::uint64_t number) {
    latent::learn::RandomStream random(seed, "icl/shuffle", number);
    std::vector<int> mixed;
    for (const std::uint32_t i : random.permutation(static_cast<std::uint32_t>(nodes.size())))
        mixed.push_back(nodes[i]);
    return mixed;
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "graphs/graph.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <stdexcept>

namespace icl_graphs {

std::vector<std::vector<int>> Graph::neighbours() const {
    std::vector<std::vector<int>> of(static_cast<std::size_t>(nodes));
    for (const auto& [a, b] : edges) {
        of[static_cast<std::size_t>(a)].push_back(b);
        of[static_cast<std::size_t>(b)].push_back(a);
    }
    for (auto& list : of) std::sort(list.begin(), list.end());
    return of;
}

std::vector<int> Graph::degrees() const {
    std::vector<int> degree(static_cast<std::size_t>(nodes), 0);
    for (const auto& [a, b] : edges) {
        ++degree[static_cast<std::size_t>(a)];
        ++degree[static_cast<std::size_t>(b)];
    }
    return degree;
}

bool Graph::adjacent(int a, int b) const {
    return std::binary_search(edges.begin(), edges.end(), Edge{std::min(a, b), std::max(a, b)});
}

std::pair<std::vector<int>, int> Graph::components() const {
    const auto near = neighbours();
    std::vector<int> number(static_cast<std::size_t>(nodes), -1), waiting;
    int count = 0;
    for (int start = 0; start < nodes; ++start) {
        if (number[static_cast<std::size_t>(start)] >= 0) continue;
        waiting.assign(1, start);
        number[static_cast<std::size_t>(start)] = count;
        while (!waiting.empty()) {
            const int at = waiting.back();
            waiting.pop_back();
            for (const int next : near[static_cast<std::size_t>(at)]) {
                if (number[static_cast<std::size_t>(next)] >= 0) continue;
                number[static_cast<std::size_t>(next)] = count;
                waiting.push_back(next);
            }
        }
        ++count;
    }
    return {number, count};
}

Graph Graph::induced(const std::vector<int>& kept) const {
    std::vector<int> place(static_cast<std::size_t>(nodes), -1);
    Graph part;
    part.nodes = static_cast<int>(kept.size());
    part.hasCoordinates = hasCoordinates;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        place[static_cast<std::size_t>(kept[i])] = static_cast<int>(i);
        part.position.push_back(position[static_cast<std::size_t>(kept[i])]);
    }
    for (const auto& [a, b] : edges) {
        const int u = place[static_cast<std::size_t>(a)], v = place[static_cast<std::size_t>(b)];
        if (u >= 0 && v >= 0) part.edges.emplace_back(std::min(u, v), std::max(u, v));
    }
    std::sort(part.edges.begin(), part.edges.end());
    return part;
}

Graph fromEdges(int nodes, const std::vector<Edge>& edges) {
    if (nodes < 1) throw std::invalid_argument("A graph needs at least one node.");
    Graph graph;
    graph.nodes = nodes;
    for (const auto& [a, b] : edges) {
        if (a < 0 || b < 0 || a >= nodes || b >= nodes)
            throw std::invalid_argument("The edge " + std::to_string(a) + "–" + std::to_string(b) +
                                        " names a node that is not there; nodes are 0 to " +
                                        std::to_string(nodes - 1) + ".");
        if (a == b)
            throw std::invalid_argument("Node " + std::to_string(a) + " has an edge to itself; remove it.");
        graph.edges.emplace_back(std::min(a, b), std::max(a, b));
    }
    std::sort(graph.edges.begin(), graph.edges.end());
    graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
    for (int i = 0; i < nodes; ++i) {
        const double angle = 2 * std::numbers::pi * i / nodes;
        graph.position.push_back({std::cos(angle), std::sin(angle)});
    }
    return graph;
}

Graph withEdges(const Graph& graph, const std::vector<Edge>& edges) {
    Graph result = fromEdges(graph.nodes, edges);
    if (result.edges.empty()) throw std::invalid_argument("No edge of the graph is left.");
    result.position = graph.position;
    std::vector<Edge> kept;
    std::set_intersection(graph.edges.begin(), graph.edges.end(), result.edges.begin(), result.edges.end(),
                          std::back_inserter(kept));
    result.edgesGone = graph.edges.size() - kept.size();
    result.edgesAdded = result.edges.size() - kept.size();
    result.hasCoordinates = graph.hasCoordinates && result.edgesAdded == 0;
    return result;
}

Graph unionOf(std::span<const Graph> graphs) {
    Graph all = graphs.front();
    for (const Graph& graph : graphs.subspan(1))
        all.edges.insert(all.edges.end(), graph.edges.begin(), graph.edges.end());
    std::sort(all.edges.begin(), all.edges.end());
    all.edges.erase(std::unique(all.edges.begin(), all.edges.end()), all.edges.end());
    return all;
}

}  // namespace icl_graphs

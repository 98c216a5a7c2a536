// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/edge_edit.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace latent::desktop {

using engine::figures::Edge;
using engine::figures::Figure;
using engine::figures::Graph;

namespace {

constexpr std::size_t kMostChanges = 64;  ///< that wait for an answer: the oldest are of no interest any more

bool joins(const Graph& graph, const Edge& edge, std::size_t from, std::size_t to) {
    return (edge.from == from && edge.to == to) || (!graph.directed && edge.from == to && edge.to == from);
}

std::set<std::pair<std::size_t, std::size_t>> pairsOf(const Graph& graph) {
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const Edge& edge : graph.edges)
        pairs.insert(!graph.directed && edge.to < edge.from ? std::pair(edge.to, edge.from)
                                                            : std::pair(edge.from, edge.to));
    return pairs;
}

bool areSame(const Graph& a, const Graph& b) {
    return a.nodes == b.nodes && a.directed == b.directed && pairsOf(a) == pairsOf(b);
}

}  // namespace

bool hasEdge(const Graph& graph, std::size_t from, std::size_t to) {
    return std::any_of(graph.edges.begin(), graph.edges.end(),
                       [&](const Edge& edge) { return joins(graph, edge, from, to); });
}

FigurePtr withEdgeToggled(const Figure& figure, std::size_t from, std::size_t to) {
    Figure changed = figure;
    auto& graph = std::get<Graph>(changed.body);
    if (std::erase_if(graph.edges, [&](const Edge& edge) { return joins(graph, edge, from, to); }) == 0) {
        double heaviest = graph.edges.empty() ? 1 : 0;
        for (const Edge& edge : graph.edges)
            if (std::isfinite(edge.weight)) heaviest = std::max(heaviest, std::abs(edge.weight));
        graph.edges.push_back(graph.directed || from < to ? Edge{from, to, heaviest}
                                                          : Edge{to, from, heaviest});
    }
    return std::make_shared<const Figure>(std::move(changed));
}

nlohmann::json connectResults(const Graph& changed, std::size_t from, std::size_t to) {
    nlohmann::json edges = nlohmann::json::array();
    for (const Edge& edge : changed.edges) edges.push_back({edge.from, edge.to});
    return {{"from", from}, {"to", to}, {"edges", std::move(edges)}};
}

FigurePtr EdgeEdits::toggle(const FigurePtr& shown, std::size_t from, std::size_t to) {
    m_changes.push_back(withEdgeToggled(*shown, from, to));
    if (m_changes.size() > kMostChanges) m_changes.erase(m_changes.begin());
    return m_changes.back();
}

FigurePtr EdgeEdits::settle(const FigurePtr& figure) {
    const auto* now = figure ? std::get_if<Graph>(&figure->body) : nullptr;
    // An edge that came and went leaves two changes with the same edges: the later one is what the hand has now.
    const auto answered = std::find_if(m_changes.rbegin(), m_changes.rend(), [&](const FigurePtr& change) {
        return now && areSame(std::get<Graph>(change->body), *now);
    });
    if (answered == m_changes.rend())
        m_changes.clear();
    else
        m_changes.erase(m_changes.begin(), answered.base());
    return shown();
}

}  // namespace latent::desktop

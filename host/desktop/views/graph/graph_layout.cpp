// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_layout.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "desktop/views/graph/layer_layout.hpp"
#include "desktop/views/graph/spring_layout.hpp"

namespace latent::desktop {

using engine::figures::Graph;

namespace {

std::vector<QPointF> onCircle(std::size_t nodes) {
    std::vector<QPointF> places(nodes);
    const double radius = std::max(0.5, static_cast<double>(nodes) / (2 * std::numbers::pi));
    for (std::size_t i = 0; i < nodes; ++i) {
        // Clockwise from the top, as a clock is read.
        const double angle =
            std::numbers::pi / 2 - 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(nodes);
        places[i] = {radius * std::cos(angle), radius * std::sin(angle)};
    }
    return places;
}

std::vector<QPointF> onGrid(std::size_t nodes) {
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(nodes))));
    std::vector<QPointF> places(nodes);
    for (std::size_t i = 0; i < nodes; ++i)
        places[i] = {static_cast<double>(i % columns), -static_cast<double>(i / columns)};
    return places;
}

}  // namespace

Neighbours::Neighbours(const Graph& graph) : m_starts(graph.nodes + 1, 0) {
    for (const auto& edge : graph.edges)
        if (edge.from != edge.to) ++m_starts[edge.from + 1], ++m_starts[edge.to + 1];
    for (std::size_t i = 1; i < m_starts.size(); ++i) m_starts[i] += m_starts[i - 1];
    m_nodes.resize(m_starts.back());
    m_edges.resize(m_starts.back());
    std::vector<std::size_t> next(m_starts.begin(), m_starts.end() - 1);
    const auto put = [&](std::size_t at, std::size_t other, std::size_t edge) {
        m_nodes[next[at]] = other;
        m_edges[next[at]++] = edge;
    };
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
        const auto& edge = graph.edges[e];
        if (edge.from == edge.to) continue;
        put(edge.from, edge.to, e);
        put(edge.to, edge.from, e);
    }
}

std::vector<QPointF> layOutNodes(const Graph& graph) {
    if (graph.layout == "grid") return onGrid(graph.nodes);
    if (graph.layout == "layers") return inLayers(graph);
    if (graph.layout == "spring") return bySprings(Neighbours(graph));
    return onCircle(graph.nodes);
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the nodes of a graph stand when the figure gives no positions: on a circle, a grid, in layers, or by springs.
//
// Deterministic: the same graph has the same picture on every machine. Units are edges: neighbours stand about 1 apart; y
// goes up. Springs are stress minimisation by stochastic gradient descent (Zheng, Pawar, Goodman 2018): distances on the
// paper follow distances along edges; parts that are not connected stand beside each other. 1,000 nodes take a few tenths of
// a second, so call it on a pool thread. Pure function; any thread.
//
//     const std::vector<QPointF> places = layOutNodes(graph);

#include <QPointF>
#include <vector>

#include "engine/figures/figure.hpp"

namespace latent::desktop {

/// Neighbours of every node, each edge in both directions; loops are left out.
class Neighbours {
  public:
    Neighbours() = default;
    explicit Neighbours(const engine::figures::Graph& graph);
    std::size_t size() const { return m_starts.size() - 1; }
    std::size_t degree(std::size_t node) const { return m_starts[node + 1] - m_starts[node]; }
    const std::size_t* begin(std::size_t node) const { return m_nodes.data() + m_starts[node]; }
    const std::size_t* end(std::size_t node) const { return m_nodes.data() + m_starts[node + 1]; }
    /// The edge by which neighbour `i` of `node` is reached.
    std::size_t edge(std::size_t node, std::size_t i) const { return m_edges[m_starts[node] + i]; }

  private:
    std::vector<std::size_t> m_starts{0}, m_nodes, m_edges;
};

/// By graph.layout; an unknown word is a circle.
std::vector<QPointF> layOutNodes(const engine::figures::Graph& graph);

}  // namespace latent::desktop

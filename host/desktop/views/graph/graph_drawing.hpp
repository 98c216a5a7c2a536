// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Draws an arranged graph: edges as wide as they are heavy, nodes by value and size, as many names as have room.
//
// Negative weights are dashed, a node without a number is a hollow grey ring, directed edges have arrows and are bent where
// there is one the other way. Vectors, for the window and for paper. UI thread.
//
//     drawGraph(painter, *content, arranged, theme);
//     drawNeighbourhood(painter, *content, arranged, node, theme);      // over it: the rest fades

#include "desktop/views/graph/graph_arrangement.hpp"

class QPainter;

namespace latent::desktop {

void drawGraph(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
               const Theme& theme);
void drawNeighbourhood(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                       std::size_t node, const Theme& theme);
/// One edge and its two nodes over the faded rest.
void drawOneEdge(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                 std::size_t edge, const Theme& theme);

/// An edge that is being made from `end`: to the node it would join, else to the pointer. Where there is one already it is
/// crossed out: it would go.
void drawConnection(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                    std::size_t end, std::optional<std::size_t> other, std::optional<QPointF> pointer,
                    const Theme& theme);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Nodes in layers from left to right: along the edges of a directed graph, else by distance from the first node of each part.
//
// Edges that close a circle are turned around for the layout only. Within a layer nodes stand near their neighbours of the
// layers beside it (barycentre sweeps). Pure function; any thread.
//
//     const std::vector<QPointF> places = inLayers(graph);

#include "desktop/views/graph/graph_layout.hpp"

namespace latent::desktop {

/// From one layer to the next.
inline constexpr double kLayerGap = 1.6;

std::vector<QPointF> inLayers(const engine::figures::Graph& graph);

}  // namespace latent::desktop

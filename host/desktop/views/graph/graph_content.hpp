// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A graph made ready to be drawn in one theme: where its nodes stand, who is beside whom, and what decides colours and widths.
//
// Positions are those of the figure, else made by its layout and remembered, so that live values and exports do not lay the
// same graph out again. Immutable and shared; any thread. Keeps the figure alive.
//
//     const GraphContentPtr content = makeGraphContent(figure, theme());

#include <memory>
#include <optional>

#include "desktop/theme/colour_map.hpp"
#include "desktop/views/canvas.hpp"
#include "desktop/views/graph/graph_layout.hpp"
#include "desktop/views/scene/camera.hpp"

namespace latent::desktop {

using NodePlaces = std::shared_ptr<const std::vector<QPointF>>;

struct GraphContent {
    /// Nodes stand at `places` where these are given, else where the figure or its layout has them.
    GraphContent(FigurePtr figure, const Theme& theme, NodePlaces places = nullptr);
    const engine::figures::Graph& graph() const { return std::get<engine::figures::Graph>(figure->body); }
    bool isInSpace() const { return !space.empty(); }
    bool isGiven() const { return !graph().x.empty(); }
    bool hasColours() const { return graph().colour.size() == graph().nodes && graph().nodes > 0; }
    bool hasBar() const { return hasColours() && graph().colours.bar; }
    QString name(std::size_t node) const;
    /// Part of the heaviest edge, 0 … 1; 1 where edges have no weights.
    double weight(std::size_t edge) const;

    FigurePtr figure;
    Theme::Kind theme;
    ColourMap map;
    Neighbours neighbours;
    NodePlaces places;          ///< y goes up; not a number where a node has no position
    std::vector<Vector> space;  ///< positions in three dimensions, −1 … 1; empty in two
    double heaviest = 1;
    std::size_t withoutPlace = 0;
    std::vector<bool>
        isBent;  ///< edges that would lie on others: there is one the other way, or they skip a layer
    std::vector<std::size_t>
        byImportance;  ///< nodes whose names are written first: large ones, then those with many edges
};
using GraphContentPtr = std::shared_ptr<const GraphContent>;

/// Null unless the figure is a graph with nodes.
GraphContentPtr makeGraphContent(const FigurePtr& figure, const Theme& theme, NodePlaces places = nullptr);
/// Whether making it takes long enough to be done elsewhere.
bool isSlowToLayOut(const engine::figures::Graph& graph);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where nodes stand in an area: the part that is shown, pixels and radii, and what lies under the mouse.
//
// Both directions have one scale, so that distances can be compared. Plain values; borrows the content. UI thread.
//
//     const GraphArrangement now = arrange(*content, view, rect(), theme());
//     if (const auto node = now.nodeAt(event->position())) …

#include <QPolygonF>
#include <QRectF>
#include <map>

#include "desktop/views/graph/graph_content.hpp"

namespace latent::desktop {

/// What the user made of the view.
struct GraphView {
    double zoom = 1;
    QPointF shift;                         ///< of the middle, in parts of the home extent
    std::map<std::size_t, QPointF> moved;  ///< nodes that were dragged; in two dimensions only
    Camera camera;
    bool isHome() const { return zoom == 1 && shift.isNull() && camera == Camera(); }
    bool operator==(const GraphView&) const = default;
};

struct GraphArrangement {
    QRectF area;              ///< of nodes and edges
    QRectF bar;               ///< empty: none
    std::vector<QPointF> at;  ///< pixels; not a number: nowhere
    std::vector<double> radius_px;
    std::vector<double> near;  ///< of three dimensions, −1 … 1; else empty
    QPointF middle;            ///< place that stands in the middle of the area
    double perUnit = 1;        ///< pixels
    double extent = 1;         ///< longer side of all nodes, in the units of places

    QPointF pixel(const QPointF& place) const;
    QPointF place(const QPointF& pixel) const;
    bool isSeen(std::size_t node) const;
    /// The node under or next to a position.
    std::optional<std::size_t> nodeAt(const QPointF& position) const;
};

GraphArrangement arrange(const GraphContent& content, const GraphView& view, const QRectF& area,
                         const Theme& theme);
/// The way of an edge between the rims of its nodes: two points, more where it is bent. Empty: not to be seen.
QPolygonF wayOf(const GraphContent& content, const GraphArrangement& arranged, std::size_t edge);
/// The edge next to a position; none where there are too many to tell apart.
std::optional<std::size_t> edgeAt(const GraphContent& content, const GraphArrangement& arranged,
                                  const QPointF& position);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where everything of a raster stands in an area: cells, labels, titles, colour bar; and which part of the raster is shown.
//
// Images have square pixels and take as much room as they can; heat maps fill the area. Plain values; borrows the content,
// which must outlive the layout. UI thread.
//
//     const RasterLayout layout = layOut(*content, {}, QRectF(0, 0, 480, 320), theme());
//     if (const auto cell = layout.cellAt(event->position())) …

#include <QRectF>
#include <optional>

#include "desktop/views/field/raster_content.hpp"
#include "desktop/views/field/raster_labels.hpp"

namespace latent::desktop {

/// The part that is shown, in places; none: all, or the limits of the view.
struct RasterZoom {
    std::optional<PlaceSpan> across, down;
    bool isHome() const { return !across && !down; }
    bool operator==(const RasterZoom&) const = default;
};

struct Cell {
    std::size_t row = 0, column = 0;
    bool operator==(const Cell&) const = default;
};

struct RasterLayout {
    QRectF group;   ///< everything, titles included
    QRectF raster;  ///< the cells; whole pixels
    QRectF bar;     ///< empty: none
    SideView across, down;
    SideLabels acrossLabels, downLabels;

    std::optional<Cell> cellAt(const QPointF& position) const;
    QRectF rectOf(const Cell& cell) const;
    /// Coordinates at a position, in the units of the axes.
    QPointF valueAt(const QPointF& position) const {
        return {across.value(position.x()), down.value(position.y())};
    }
};

RasterLayout layOut(const RasterContent& content, const RasterZoom& zoom, const QRectF& area,
                    const Theme& theme);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the tiles of a grid of images stand: as many beside each other as make them largest, captions below them, names of
// rows and columns for a table of tiles, one colour bar for all.
//
// Zooming enlarges the grid behind the same window; words keep their size. Plain values; borrows the content. UI thread.
//
//     const GridLayout layout = layOut(*content, {}, QRectF(0, 0, 800, 240), theme());
//     if (const auto pixel = layout.pixelAt(event->position())) …

#include <QRectF>
#include <optional>

#include "desktop/views/field/grid_content.hpp"

namespace latent::desktop {

/// How far the grid is enlarged, and which part of it stands in the middle of the window (0 … 1).
struct GridZoom {
    double factor = 1;
    QPointF middle{0.5, 0.5};
    bool isHome() const { return factor <= 1; }
    bool operator==(const GridZoom&) const = default;
};

struct GridPixel {
    std::size_t tile = 0, row = 0, column = 0;
    bool operator==(const GridPixel&) const = default;
};

struct GridLayout {
    QRectF window;  ///< what is seen of the grid
    QRectF grid;    ///< all tiles with their words; larger than the window when zoomed
    QRectF bar;     ///< empty: none
    QSizeF tile;    ///< of every tile; whole pixels
    std::size_t columns = 0, rows = 0, count = 0;
    QPointF first;            ///< top left corner of the first tile
    QSizeF step;              ///< from a tile to the next
    double caption_px = 0;    ///< height of the words below a tile; 0: none
    double labelRoom_px = 0;  ///< room left of the tiles, for the names of rows
    SideView across, down;    ///< of a tile whose corner is (0, 0)

    QRectF tileRect(std::size_t tile) const;
    /// The words below a tile: as wide as there is room to its neighbours.
    QRectF captionRect(std::size_t tile) const;
    std::optional<std::size_t> tileAt(const QPointF& position) const;
    std::optional<GridPixel> pixelAt(const QPointF& position) const;
    QRectF rectOf(const GridPixel& pixel) const;
};

GridLayout layOut(const GridContent& content, const GridZoom& zoom, const QRectF& area, const Theme& theme);
/// Height in relation to the width at which the tiles fill a page of this width.
double gridShape(const engine::figures::ImageGrid& grid, double width_px, const Theme& theme);

}  // namespace latent::desktop

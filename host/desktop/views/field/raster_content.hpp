// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A heat map or image made ready to be drawn in one theme: its sides, its colours, its cells.
//
// Immutable and shared; made on any thread (5 ms for 10⁶ cells), so that large rasters never hold up the window. Keeps the
// figure alive.
//
//     const RasterContentPtr content = makeRasterContent(figure, theme());
//     const RasterLayout layout = layOut(*content, zoom, rect(), theme());

#include <memory>
#include <optional>

#include "desktop/views/canvas.hpp"
#include "desktop/views/field/cell_colours.hpp"
#include "desktop/views/field/cell_side.hpp"

namespace latent::desktop {

struct RasterContent {
    RasterContent(FigurePtr figure, const Theme& theme);
    const engine::figures::Raster& raster() const { return std::get<engine::figures::Raster>(figure->body); }
    bool hasBar() const { return raster().channels == 1 && raster().colours.bar; }
    /// The value of a cell; NaN where there is none, or where a cell is a colour.
    double value(std::size_t row, std::size_t column) const;
    /// Of the picture left of the swiping line.
    double leftValue(std::size_t row, std::size_t column) const;

    FigurePtr figure;
    Theme::Kind theme;
    CellSide across, down;
    ColourMap map;
    CellColours cells;
    bool
        hasRange;  ///< false: no cell has a number and the view asks for no limits, so that a bar's would be made up
    std::optional<CellColours> overlay;
    std::optional<CellColours> left;  ///< the picture left of the swiping line
};
using RasterContentPtr = std::shared_ptr<const RasterContent>;

/// Null unless the figure is a raster with cells.
RasterContentPtr makeRasterContent(const FigurePtr& figure, const Theme& theme);

}  // namespace latent::desktop

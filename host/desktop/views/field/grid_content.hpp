// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A grid of images made ready to be drawn in one theme: the colours of every tile, on one scale for all of them.
//
// Immutable and shared; made on any thread, so that large grids never hold up the window. Keeps the figure alive.
//
//     const GridContentPtr content = makeGridContent(figure, theme());
//     const GridLayout layout = layOut(*content, {}, rect(), theme());

#include <memory>
#include <vector>

#include "desktop/views/canvas.hpp"
#include "desktop/views/field/cell_colours.hpp"
#include "desktop/views/field/cell_side.hpp"

namespace latent::desktop {

struct GridContent {
    GridContent(FigurePtr figure, const Theme& theme);
    const engine::figures::ImageGrid& grid() const { return std::get<engine::figures::ImageGrid>(figure->body); }
    bool hasBar() const { return grid().channels == 1 && grid().colours.bar; }
    /// The value of a pixel; NaN where there is none, or where a pixel is a colour.
    double value(std::size_t tile, std::size_t row, std::size_t column) const;
    /// The tile at which a shared cursor stands, when it runs along the tiles.
    std::optional<std::size_t> tileOf(const engine::figures::CursorPlace& cursor) const;

    FigurePtr figure;
    Theme::Kind theme;
    CellSide across, down;   ///< pixels of a tile, by index
    ColourMap map;
    std::vector<CellColours> tiles;
};
using GridContentPtr = std::shared_ptr<const GridContent>;

/// Null unless the figure is a grid with pixels in it.
GridContentPtr makeGridContent(const FigurePtr& figure, const Theme& theme);
/// Pixels of all tiles.
std::size_t sizeOfGrid(const engine::figures::ImageGrid& grid);

}  // namespace latent::desktop

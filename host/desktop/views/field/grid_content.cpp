// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/grid_content.hpp"

#include <cmath>

namespace latent::desktop {

using namespace engine::figures;

GridContent::GridContent(FigurePtr drawn, const Theme& inTheme)
    : figure(std::move(drawn)),
      theme(inTheme.kind),
      across(Side(), grid().columns),
      down(Side(), grid().rows),
      map(grid().colours, inTheme) {
    const ImageGrid& body = grid();
    tiles.reserve(body.tiles.size());
    for (const Tile& tile : body.tiles)
        tiles.push_back(body.channels == 1
                            ? CellColours::ofValues(body.rows, body.columns, tile.z, map, body.colours.map)
                            : CellColours::ofChannels(body.rows, body.columns, tile.z, body.channels));
}

double GridContent::value(std::size_t tile, std::size_t row, std::size_t column) const {
    const std::vector<double>& z = grid().tiles[tile].z;
    const std::size_t i = row * grid().columns + column;
    return grid().channels == 1 && i < z.size() ? z[i] : std::nan("");
}

std::optional<std::size_t> GridContent::tileOf(const CursorPlace& cursor) const {
    // Only where each place of the cursor has its tile; tiles may be a selection of them.
    const bool isAlong = grid().rowDimension.empty() && cursor.dimension == grid().tileDimension &&
                         cursor.size == static_cast<std::int64_t>(tiles.size());
    if (!isAlong || cursor.index < 0 || cursor.index >= cursor.size) return std::nullopt;
    return static_cast<std::size_t>(cursor.index);
}

std::size_t sizeOfGrid(const ImageGrid& grid) { return grid.rows * grid.columns * grid.tiles.size(); }

GridContentPtr makeGridContent(const FigurePtr& figure, const Theme& theme) {
    if (!figure || figure->isEmpty) return nullptr;
    const auto* grid = std::get_if<ImageGrid>(&figure->body);
    if (!grid || sizeOfGrid(*grid) == 0) return nullptr;
    return std::make_shared<const GridContent>(figure, theme);
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_content.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {

using engine::figures::Raster;

namespace {

CellColours cellsOf(const Raster& raster, std::span<const double> z, const ColourMap& map) {
    if (raster.channels != 1) return CellColours::ofChannels(raster.rows, raster.columns, z, raster.channels);
    return CellColours::ofValues(raster.rows, raster.columns, z, map, raster.colours.map);
}

bool hasRangeOf(const Raster& raster) {
    const engine::figures::Colours& colours = raster.colours;
    const auto isNumber = [](double value) { return std::isfinite(value); };
    return colours.low || colours.high || !colours.categories.empty() ||
           std::any_of(raster.z.begin(), raster.z.end(), isNumber) ||
           std::any_of(raster.left.begin(), raster.left.end(), isNumber);
}

double valueAt(const Raster& raster, const std::vector<double>& z, std::size_t row, std::size_t column) {
    const std::size_t i = row * raster.columns + column;
    return raster.channels == 1 && i < z.size() ? z[i] : std::nan("");
}

}  // namespace

RasterContent::RasterContent(FigurePtr drawn, const Theme& inTheme)
    : figure(std::move(drawn)),
      theme(inTheme.kind),
      across(raster().across, raster().columns),
      down(raster().down, raster().rows),
      map(raster().colours, inTheme),
      cells(cellsOf(raster(), raster().z, map)),
      hasRange(hasRangeOf(raster())) {
    if (!raster().overlay.empty())
        overlay =
            CellColours::ofOverlay(raster().rows, raster().columns, raster().overlay, inTheme.categories[1]);
    if (!raster().left.empty()) left = cellsOf(raster(), raster().left, map);
}

double RasterContent::value(std::size_t row, std::size_t column) const {
    return valueAt(raster(), raster().z, row, column);
}

double RasterContent::leftValue(std::size_t row, std::size_t column) const {
    return valueAt(raster(), raster().left, row, column);
}

RasterContentPtr makeRasterContent(const FigurePtr& figure, const Theme& theme) {
    if (!figure || figure->isEmpty) return nullptr;
    const auto* raster = std::get_if<Raster>(&figure->body);
    if (!raster || raster->rows == 0 || raster->columns == 0) return nullptr;
    return std::make_shared<const RasterContent>(figure, theme);
}

}  // namespace latent::desktop

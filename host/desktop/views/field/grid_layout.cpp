// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/grid_layout.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/colour_bar.hpp"

namespace latent::desktop {

using engine::figures::ImageGrid;

namespace {

constexpr double kEdge_px = 8, kBarGap_px = 16, kRowGap_px = 8, kCaptionGap_px = 4;
constexpr double kLeastGap_px = 8, kMostGap_px = 24, kNarrowGap_px = 2;
/// Tiles smaller than this have no room for words below them, and stand closer.
constexpr double kLeastCaptioned_px = 28;
constexpr double kWidestRowName = 0.25;  ///< part of the window
constexpr double kShortestBar_px = 60;

/// What the tiles leave to words: known before their size is.
struct GridLayoutWords {
    bool hasCaptions = false, hasColumns = false;
    double line_px = 0, rowNames_px = 0;
};

GridLayoutWords wordsOf(const ImageGrid& grid, double width, const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    GridLayoutWords words;
    words.line_px = std::ceil(metrics.height());
    words.hasCaptions = std::any_of(grid.tiles.begin(), grid.tiles.end(),
                                    [](const auto& tile) { return !tile.label.empty(); });
    words.hasColumns = !grid.columnLabels.empty();
    for (const std::string& name : grid.rowLabels)
        words.rowNames_px =
            std::max(words.rowNames_px, std::ceil(metrics.horizontalAdvance(QString::fromStdString(name))));
    if (words.rowNames_px > 0)
        words.rowNames_px = std::min(words.rowNames_px, width * kWidestRowName) + kLeastGap_px;
    return words;
}

struct Arrangement {
    std::size_t columns = 1;
    QSizeF tile;
    double gap_px = kLeastGap_px, caption_px = 0;
};

/// Tiles of `columns` beside each other in a room of this size.
Arrangement arranged(const ImageGrid& grid, const GridLayoutWords& words, std::size_t columns,
                     const QSizeF& room) {
    Arrangement made;
    made.columns = columns;
    const auto across = static_cast<double>(columns),
               down = std::ceil(static_cast<double>(grid.tiles.size()) / across);
    const double aspect = static_cast<double>(grid.rows) / static_cast<double>(grid.columns);
    for (const bool isRoomy : {true, false}) {
        made.gap_px = isRoomy ? kLeastGap_px : kNarrowGap_px;
        made.caption_px = isRoomy && words.hasCaptions ? words.line_px + kCaptionGap_px : 0;
        const double rowGap = isRoomy ? kRowGap_px : kNarrowGap_px;
        const double wide = (room.width() - (across - 1) * made.gap_px) / across;
        const double high = (room.height() - (words.hasColumns ? words.line_px + kCaptionGap_px : 0) -
                             down * made.caption_px - (down - 1) * rowGap) /
                            down;
        const double width = std::min(wide, high / aspect);
        made.tile = QSizeF(std::max(1.0, width), std::max(1.0, width * aspect));
        if (width >= kLeastCaptioned_px) break;
    }
    return made;
}

Arrangement best(const ImageGrid& grid, const GridLayoutWords& words, const QSizeF& room) {
    if (grid.tilesAcross > 0)
        return arranged(grid, words, std::min(grid.tilesAcross, grid.tiles.size()), room);
    Arrangement largest;
    for (std::size_t columns = 1; columns <= grid.tiles.size(); ++columns) {
        const Arrangement next = arranged(grid, words, columns, room);
        // Of equal ones the wider: a row is read from left to right.
        if (columns == 1 || next.tile.width() >= largest.tile.width() - 0.01) largest = next;
    }
    return largest;
}

/// Whole pixels, and where they are large, whole pixels for each cell, so that all cells are alike.
double snapped(double length, std::size_t cells) {
    const auto count = static_cast<double>(cells);
    return length >= 4 * count ? std::floor(length / count) * count : std::max(1.0, std::floor(length));
}

}  // namespace

QRectF GridLayout::tileRect(std::size_t index) const {
    const auto column = static_cast<double>(index % columns), row = static_cast<double>(index / columns);
    return QRectF(QPointF(first.x() + column * step.width(), first.y() + row * step.height()), tile);
}

QRectF GridLayout::captionRect(std::size_t index) const {
    const QRectF rect = tileRect(index);
    const double beside = std::max(0.0, (step.width() - tile.width()) / 2 - 2);
    return QRectF(rect.left() - beside, rect.bottom() + kCaptionGap_px, rect.width() + 2 * beside,
                  std::max(0.0, caption_px - kCaptionGap_px));
}

std::optional<std::size_t> GridLayout::tileAt(const QPointF& position) const {
    if (count == 0 || !window.contains(position)) return std::nullopt;
    const double column = std::floor((position.x() - first.x()) / step.width()),
                 row = std::floor((position.y() - first.y()) / step.height());
    if (column < 0 || row < 0 || column >= static_cast<double>(columns) || row >= static_cast<double>(rows))
        return std::nullopt;
    const std::size_t index = static_cast<std::size_t>(row) * columns + static_cast<std::size_t>(column);
    return index < count ? std::optional(index) : std::nullopt;
}

std::optional<GridPixel> GridLayout::pixelAt(const QPointF& position) const {
    const auto index = tileAt(position);
    if (!index) return std::nullopt;
    const QPointF inside = position - tileRect(*index).topLeft();
    const auto row = down.cellAt(inside.y()), column = across.cellAt(inside.x());
    if (!row || !column) return std::nullopt;
    return GridPixel{*index, *row, *column};
}

QRectF GridLayout::rectOf(const GridPixel& pixel) const {
    const auto [left, right] = across.cellPixels(pixel.column);
    const auto [top, bottom] = down.cellPixels(pixel.row);
    return QRectF(QPointF(left, top), QPointF(right, bottom)).translated(tileRect(pixel.tile).topLeft());
}

GridLayout layOut(const GridContent& content, const GridZoom& zoom, const QRectF& area, const Theme& theme) {
    const ImageGrid& grid = content.grid();
    GridLayout layout;
    layout.count = grid.tiles.size();
    QRectF room = area.adjusted(kEdge_px, kEdge_px, -kEdge_px, -kEdge_px);
    double barWidth = 0;
    if (content.hasBar())
        barWidth = ColourBar(grid.colours, content.map, theme)
                       .width(std::clamp(room.height(), kShortestBar_px, 300.0));
    room.setWidth(std::max(24.0, room.width() - (barWidth > 0 ? barWidth + kBarGap_px : 0)));
    const GridLayoutWords words = wordsOf(grid, room.width(), theme);
    const Arrangement home = best(grid, words, QSizeF(room.width() - words.rowNames_px, room.height()));
    const double factor = std::max(1.0, zoom.factor);
    const Arrangement made =
        factor > 1 ? arranged(grid, words, home.columns,
                              QSizeF((room.width() - words.rowNames_px) * factor, room.height() * factor))
                   : home;
    layout.columns = made.columns;
    layout.rows = (layout.count + made.columns - 1) / made.columns;
    layout.tile = QSizeF(snapped(made.tile.width(), grid.columns), snapped(made.tile.height(), grid.rows));
    layout.caption_px = made.caption_px;
    layout.labelRoom_px = words.rowNames_px;
    const double head = words.hasColumns ? words.line_px + kCaptionGap_px : 0;
    // The room that a low window leaves beside the tiles goes between them first.
    const auto across = static_cast<double>(layout.columns), down = static_cast<double>(layout.rows);
    double gap = made.gap_px;
    if (across > 1 && gap >= kLeastGap_px)
        gap = std::floor(std::clamp(
            (room.width() * factor - words.rowNames_px - across * layout.tile.width()) / (across - 1),
            kLeastGap_px, kMostGap_px));
    const double rowGap = made.gap_px >= kLeastGap_px ? kRowGap_px : kNarrowGap_px;
    layout.step = QSizeF(layout.tile.width() + gap, layout.tile.height() + made.caption_px + rowGap);
    const QSizeF size(words.rowNames_px + across * layout.step.width() - gap,
                      head + down * layout.step.height() - rowGap);
    layout.window = room;
    const auto place = [&](double low, double length, double wanted, double middle) {
        if (wanted <= length) return low + std::floor((length - wanted) / 2);
        return std::floor(std::clamp(low + length / 2 - middle * wanted, low + length - wanted, low));
    };
    // Tiles, words and bar stand in the middle together.
    const double left =
        size.width() <= room.width()
            ? area.left() +
                  std::floor((area.width() - size.width() - (barWidth > 0 ? barWidth + kBarGap_px : 0)) / 2)
            : place(room.left(), room.width(), size.width(), zoom.middle.x());
    layout.grid = QRectF(QPointF(std::max(left, size.width() <= room.width() ? room.left() : left),
                                 place(room.top(), room.height(), size.height(), zoom.middle.y())),
                         size);
    layout.first = layout.grid.topLeft() + QPointF(words.rowNames_px, head);
    layout.across =
        SideView(content.across, content.across.all(), 0, layout.tile.width(), Direction::Forward);
    layout.down = SideView(content.down, content.down.all(), 0, layout.tile.height(), Direction::Forward);
    if (barWidth > 0) {
        const QRectF seen = layout.grid.intersected(room);
        const double top = std::max(seen.top(), layout.first.y()),
                     bottom = std::max(top + kShortestBar_px, seen.bottom() - made.caption_px);
        layout.bar = QRectF(seen.right() + kBarGap_px, top, barWidth, std::min(bottom, room.bottom()) - top);
    }
    return layout;
}

double gridShape(const ImageGrid& grid, double width_px, const Theme& theme) {
    if (sizeOfGrid(grid) == 0) return 0.5;
    const GridLayoutWords words = wordsOf(grid, width_px, theme);
    const double room = width_px - words.rowNames_px - (grid.channels == 1 && grid.colours.bar ? 70 : 0);
    // About square where the grid may choose, else as many rows as the columns leave.
    const auto count = static_cast<double>(grid.tiles.size());
    const double aspect = static_cast<double>(grid.rows) / static_cast<double>(grid.columns);
    const double across = grid.tilesAcross > 0 ? std::min(static_cast<double>(grid.tilesAcross), count)
                          : count <= 6         ? count
                                               : std::ceil(std::sqrt(count * 2 * aspect));
    const double down = std::ceil(count / std::max(1.0, across));
    const double tile = (room - (across - 1) * kLeastGap_px) / std::max(1.0, across) * aspect;
    const double height =
        down * (tile + (words.hasCaptions ? words.line_px + kCaptionGap_px : 0) + kRowGap_px) +
        (words.hasColumns ? words.line_px : 0) + 2 * kEdge_px;
    return std::clamp(height / width_px, 0.15, 1.6);
}

}  // namespace latent::desktop

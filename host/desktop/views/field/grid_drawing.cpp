// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/grid_drawing.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

#include "desktop/views/field/cell_sampler.hpp"
#include "desktop/views/field/raster_drawing.hpp"
#include "desktop/views/plot/colour_bar.hpp"

namespace latent::desktop {

using engine::figures::ImageGrid;

namespace {

/// As in a single heat map: large cells are seen one by one.
constexpr double kLeastGridGapped_px = 14;

QImage tileImage(const GridContent& content, const GridLayout& layout, std::size_t tile, double scale,
                 const Theme& theme) {
    const auto across =
        layout.across.rangesOf(std::max(1, static_cast<int>(std::lround(layout.tile.width() * scale))));
    const auto down =
        layout.down.rangesOf(std::max(1, static_cast<int>(std::lround(layout.tile.height() * scale))));
    return sampleCells(content.tiles[tile], across, down, Hatch(theme, scale));
}

void drawGridGaps(QPainter& painter, const GridLayout& layout, const QRectF& tile, const Theme& theme) {
    if (std::min(layout.across.smallestCell_px(), layout.down.smallestCell_px()) < kLeastGridGapped_px)
        return;
    for (std::size_t i = 1; i < layout.across.side().cells(); ++i)
        drawGap(painter, QRectF(tile.left() + layout.across.edgePixel(i), tile.top(), 0, tile.height()),
                theme);
    for (std::size_t i = 1; i < layout.down.side().cells(); ++i)
        drawGap(painter, QRectF(tile.left(), tile.top() + layout.down.edgePixel(i), tile.width(), 0), theme);
}

void drawCaption(QPainter& painter, const GridScene& scene, std::size_t tile) {
    const std::string& label = scene.content->grid().tiles[tile].label;
    if (scene.layout.caption_px <= 0 || label.empty()) return;
    const QFontMetricsF metrics(scene.theme.small);
    const QRectF room = scene.layout.captionRect(tile);
    const QString words = metrics.elidedText(QString::fromStdString(label), Qt::ElideMiddle, room.width());
    painter.setPen(scene.marked == tile ? scene.theme.accentText : scene.theme.muted);
    painter.drawText(
        QPointF(room.center().x() - metrics.horizontalAdvance(words) / 2, room.top() + metrics.ascent()),
        words);
}

void drawNames(QPainter& painter, const GridScene& scene) {
    const ImageGrid& grid = scene.content->grid();
    const GridLayout& layout = scene.layout;
    const QFontMetricsF metrics(scene.theme.small);
    painter.setPen(scene.theme.muted);
    for (std::size_t column = 0; column < std::min(layout.columns, grid.columnLabels.size()); ++column) {
        const QRectF tile = layout.tileRect(column);
        const QString words = metrics.elidedText(QString::fromStdString(grid.columnLabels[column]),
                                                 Qt::ElideMiddle, layout.step.width() - 4);
        painter.drawText(QPointF(tile.center().x() - metrics.horizontalAdvance(words) / 2,
                                 layout.first.y() - metrics.descent() - 4),
                         words);
    }
    for (std::size_t row = 0; row < std::min(layout.rows, grid.rowLabels.size()); ++row) {
        const QRectF tile = layout.tileRect(row * layout.columns);
        const QString words = metrics.elidedText(QString::fromStdString(grid.rowLabels[row]), Qt::ElideMiddle,
                                                 layout.labelRoom_px - 8);
        painter.drawText(QPointF(tile.left() - 8 - metrics.horizontalAdvance(words),
                                 tile.center().y() + (metrics.ascent() - metrics.descent()) / 2),
                         words);
    }
}

}  // namespace

const QImage& GridImageCache::tile(const GridContentPtr& content, const GridLayout& layout, std::size_t tile,
                                   double scale, const Theme& theme) {
    if (m_content != content || m_size != layout.tile || m_scale != scale) {
        m_content = content;
        m_size = layout.tile;
        m_scale = scale;
        m_tiles.assign(content->tiles.size(), QImage());
    }
    QImage& image = m_tiles[tile];
    if (image.isNull()) image = tileImage(*content, layout, tile, scale, theme);
    return image;
}

void drawGrid(QPainter& painter, const GridScene& scene) {
    const GridLayout& layout = scene.layout;
    const Theme& theme = scene.theme;
    const double scale = imageScale(painter, layout.tile);
    const bool isImage = scene.content->grid().channels != 1;
    painter.save();
    const bool isZoomed =
        layout.grid.width() > layout.window.width() + 1 || layout.grid.height() > layout.window.height() + 1;
    if (isZoomed) painter.setClipRect(layout.window, Qt::IntersectClip);
    painter.setFont(theme.small);
    for (std::size_t i = 0; i < layout.count; ++i) {
        const QRectF tile = layout.tileRect(i);
        if (!tile.adjusted(0, 0, 0, layout.caption_px).intersects(layout.window)) continue;
        const QImage image = scene.cache ? scene.cache->tile(scene.content, layout, i, scale, theme)
                                         : tileImage(*scene.content, layout, i, scale, theme);
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(tile, image, QRectF(image.rect()));
        if (!isImage) drawGridGaps(painter, layout, tile, theme);
        painter.setRenderHint(QPainter::Antialiasing);
        if (scene.marked == i) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.accent, 2));
            painter.drawRect(tile.adjusted(-2, -2, 2, 2));
        }
        drawCaption(painter, scene, i);
    }
    drawNames(painter, scene);
    painter.restore();
    if (!layout.bar.isEmpty())
        ColourBar(scene.content->grid().colours, scene.content->map, theme).draw(painter, layout.bar);
}

}  // namespace latent::desktop

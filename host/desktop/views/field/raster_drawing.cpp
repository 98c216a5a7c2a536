// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_drawing.hpp"

#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "desktop/views/field/cell_sampler.hpp"
#include "desktop/views/field/raster_swipe.hpp"
#include "desktop/views/plot/colour_bar.hpp"
#include "desktop/views/plot/number_words.hpp"
#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kLeastGapped_px = 14, kGap_px = 1;
constexpr double kNumberMargin_px = 3;
constexpr std::size_t kMostNumbers = 4000;
/// On a linear map a smaller part of the largest value is told as about nothing: "5.75×10⁻¹⁰" beside "0.999" says less than it shows.
constexpr double kAboutNothing = 1e-5;
/// 600 dots an inch for one unit of 1/96 inch; no image needs more pixels along one side than this.
constexpr double kPaperScale = 6.25, kMostPixels = 8192;
constexpr double kGrip_px = 5;

bool isRasterDevice(const QPainter& painter) {
    return painter.paintEngine() && painter.paintEngine()->type() == QPaintEngine::Raster;
}

/// Thin lines of the ground between cells that are large enough, so that each is seen as one.
void drawGaps(QPainter& painter, const RasterContent& content, const RasterLayout& layout,
              const Theme& theme) {
    if (content.raster().square ||
        std::min(layout.across.smallestCell_px(), layout.down.smallestCell_px()) < kLeastGapped_px)
        return;
    const QRectF& raster = layout.raster;
    const auto inner = [](const SideView& view, auto&& draw) {
        const auto [first, last] = view.visible();
        for (std::size_t i = first + 1; i < last; ++i) draw(view.edgePixel(i));
    };
    inner(layout.across,
          [&](double x) { drawGap(painter, QRectF(x, raster.top(), 0, raster.height()), theme); });
    inner(layout.down,
          [&](double y) { drawGap(painter, QRectF(raster.left(), y, raster.width(), 0), theme); });
}

/// Numbers with as many digits as have room in all cells that are in view; none when even two do not fit.
void drawNumbers(QPainter& painter, const RasterContent& content, const RasterLayout& layout,
                 const Theme& theme) {
    const Raster& raster = content.raster();
    if (!raster.numbers || raster.channels != 1) return;
    const auto [firstRow, lastRow] = layout.down.visible();
    const auto [firstColumn, lastColumn] = layout.across.visible();
    if ((lastRow - firstRow) * (lastColumn - firstColumn) > kMostNumbers) return;
    const QFontMetricsF metrics(theme.small);
    if (layout.down.smallestCell_px() < metrics.height() + 1) return;
    const double room = layout.across.smallestCell_px() - 2 * kNumberMargin_px;
    const double largest = std::max(std::abs(raster.colours.dataLow), std::abs(raster.colours.dataHigh));
    const double least = raster.colours.scale == engine::figures::Scale::Linear ? kAboutNothing * largest : 0;
    const auto wordsAt = [&](std::size_t row, std::size_t column, int digits) {
        const double value = content.value(row, column);
        if (value != 0 && std::abs(value) < least) return QStringLiteral("≈0");
        if (!std::isfinite(value)) return QString();
        const auto& words = raster.colours.categories;
        if (value >= 0 && value < static_cast<double>(words.size()))
            return QString::fromStdString(words[static_cast<std::size_t>(value)]);
        return valueWords(value, digits);
    };
    const auto fits = [&](int digits) {
        for (std::size_t row = firstRow; row < lastRow; ++row)
            for (std::size_t column = firstColumn; column < lastColumn; ++column)
                if (metrics.horizontalAdvance(wordsAt(row, column, digits)) > room) return false;
        return true;
    };
    int digits = 3;
    while (digits > 1 && !fits(digits)) --digits;
    if (digits == 1) return;
    painter.setFont(theme.small);
    for (std::size_t row = firstRow; row < lastRow; ++row)
        for (std::size_t column = firstColumn; column < lastColumn; ++column) {
            const QString words = wordsAt(row, column, digits);
            const QRectF cell = layout.rectOf({row, column});
            const QPointF at(cell.center().x() - metrics.horizontalAdvance(words) / 2,
                             cell.center().y() + (metrics.ascent() - metrics.descent()) / 2);
            if (words.isEmpty() ||
                !layout.raster.contains(QRectF(at.x(), at.y() - metrics.ascent(),
                                               metrics.horizontalAdvance(words), metrics.height())))
                continue;
            painter.setPen(inkOn(QColor(content.cells.colourOf(row, column))));
            painter.drawText(at, words);
        }
}

/// Where both sides have the same value, inside of the raster; empty when that is nowhere.
QPolygonF diagonal(const RasterLayout& layout) {
    const CellSide &across = layout.across.side(), &down = layout.down.side();
    const bool isStraight =
        across.scale() == down.scale() && !across.hasEqualCells() && !down.hasEqualCells();
    if (isStraight) {
        const PlaceSpan a = layout.across.shown(), d = layout.down.shown();
        const double low = std::max(a.low, d.low), high = std::min(a.high, d.high);
        if (!(high > low)) return {};
        return {{layout.across.pixel(low), layout.down.pixel(low)},
                {layout.across.pixel(high), layout.down.pixel(high)}};
    }
    // It bends at each centre of equal cells, and everywhere between two scales: walked pixel by pixel.
    Strokes strokes;
    {
        ClippedLine line(strokes, layout.raster, false);
        for (double x = layout.raster.left(); x <= layout.raster.right(); x += 1) {
            const double y = layout.down.pixelOfValue(layout.across.value(x));
            std::isfinite(y) ? line.to({x, y}) : line.gap();
        }
    }
    return strokes.parts.empty() ? QPolygonF() : strokes.parts.front();
}

void drawReferences(QPainter& painter, const RasterContent& content, const RasterLayout& layout,
                    const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    const QRectF& raster = layout.raster;
    painter.setFont(theme.small);
    for (const Reference& reference : content.figure->references) {
        QPolygonF line;
        if (reference.kind == Reference::Kind::X) {
            const double x = layout.across.pixelOfValue(reference.value);
            line = {{x, raster.top()}, {x, raster.bottom()}};
        } else if (reference.kind == Reference::Kind::Y) {
            const double y = layout.down.pixelOfValue(reference.value);
            line = {{raster.left(), y}, {raster.right(), y}};
        } else {
            line = diagonal(layout);
        }
        if (line.isEmpty()) continue;
        QPointF &from = line.first(), &to = line.last();
        if (!std::isfinite(from.x() + from.y() + to.x() + to.y())) continue;
        if (line.size() == 2 && !clipSegment(from, to, raster)) continue;
        // Two colours, so that the line is seen on dark cells and on light ones.
        QPen pen(theme.panel, 3);
        painter.setPen(pen);
        painter.drawPolyline(line);
        pen = QPen(theme.text, 1.25);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawPolyline(line);
        const QString words = QString::fromStdString(reference.label);
        if (words.isEmpty()) continue;
        QRectF box(QPointF(), QSizeF(metrics.horizontalAdvance(words) + 8, metrics.height()));
        if (reference.kind == Reference::Kind::Y)
            box.moveTopRight({raster.right() - 4, from.y() - box.height() - 3});
        else
            box.moveTopLeft({std::min(std::max(from.x(), to.x()) + 4, raster.right() - box.width() - 2),
                             raster.top() + 4});
        if (box.top() < raster.top()) box.moveTop(from.y() + 3);
        QColor ground = theme.panel;
        ground.setAlphaF(0.85f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(box, 2, 2);
        painter.setPen(theme.text);
        painter.drawText(QPointF(box.left() + 4, box.top() + metrics.ascent()), words);
    }
}

}  // namespace

void drawGap(QPainter& painter, const QRectF& edge, const Theme& theme) {
    const double scale = painter.deviceTransform().m11();
    const bool isWhole = std::abs(scale - std::round(scale)) < 1e-6 && isRasterDevice(painter);
    // On whole device pixels the gap takes the first ones of the second cell; else it lies over the edge, so that no sliver
    // of a cell shows beside it.
    const auto start = [&](double at) { return isWhole ? std::round(at * scale) / scale : at - kGap_px / 2; };
    painter.setRenderHint(QPainter::Antialiasing, !isWhole);
    painter.fillRect(edge.width() == 0 ? QRectF(start(edge.left()), edge.top(), kGap_px, edge.height())
                                       : QRectF(edge.left(), start(edge.top()), edge.width(), kGap_px),
                     theme.panel);
}

QColor inkOn(const QColor& ground) {
    return contrast(ground, Qt::black) >= contrast(ground, Qt::white) ? QColor(Qt::black) : QColor(Qt::white);
}

double imageScale(const QPainter& painter, const QSizeF& size) {
    const double asked = painter.deviceTransform().m11();
    const double scale = isRasterDevice(painter) ? asked : std::clamp(asked, 4.0, kPaperScale);
    return std::min(scale, kMostPixels / std::max({size.width(), size.height(), 1.0}));
}

RasterImages rasterImages(const RasterContent& content, const RasterLayout& layout, double scale,
                          const Theme& theme) {
    const Hatch hatch(theme, scale);
    const auto across = layout.across.rangesOf(static_cast<int>(std::lround(layout.raster.width() * scale)));
    const auto down = layout.down.rangesOf(static_cast<int>(std::lround(layout.raster.height() * scale)));
    RasterImages images{sampleCells(content.cells, across, down, hatch), {}};
    if (content.left) images.left = sampleCells(*content.left, across, down, hatch);
    if (content.overlay) {
        const QImage over = sampleCells(*content.overlay, across, down, hatch);
        for (QImage* image : {&images.cells, &images.left})
            if (!image->isNull()) QPainter(image).drawImage(0, 0, over);
    }
    return images;
}

const RasterImages& RasterImageCache::images(const RasterContentPtr& content, const RasterLayout& layout,
                                             double scale, const Theme& theme) {
    const bool isSame = m_content == content && m_across == layout.across.shown() &&
                        m_down == layout.down.shown() && m_raster == layout.raster && m_scale == scale;
    if (isSame) return m_images;
    m_content = content;
    m_across = layout.across.shown();
    m_down = layout.down.shown();
    m_raster = layout.raster;
    m_scale = scale;
    m_images = rasterImages(*content, layout, scale, theme);
    return m_images;
}

void drawRaster(QPainter& painter, const RasterContent& content, const RasterLayout& layout,
                const Theme& theme, const RasterImages* images, double swipe) {
    const Raster& raster = content.raster();
    painter.save();
    RasterImages made;
    if (!images) {
        made = rasterImages(content, layout, imageScale(painter, layout.raster.size()), theme);
        images = &made;
    }
    // Cells have edges: whoever enlarges the picture sees squares, not clouds.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(layout.raster, images->cells, QRectF(images->cells.rect()));
    if (!images->left.isNull()) drawLeftOf(painter, images->left, layout.raster, swipe);
    drawGaps(painter, content, layout, theme);
    painter.setRenderHint(QPainter::Antialiasing);
    drawNumbers(painter, content, layout, theme);
    drawReferences(painter, content, layout, theme);
    if (content.left) drawSwipe(painter, raster, layout.raster, swipe, theme);
    drawLabelsAcross(painter, layout.acrossLabels, layout.raster.bottom(), theme);
    drawLabelsDown(painter, layout.downLabels, layout.raster.left(), theme);
    drawSideTitles(painter, sideTitle(raster.across.axis, content.across),
                   sideTitle(raster.down.axis, content.down), layout.raster, layout.group, theme);
    // Its room stays: a map moves nothing when its first number comes.
    if (!layout.bar.isEmpty() && content.hasRange)
        ColourBar(raster.colours, content.map, theme).draw(painter, layout.bar);
    painter.restore();
}

void drawRasterCursor(QPainter& painter, const RasterLayout& layout, bool alongAcross, std::size_t cell,
                      const Theme& theme) {
    const SideView& view = alongAcross ? layout.across : layout.down;
    const double at = view.centrePixel(cell);
    if (at < view.firstPixel() || at > view.lastPixel()) return;
    const QRectF& raster = layout.raster;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QLineF line = alongAcross ? QLineF(at, raster.top(), at, raster.bottom())
                                    : QLineF(raster.left(), at, raster.right(), at);
    QColor halo = theme.panel;
    halo.setAlphaF(0.7f);
    painter.setPen(QPen(halo, 3.5));
    painter.drawLine(line);
    painter.setPen(QPen(theme.accent, 1.5));
    painter.drawLine(line);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    if (alongAcross)
        painter.drawPolygon(QPolygonF{{at - kGrip_px, raster.top() - kGrip_px},
                                      {at + kGrip_px, raster.top() - kGrip_px},
                                      {at, raster.top() + kGrip_px - 1}});
    else
        painter.drawPolygon(QPolygonF{{raster.right() + kGrip_px, at - kGrip_px},
                                      {raster.right() + kGrip_px, at + kGrip_px},
                                      {raster.right() - kGrip_px + 1, at}});
    painter.restore();
}

}  // namespace latent::desktop

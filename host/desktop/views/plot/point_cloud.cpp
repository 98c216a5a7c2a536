// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/point_cloud.hpp"

#include <QHash>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/markers.hpp"
#include "desktop/views/plot/stroke_image.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Marker;

/// More points than this are stamped, without outlines.
constexpr std::size_t kManyPoints = 2000;
/// Words beside the points of larger clouds would cover them.
constexpr std::size_t kMostWords = 400;
/// Area of the largest point of a cloud with sizes, in relation to one without.
constexpr double kLargestArea = 9;
constexpr double kSmallest_px = 2;

}  // namespace

struct PointCloud::Dot {
    QPointF at;
    double size;
    QRgb colour;
    bool isMissing;  ///< its colour is no number
    std::size_t index;
};

double PointCloud::markerSize(std::size_t points) {
    if (points <= 60) return 8;
    if (points <= 500) return 7;
    if (points <= kManyPoints) return 5;
    return points <= 20'000 ? 3.5 : 2.5;
}

void PointCloud::setCloud(const engine::figures::Cloud& cloud, const SeriesStyle& style, const ColourMap* map,
                          const Theme& theme) {
    m_cloud = &cloud;
    m_style = style;
    m_colourMap = map;
    m_theme = &theme;
}

std::vector<PointCloud::Dot> PointCloud::dots(const PlotMap& map) const {
    const std::size_t size = std::min(m_cloud->x.size(), m_cloud->y.size());
    const double plain_px = markerSize(size) * (m_theme->kind == Theme::Kind::Paper ? 0.8 : 1);
    const bool coloured = m_colourMap && m_cloud->colour.size() == size, sized = m_cloud->size.size() == size;
    std::vector<Dot> dots;
    dots.reserve(size);
    const double *x = m_cloud->x.data(), *y = m_cloud->y.data();
    for (std::size_t i = 0; i < size; ++i) {
        const QPointF at = map.pixel(x[i], y[i]);
        if (!map.area.contains(at)) continue;  // also NaN
        double dot_px = plain_px;
        if (sized)
            dot_px = m_cloud->size[i] > 0
                         ? std::max(kSmallest_px, plain_px * std::sqrt(kLargestArea * m_cloud->size[i]))
                         : 0;
        if (dot_px <= 0) continue;
        const double value = coloured ? m_cloud->colour[i] : 0;
        dots.push_back({at, dot_px, coloured ? m_colourMap->at(value) : m_style.colour.rgb(),
                        coloured && std::isnan(value), i});
    }
    // Large ones first, so that small ones are not hidden behind them.
    if (sized)
        std::stable_sort(dots.begin(), dots.end(),
                         [](const Dot& a, const Dot& b) { return a.size > b.size; });
    return dots;
}

void PointCloud::draw(QCPPainter* painter) {
    if (!m_cloud || m_cloud->x.empty()) return;
    const PlotMap at = map();
    painter->setAntialiasing(true);
    const std::vector<Dot> all = dots(at);
    const bool asImage = isVector(*painter) ? all.size() > kMostVectorVertices
                                            : all.size() > kManyPoints && m_style.marker == Marker::Circle;
    if (asImage) {
        StrokeImage image(at.area.adjusted(-8, -8, 8, 8), ratioOf(*painter));
        for (const Dot& dot : all) image.segment(dot.at, dot.at, dot.size, dot.colour);
        image.drawTo(*painter, 1);
    } else if (all.size() > kManyPoints && !isVector(*painter)) {
        drawStamped(*painter, all);
    } else {
        const bool outlined = all.size() <= kManyPoints;
        for (const Dot& dot : all) {
            MarkerInk ink{.fill = QColor(dot.colour),
                          .outline = outlined ? m_theme->panel : QColor(),
                          .outlineWidth = 0.8};
            // No number: hollow, so that it differs from every colour of the map.
            if (dot.isMissing)
                ink = {
                    .fill = m_theme->hatch, .outline = m_theme->panel, .outlineWidth = 1.2, .hollow = true};
            drawMarker(*painter, m_style.marker, dot.at, dot.size, ink);
        }
    }
    if (!m_cloud->text.empty()) drawWords(*painter, at, all);
}

void PointCloud::drawStamped(QCPPainter& painter, const std::vector<Dot>& dots) const {
    const double ratio = ratioOf(painter);
    QHash<QPair<QRgb, int>, QPixmap> stamps;
    for (const Dot& dot : dots) {
        const int half = static_cast<int>(std::ceil(dot.size)) + 1;
        QPixmap& stamp = stamps[{dot.colour, static_cast<int>(dot.size * 4)}];
        if (stamp.isNull()) {
            stamp = QPixmap(QSize(2 * half, 2 * half) * ratio);
            stamp.setDevicePixelRatio(ratio);
            stamp.fill(Qt::transparent);
            QPainter pen(&stamp);
            pen.setRenderHint(QPainter::Antialiasing);
            drawMarker(pen, m_style.marker, QPointF(half, half), dot.size,
                       {.fill = QColor(dot.colour), .outline = {}});
        }
        painter.drawPixmap(dot.at - QPointF(half, half), stamp);
    }
}

void PointCloud::drawWords(QCPPainter& painter, const PlotMap& map, const std::vector<Dot>& dots) const {
    if (dots.size() > kMostWords) return;
    painter.setFont(m_theme->small);
    painter.setPen(m_theme->muted);
    const QFontMetricsF metrics(m_theme->small);
    std::vector<QRectF> taken;
    for (const Dot& dot : dots)
        taken.emplace_back(dot.at.x() - dot.size / 2, dot.at.y() - dot.size / 2, dot.size, dot.size);
    for (const Dot& dot : dots) {
        if (dot.index >= m_cloud->text.size()) continue;
        const QString words = QString::fromStdString(m_cloud->text[dot.index]);
        const QSizeF size(metrics.horizontalAdvance(words), metrics.height());
        const double away = dot.size / 2 + 3;
        // Right, left, above, below: the first that is free, else none.
        const QRectF places[] = {QRectF(dot.at + QPointF(away, -size.height() / 2), size),
                                 QRectF(dot.at + QPointF(-away - size.width(), -size.height() / 2), size),
                                 QRectF(dot.at + QPointF(-size.width() / 2, -away - size.height() + 2), size),
                                 QRectF(dot.at + QPointF(-size.width() / 2, away - 2), size)};
        for (const QRectF& place : places) {
            const QRectF inner = place.adjusted(1, 2, -1, -2);
            if (!map.area.contains(place) ||
                std::any_of(taken.begin(), taken.end(),
                            [&](const QRectF& other) { return other.intersects(inner); }))
                continue;
            painter.drawText(QPointF(place.left(), place.top() + metrics.ascent()), words);
            taken.push_back(inner);
            break;
        }
    }
}

}  // namespace latent::desktop

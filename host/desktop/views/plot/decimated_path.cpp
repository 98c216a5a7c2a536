// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/decimated_path.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/markers.hpp"
#include "desktop/views/plot/stroke_image.hpp"

namespace latent::desktop {
namespace {

/// Above this many vertices StrokeImage is faster than QPainter's stroker.
constexpr std::size_t kManyVertices = 1500;
/// And above this many it takes long enough to move its last picture while the plot is dragged.
constexpr std::size_t kSlowVertices = 8000;
/// Of an image, outside of the axes.
constexpr double kAroundAxes_px = 2;
/// Markers stand at every point while these are so far apart, else at points about kMarkerGap_px from each other.
constexpr double kMarkerApart_px = 9, kMarkerGap_px = 48;
constexpr std::size_t kMarkerTries = 64;  ///< points looked at for one that the axes show
constexpr double kMarkerSize_px = 6.5;

QPolygonF polygonOf(const Envelope& envelope, double half) {
    QPolygonF polygon;
    polygon.reserve(static_cast<qsizetype>(2 * envelope.x.size()));
    for (std::size_t i = 0; i < envelope.x.size(); ++i)
        polygon << QPointF(envelope.x[i], envelope.top[i] - half);
    for (std::size_t i = envelope.x.size(); i-- > 0;)
        polygon << QPointF(envelope.x[i], envelope.bottom[i] + half);
    return polygon;
}

}  // namespace

ScaledPlottable::ScaledPlottable(QCPAxis* x, QCPAxis* y, const PlotScales& scales)
    : QCPAbstractPlottable(x, y), m_scales(scales) {
    setSelectable(QCP::stNone);
}

PlotMap ScaledPlottable::map() const { return PlotMap::of(*keyAxis(), *valueAxis(), m_scales.x, m_scales.y); }

double ScaledPlottable::ratioOf(QCPPainter& painter) const {
    return isVector(painter) ? m_scales.vectorRatio : painter.device()->devicePixelRatioF();
}

QRect ScaledPlottable::clipRect() const { return QCPAbstractPlottable::clipRect().adjusted(-1, -2, 2, 1); }

void DecimatedPath::setCurve(const Curve& curve, bool isFunction) {
    m_curve = curve;
    m_isFunction = isFunction;
    m_last.forget();
}

void DecimatedPath::setColours(const double* values, const ColourMap* map) {
    m_colourValues = values;
    m_colourMap = map;
    m_last.forget();
}

void DecimatedPath::setStyle(const SeriesStyle& style, double opacity) {
    m_style = style;
    m_opacity = opacity;
    m_last.forget();
}

void DecimatedPath::draw(QCPPainter* painter) {
    const PlotMap at = map();
    if (m_curve.size == 0 || at.area.isEmpty()) return;
    const double ratio = ratioOf(*painter);
    painter->setAntialiasing(true);
    if (m_style.hasLine) {
        const bool isColoured = m_colourValues && m_colourMap;
        const bool byColumn = m_isFunction && !isColoured;
        // Half a pixel is not seen; a curve that turns around in it is drawn as if it had not.
        const Strokes strokes =
            byColumn ? decimateFunction(m_curve, at, 1 / ratio, std::max(m_style.width, 2 / ratio))
                     : decimatePath(m_curve, at, 0.7 / ratio);
        const std::size_t vertices = strokes.vertices();
        const bool asImage = isVector(*painter) ? vertices > kMostVectorVertices
                                                : m_style.dashes.isEmpty() && (vertices > kManyVertices ||
                                                                               !strokes.envelopes.empty());
        if (asImage) {
            drawImage(*painter, strokes, at, ratio);
        } else {
            painter->save();
            painter->setOpacity(painter->opacity() * m_opacity);
            isColoured ? drawColoured(*painter, strokes) : drawPolylines(*painter, strokes);
            painter->restore();
        }
    }
    if (m_style.marker != engine::figures::Marker::None) drawMarkers(*painter, at);
}

void DecimatedPath::drawImage(QCPPainter& painter, const Strokes& strokes, const PlotMap& map, double ratio) {
    StrokeImage image(map.area.adjusted(-kAroundAxes_px, -kAroundAxes_px, kAroundAxes_px, kAroundAxes_px),
                      ratio);
    // Columns of a function change with every movement. Ends that are cut outside of the picture must not reach into it, nor
    // the discs of points there.
    const bool mayMove = strokes.envelopes.empty() && strokes.vertices() > kSlowVertices &&
                         !isVector(painter) &&
                         m_style.width / (strokes.lonely.empty() ? 2 : 1) + 0.5 / ratio <= kAroundAxes_px;
    const std::optional<QPoint> by = mayMove ? m_last.movement(map, ratio) : std::nullopt;
    if (by && m_last.hasPicture()) {
        for (const QRect& part : image.startFrom(m_last.picture(), *by)) {
            image.clipTo(part);
            drawInto(image, strokes);
        }
    } else {
        drawInto(image, strokes);
    }
    image.drawTo(painter, m_opacity);
    if (!mayMove)
        m_last.forget();
    else if (!by)
        m_last.startAt(map, ratio);
    else if (!by->isNull() || m_last.hasPicture())
        m_last.move(*by, std::move(image).picture());
}

void DecimatedPath::drawInto(StrokeImage& image, const Strokes& strokes) const {
    const QRgb plain = m_style.colour.rgb();
    for (const Envelope& envelope : strokes.envelopes)
        for (std::size_t i = 0; i < envelope.x.size(); ++i)
            image.column(envelope.x[i], envelope.top[i], envelope.bottom[i], plain);
    for (std::size_t p = 0; p < strokes.parts.size(); ++p) {
        const QPolygonF& part = strokes.parts[p];
        for (qsizetype i = 1; i < part.size(); ++i) {
            if (!image.mayTouch(part[i - 1], part[i], m_style.width)) continue;
            const QRgb colour =
                m_colourValues && m_colourMap
                    ? m_colourMap->at(m_colourValues[strokes.from[p][static_cast<std::size_t>(i)]])
                    : plain;
            image.segment(part[i - 1], part[i], m_style.width, colour);
        }
    }
    for (const QPointF& point : strokes.lonely) image.segment(point, point, 2 * m_style.width, plain);
}

void DecimatedPath::drawPolylines(QCPPainter& painter, const Strokes& strokes) const {
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_style.colour);
    for (const Envelope& envelope : strokes.envelopes)
        painter.drawPolygon(polygonOf(envelope, 0.25 * m_style.width));
    for (const QPointF& point : strokes.lonely) painter.drawEllipse(point, m_style.width, m_style.width);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(m_style.pen());
    for (const QPolygonF& part : strokes.parts) painter.drawPolyline(part);
}

void DecimatedPath::drawColoured(QCPPainter& painter, const Strokes& strokes) const {
    // Pieces of one colour are one polyline: a file of a few hundred paths instead of thousands.
    QPen pen = m_style.pen();
    const auto colourOf = [&](std::size_t p, qsizetype i) {
        const double value = m_colourValues[strokes.from[p][static_cast<std::size_t>(i)]];
        return m_colourMap->atPosition(std::round(m_colourMap->position(value) * 127) / 127);
    };
    for (std::size_t p = 0; p < strokes.parts.size(); ++p) {
        const QPolygonF& part = strokes.parts[p];
        for (qsizetype i = 1; i < part.size();) {
            const QRgb colour = colourOf(p, i);
            QPolygonF piece{part[i - 1]};
            for (; i < part.size() && colourOf(p, i) == colour; ++i) piece << part[i];
            pen.setColor(QColor(colour));
            painter.setPen(pen);
            painter.drawPolyline(piece);
        }
    }
}

void DecimatedPath::drawMarkers(QCPPainter& painter, const PlotMap& at) const {
    std::size_t from = 0, to = m_curve.size;
    if (m_isFunction) std::tie(from, to) = visibleRange(m_curve.x, m_curve.size, at);
    if (from >= to) return;
    const MarkerInk ink{.fill = m_style.colour, .outline = {}};
    const bool all = static_cast<double>(to - from) * kMarkerApart_px <= std::max(at.area.width(), 1.0) ||
                     !m_style.hasLine;
    const QRectF area = at.area.adjusted(-1, -1, 1, 1);
    // Not QRectF::contains(): to that, a point that is no number is everywhere.
    const auto isShown = [&area](const QPointF& point) {
        return point.x() >= area.left() && point.x() <= area.right() && point.y() >= area.top() &&
               point.y() <= area.bottom();
    };
    const double size = kMarkerSize_px * (m_style.width < 1.8 ? 0.8 : 1);
    QPointF last(-1e9, -1e9);
    painter.save();
    painter.setOpacity(painter.opacity() * m_opacity);
    if (m_isFunction && !all) {
        // One in each gap, found without a look at the points between: there may be millions.
        for (const ColumnSpan& span : columnsOf(m_curve.x, m_curve.size, at, kMarkerGap_px)) {
            for (std::size_t i = span.begin; i < std::min(span.end, span.begin + kMarkerTries); ++i) {
                const QPointF point = at.pixel(m_curve.x[i], m_curve.y[i]);
                if (!isShown(point)) continue;
                drawMarker(painter, m_style.marker, point, size, ink);
                break;
            }
        }
        painter.restore();
        return;
    }
    for (std::size_t i = from; i < to; ++i) {
        const QPointF point = at.pixel(m_curve.x[i], m_curve.y[i]);
        if (!isShown(point)) continue;
        if (!all && std::hypot(point.x() - last.x(), point.y() - last.y()) < kMarkerGap_px) continue;
        if (all && std::abs(point.x() - last.x()) + std::abs(point.y() - last.y()) < 0.5) continue;
        last = point;
        drawMarker(painter, m_style.marker, point, size, ink);
    }
    painter.restore();
}

}  // namespace latent::desktop

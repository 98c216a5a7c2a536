// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/band.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {
namespace {

constexpr float kOpacity = 0.2f;
/// Up to this many points of a pixel column are drawn as they are.
constexpr std::size_t kFewPoints = 4;

/// Both edges of one unbroken stretch, in pixels.
struct Edges {
    QPolygonF low, high;
    void add(double x, double lowPixel, double highPixel, bool steps) {
        if (steps && !low.isEmpty()) {
            low << QPointF(x, low.last().y());
            high << QPointF(x, high.last().y());
        }
        low << QPointF(x, lowPixel);
        high << QPointF(x, highPixel);
    }
    QPolygonF polygon() const {
        QPolygonF around = low;
        around.reserve(2 * low.size());
        std::copy(high.rbegin(), high.rend(), std::back_inserter(around));
        return around;
    }
};

}  // namespace

void Band::setNumbers(const double* x, const double* low, const double* high, std::size_t size,
                      const BandShape& shape) {
    m_x = x;
    m_low = low;
    m_high = high;
    m_size = size;
    m_shape = shape;
}

void Band::draw(QCPPainter* painter) {
    const PlotMap at = map();
    const QRectF area = at.area.adjusted(-1, -1, 1, 1);
    QColor fill = m_colour;
    fill.setAlphaF(kOpacity);
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    Edges edges;
    const auto flush = [&] {
        if (edges.low.size() > 1) painter->drawPolygon(clipPolygon(edges.polygon(), area));
        edges = {};
    };
    // On a logarithmic axis a band that reaches down to nothing reaches beyond the bottom of the plot.
    const auto pixelOf = [&](double value) {
        if (at.y.scale.kind() == Scale::Log && value <= 0)
            return at.y.perPlace < 0 ? area.bottom() + area.height() : area.top() - area.height();
        return at.y.pixel(value);
    };
    const auto point = [&](double x, double low, double high) {
        const double lowPixel = pixelOf(low), highPixel = pixelOf(high);
        if (std::isfinite(x) && std::isfinite(lowPixel) && std::isfinite(highPixel))
            edges.add(x, lowPixel, highPixel, m_shape.steps);
        else
            flush();
    };
    if (!m_shape.isFunction) {
        for (std::size_t i = 0; i < m_size; ++i) point(at.x.pixel(m_x[i]), m_low[i], m_high[i]);
        return flush();
    }
    for (const ColumnSpan& column : columnsOf(m_x, m_size, at, 1 / ratioOf(*painter))) {
        if (column.end - column.begin <= kFewPoints) {
            for (std::size_t i = column.begin; i < column.end; ++i)
                point(at.x.pixel(m_x[i]), m_low[i], m_high[i]);
            continue;
        }
        double low = 0, high = 0, unused = 0;
        const bool hasBand = extremes(m_low, column.begin, column.end, AxisScale(), low, unused) &
                             extremes(m_high, column.begin, column.end, AxisScale(), unused, high);
        hasBand ? point(column.x, low, high) : flush();
    }
    flush();
}

}  // namespace latent::desktop

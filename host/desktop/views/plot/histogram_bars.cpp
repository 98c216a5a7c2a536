// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/histogram_bars.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {
namespace {

constexpr float kFillAlone = 0.75f, kFillAmongOthers = 0.22f;
/// Bars that are wider than this have a gap of a pixel between them.
constexpr double kGapFrom_px = 5;

}  // namespace

void HistogramBars::setBars(const std::vector<double>& edges, const std::vector<double>& heights,
                            const SeriesStyle& style, bool alone) {
    m_edges = &edges;
    m_heights = &heights;
    m_style = style;
    m_alone = alone;
}

void HistogramBars::draw(QCPPainter* painter) {
    if (!m_edges || m_edges->size() < 2) return;
    const PlotMap at = map();
    const QRectF area = at.area.adjusted(-1, -1, 1, 1);
    const std::size_t bins = std::min(m_heights->size(), m_edges->size() - 1);
    // Nothing, also on a logarithmic axis, is at the bottom of the plot or where zero is.
    const double zero = at.y.scale.shows(0) ? at.y.pixel(0)
                        : at.y.perPlace < 0 ? at.area.bottom()
                                            : at.area.top();
    QColor fill = m_style.colour;
    fill.setAlphaF(m_alone ? kFillAlone : kFillAmongOthers);
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    Strokes outline;
    ClippedLine line(outline, area, false);
    double before = zero;
    for (std::size_t i = 0; i < bins; ++i) {
        double left = at.x.pixel((*m_edges)[i]), right = at.x.pixel((*m_edges)[i + 1]);
        double top = at.y.pixel((*m_heights)[i]);
        if (!std::isfinite(left) || !std::isfinite(right)) continue;
        if (!std::isfinite(top)) top = zero;
        if (!m_alone) {
            line.to({left, before});
            line.to({left, top});
            line.to({right, top});
            before = top;
        }
        if (left > right) std::swap(left, right);
        const double gap = m_alone && right - left > kGapFrom_px ? 0.5 : 0;
        const QRectF bar =
            QRectF(QPointF(left + gap, std::min(top, zero)), QPointF(right - gap, std::max(top, zero)))
                .intersected(area);
        if (bar.width() > 0 && bar.height() > 0) painter->drawRect(bar);
    }
    if (m_alone) return;
    if (line.isOpen()) line.to({line.last().x(), zero});
    line.gap();
    painter->setBrush(Qt::NoBrush);
    QPen pen = m_style.pen();
    pen.setWidthF(m_style.width * 0.8);
    pen.setJoinStyle(Qt::MiterJoin);
    painter->setPen(pen);
    for (const QPolygonF& part : outline.parts) painter->drawPolyline(part);
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/polyline_clip.hpp"

#include <array>

namespace latent::desktop {

bool clipSegment(QPointF& a, QPointF& b, const QRectF& area) {
    // Liang and Barsky: the stretch of the parameter that lies on the inner side of all four edges.
    const double dx = b.x() - a.x(), dy = b.y() - a.y();
    double from = 0, to = 1;
    const auto inside = [&](double direction, double distance) {
        if (direction == 0) return distance >= 0;
        const double t = distance / direction;
        if (direction < 0)
            from = std::max(from, t);
        else
            to = std::min(to, t);
        return from <= to;
    };
    if (!inside(-dx, a.x() - area.left()) || !inside(dx, area.right() - a.x()) ||
        !inside(-dy, a.y() - area.top()) || !inside(dy, area.bottom() - a.y()))
        return false;
    const QPointF start = a;
    if (from > 0) a = start + QPointF(dx, dy) * from;
    if (to < 1) b = start + QPointF(dx, dy) * to;
    return true;
}

void ClippedLine::put(const QPointF& point, std::size_t index) {
    m_part.append(point);
    if (m_keepsIndices) m_indices.push_back(index);
}

void ClippedLine::to(const QPointF& point, std::size_t index) {
    ++m_run;
    if (!m_hasLast) {
        m_hasLast = true;
        m_last = point;
        if (m_area.contains(point)) put(point, index);
        return;
    }
    if (m_area.contains(m_last) && m_area.contains(point)) {
        if (m_part.isEmpty()) put(m_last, index);
        put(point, index);
        m_last = point;
        return;
    }
    QPointF a = m_last, b = point;
    if (clipSegment(a, b, m_area)) {
        if (m_part.isEmpty()) put(a, index);
        put(b, index);
        if (b != point) endPart();
    } else {
        endPart();
    }
    m_last = point;
}

void ClippedLine::endPart() {
    if (m_part.size() > 1) {
        m_strokes.parts.push_back(std::move(m_part));
        if (m_keepsIndices) m_strokes.from.push_back(std::move(m_indices));
    }
    m_part = QPolygonF();
    m_indices.clear();
}

void ClippedLine::gap() {
    if (m_run == 1 && m_area.contains(m_last)) m_strokes.lonely.push_back(m_last);
    endPart();
    m_hasLast = false;
    m_run = 0;
}

QPolygonF clipPolygon(const QPolygonF& polygon, const QRectF& area) {
    // Signed distance to each edge, positive inside.
    using Distance = double (*)(const QPointF&, const QRectF&);
    static constexpr std::array<Distance, 4> kEdges = {
        [](const QPointF& p, const QRectF& r) { return p.x() - r.left(); },
        [](const QPointF& p, const QRectF& r) { return r.right() - p.x(); },
        [](const QPointF& p, const QRectF& r) { return p.y() - r.top(); },
        [](const QPointF& p, const QRectF& r) { return r.bottom() - p.y(); }};
    QPolygonF rest = polygon;
    for (const Distance distance : kEdges) {
        QPolygonF cut;
        cut.reserve(rest.size() + 4);
        for (qsizetype i = 0; i < rest.size(); ++i) {
            const QPointF a = rest[i], b = rest[i + 1 < rest.size() ? i + 1 : 0];
            const double da = distance(a, area), db = distance(b, area);
            if (da >= 0) cut.append(a);
            if ((da >= 0) != (db >= 0)) cut.append(a + (b - a) * (da / (da - db)));
        }
        rest = std::move(cut);
    }
    return rest;
}

}  // namespace latent::desktop

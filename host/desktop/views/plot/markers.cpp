// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/markers.hpp"

#include <QPainter>
#include <QPolygonF>
#include <cmath>
#include <numbers>

namespace latent::desktop {
namespace {

using engine::figures::Marker;

QPolygonF star(const QPointF& at, double outer, double inner, int points) {
    QPolygonF polygon;
    for (int i = 0; i < 2 * points; ++i) {
        const double angle = -std::numbers::pi / 2 + std::numbers::pi * i / points,
                     radius = i % 2 ? inner : outer;
        polygon << at + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    return polygon;
}

QPolygonF outlineOf(Marker marker, const QPointF& at, double r) {
    switch (marker) {
        case Marker::Square:
            return QPolygonF(QRectF(at.x() - 0.88 * r, at.y() - 0.88 * r, 1.76 * r, 1.76 * r));
        case Marker::Triangle:
            return {at + QPointF(0, -1.2 * r), at + QPointF(1.15 * r, 0.85 * r),
                    at + QPointF(-1.15 * r, 0.85 * r)};
        case Marker::Diamond:
            return {at + QPointF(0, -1.25 * r), at + QPointF(1.25 * r, 0), at + QPointF(0, 1.25 * r),
                    at + QPointF(-1.25 * r, 0)};
        case Marker::Star:
            return star(at, 1.4 * r, 0.6 * r, 5);
        default:
            return {};
    }
}

}  // namespace

void drawMarker(QPainter& painter, Marker marker, const QPointF& at, double size, const MarkerInk& ink) {
    const double r = size / 2;
    if (marker == Marker::None || r <= 0) return;
    if (marker == Marker::Cross) {
        painter.setPen(QPen(ink.fill, std::max(1.2, size / 4.5), Qt::SolidLine, Qt::RoundCap));
        const double arm = 0.85 * r;
        painter.drawLine(at + QPointF(-arm, -arm), at + QPointF(arm, arm));
        painter.drawLine(at + QPointF(-arm, arm), at + QPointF(arm, -arm));
        return;
    }
    if (ink.hollow) {
        painter.setPen(QPen(ink.fill, std::max(1.5, ink.outlineWidth)));
        painter.setBrush(ink.outline.isValid() ? QBrush(ink.outline) : QBrush(Qt::NoBrush));
    } else {
        painter.setPen(ink.outline.isValid() ? QPen(ink.outline, ink.outlineWidth) : QPen(Qt::NoPen));
        painter.setBrush(ink.fill);
    }
    if (marker == Marker::Circle)
        painter.drawEllipse(at, r, r);
    else
        painter.drawPolygon(outlineOf(marker, at, r));
}

}  // namespace latent::desktop

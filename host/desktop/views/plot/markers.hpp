// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The shapes that stand for points: circle, square, triangle, diamond, cross, star. All of about the same area.
//
// Pure painting; UI thread.
//
//     drawMarker(painter, Marker::Diamond, at, 8, {.fill = colour, .outline = theme.panel});

#include <QColor>
#include <QPointF>
#include <QRectF>

#include "engine/figures/figure.hpp"

class QPainter;

namespace latent::desktop {

struct MarkerInk {
    QColor fill;
    QColor outline;  ///< invalid: none. Separates points that overlap
    double outlineWidth = 1;
    bool hollow = false;  ///< outlined in `fill`, filled with `outline`
};

/// `size`: diameter of the circle, pixels.
void drawMarker(QPainter& painter, engine::figures::Marker marker, const QPointF& at, double size,
                const MarkerInk& ink);

}  // namespace latent::desktop

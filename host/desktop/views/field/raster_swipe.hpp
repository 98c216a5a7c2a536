// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The line that parts two pictures of the same place: what is left of it is one of them, what is right the other.
//
// `swipe` is the share of the raster's width that lies left of the line, so that the line stays where it is on the screen
// while the picture is zoomed. UI thread.
//
//     drawLeftOf(painter, images.left, layout.raster, 0.5);
//     drawSwipe(painter, raster, layout.raster, 0.5, theme());

#include <QRectF>

#include "desktop/theme/theme.hpp"
#include "engine/figures/figure.hpp"

class QImage;
class QPainter;

namespace latent::desktop {

/// Where the line stands, and the grip in its middle that is taken even while a gesture is chosen.
double swipePixel(const QRectF& raster, double swipe);
QRectF swipeGrip(const QRectF& raster, double swipe);

void drawLeftOf(QPainter& painter, const QImage& left, const QRectF& raster, double swipe);
/// The line, its grip, and the words of both sides where they have room.
void drawSwipe(QPainter& painter, const engine::figures::Raster& raster, const QRectF& area, double swipe,
               const Theme& theme);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_swipe.hpp"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <algorithm>

namespace latent::desktop {

namespace {

constexpr double kSwipeGrip_px = 9, kChevron_px = 3;
constexpr double kWordMargin_px = 4;

void drawWord(QPainter& painter, const QString& word, const QRectF& side, bool isLeft, const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    QRectF box(QPointF(), QSizeF(metrics.horizontalAdvance(word) + 2 * kWordMargin_px, metrics.height() + 2));
    if (word.isEmpty() || side.width() < box.width() || side.height() < 2 * box.height()) return;
    const double margin = std::min(kWordMargin_px, (side.width() - box.width()) / 2);
    box.moveTop(side.top() + kWordMargin_px);
    if (isLeft)
        box.moveLeft(side.left() + margin);
    else
        box.moveRight(side.right() - margin);
    QColor ground = theme.panel;
    ground.setAlphaF(0.85f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 2, 2);
    painter.setPen(theme.text);
    painter.setFont(theme.small);
    painter.drawText(QPointF(box.left() + kWordMargin_px, box.top() + 1 + metrics.ascent()), word);
}

}  // namespace

double swipePixel(const QRectF& raster, double swipe) {
    return raster.left() + std::clamp(swipe, 0.0, 1.0) * raster.width();
}

QRectF swipeGrip(const QRectF& raster, double swipe) {
    return {QPointF(swipePixel(raster, swipe), raster.center().y()) - QPointF(kSwipeGrip_px, kSwipeGrip_px),
            QSizeF(2 * kSwipeGrip_px, 2 * kSwipeGrip_px)};
}

void drawLeftOf(QPainter& painter, const QImage& left, const QRectF& raster, double swipe) {
    const double share = std::clamp(swipe, 0.0, 1.0);
    if (share <= 0) return;
    painter.drawImage(QRectF(raster.topLeft(), QSizeF(share * raster.width(), raster.height())), left,
                      QRectF(0, 0, share * left.width(), left.height()));
}

void drawSwipe(QPainter& painter, const engine::figures::Raster& raster, const QRectF& area, double swipe,
               const Theme& theme) {
    const double x = swipePixel(area, swipe);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& [colour, width] : {std::pair(theme.panel, 3.5), std::pair(theme.text, 1.25)}) {
        painter.setPen(QPen(colour, width));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    const QRectF grip = swipeGrip(area, swipe);
    painter.setBrush(theme.panel);
    painter.setPen(QPen(theme.text, 1.25));
    painter.drawEllipse(grip);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.text, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (const double side : {-1.0, 1.0}) {
        const double tip = x + side * 1.9 * kChevron_px, back = x + side * 0.9 * kChevron_px,
                     y = grip.center().y();
        painter.drawPolyline(QPolygonF{{back, y - kChevron_px}, {tip, y}, {back, y + kChevron_px}});
    }
    drawWord(painter, QString::fromStdString(raster.leftWord),
             QRectF(area.topLeft(), QPointF(x, area.bottom())), true, theme);
    drawWord(painter, QString::fromStdString(raster.rightWord),
             QRectF(QPointF(x, area.top()), area.bottomRight()), false, theme);
    painter.restore();
}

}  // namespace latent::desktop

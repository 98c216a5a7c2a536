// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An image into which very many short thick segments are drawn quickly, antialiased.
//
// QPainter strokes a path of 10⁵ segments in about a tenth of a second; here each pixel under a segment takes the coverage
// by distance, and overlaps keep the larger coverage, so that dense paths have no darker joints. Covers one rectangle of the
// plot at `ratio` device pixels per pixel. UI thread or any other, one at a time.
//
//     StrokeImage image(map.area, painter.device()->devicePixelRatioF());
//     image.segment(a, b, 2.0, colour);
//     image.drawTo(painter, 1.0);

#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QRgb>

class QPainter;

namespace latent::desktop {

class StrokeImage {
  public:
    StrokeImage(const QRectF& area, double ratio);

    /// With round ends; a segment of no length is a disc.
    void segment(const QPointF& a, const QPointF& b, double width, QRgb colour);
    /// A vertical stretch, one device pixel wide.
    void column(double x, double top, double bottom, QRgb colour);
    double ratio() const { return m_ratio; }
    void drawTo(QPainter& painter, double opacity);

  private:
    void blend(QRgb& pixel, int coverage, QRgb colour) const;
    QRectF m_area;
    double m_ratio;
    QImage m_image;      ///< straight alpha until it is drawn
    int m_top, m_bottom; ///< rows that were touched
};

}  // namespace latent::desktop

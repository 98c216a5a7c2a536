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
#include <array>
#include <cstdint>

class QPainter;

namespace latent::desktop {

class StrokeImage {
  public:
    StrokeImage(const QRectF& area, double ratio);
    StrokeImage(const StrokeImage&) = delete;
    StrokeImage& operator=(const StrokeImage&) = delete;

    /// With round ends; a segment of no length is a disc.
    void segment(const QPointF& a, const QPointF& b, double width, QRgb colour);
    /// A vertical stretch, one device pixel wide.
    void column(double x, double top, double bottom, QRgb colour);
    double ratio() const { return m_ratio; }
    /// Once; the image is used up.
    void drawTo(QPainter& painter, double opacity);

  private:
    void blend(QRgb& pixel, int coverage, QRgb colour) const;
    QRectF m_area;
    double m_ratio;
    static constexpr int kCoverages = 255;
    void setWidth(double width);
    QRgb* rowOf(int row) { return m_pixels + static_cast<std::size_t>(row) * m_stride; }
    QImage m_image;  ///< straight alpha until it is drawn
    int m_width, m_height;
    int m_top, m_bottom;  ///< rows that were touched
    QRgb* m_pixels = nullptr;
    std::size_t m_stride = 0;
    double m_lineWidth = -1;
    float m_half = 0, m_reach = 0.5f;  ///< dots; the line covers nothing beyond the second
    float m_perSquare = 1;
    std::array<std::uint8_t, kCoverages + 1> m_coverage{};  ///< by how much nearer than m_reach, in squares
};

}  // namespace latent::desktop

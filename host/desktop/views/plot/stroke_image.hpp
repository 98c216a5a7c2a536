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
//
// Where a plot has moved by whole dots, the picture of before is the beginning of the next one:
//
//     for (const QRect& part : image.startFrom(before, by)) { image.clipTo(part); … }

#include <QImage>
#include <QPoint>
#include <QPointF>
#include <QRect>
#include <QRectF>
#include <QRgb>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

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
    /// Whether a segment may cover one of the dots that are drawn on.
    bool mayTouch(const QPointF& a, const QPointF& b, double width);
    /// From an image of this size that has been drawn, moved; gives the parts, in dots, that it does not cover: those alone
    /// are to be drawn, one after the other.
    std::vector<QRect> startFrom(const QImage& picture, const QPoint& by);
    /// Only these dots are drawn on from now on.
    void clipTo(const QRect& part);
    /// Once; the image is used up.
    void drawTo(QPainter& painter, double opacity);
    /// What was drawn, afterwards. Premultiplied.
    QImage picture() && { return std::move(m_image); }

  private:
    void blend(QRgb& pixel, int coverage, QRgb colour) const;
    QRectF m_area;
    double m_ratio;
    static constexpr int kCoverages = 255;
    void setWidth(double width);
    QRgb* rowOf(int row) { return m_pixels + static_cast<std::size_t>(row) * m_stride; }
    QImage m_image;  ///< straight alpha in `m_fresh` until it is drawn
    int m_width, m_height;
    int m_top, m_bottom;  ///< rows that were touched
    QRect m_clip;
    std::vector<QRect> m_fresh;  ///< what this image draws itself; the rest is there
    QRgb* m_pixels = nullptr;
    std::size_t m_stride = 0;
    double m_lineWidth = -1;
    float m_half = 0, m_reach = 0.5f;  ///< dots; the line covers nothing beyond the second
    float m_perSquare = 1;
    std::array<std::uint8_t, kCoverages + 1> m_coverage{};  ///< by how much nearer than m_reach, in squares
};

}  // namespace latent::desktop

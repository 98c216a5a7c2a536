// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/stroke_image.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace latent::desktop {

StrokeImage::StrokeImage(const QRectF& area, double ratio)
    : m_area(area), m_ratio(ratio), m_image(QSizeF(area.width() * ratio, area.height() * ratio).toSize() + QSize(1, 1), QImage::Format_ARGB32),
      m_top(m_image.height()), m_bottom(-1) {
    m_image.fill(0);
}

void StrokeImage::blend(QRgb& pixel, int coverage, QRgb colour) const {
    const int before = qAlpha(pixel);
    if (coverage >= 255) {
        pixel = colour | 0xff000000u;
    } else if (before == 0) {
        pixel = (colour & 0xffffffu) | static_cast<QRgb>(coverage) << 24;
    } else {
        const int alpha = std::max(before, coverage);
        if ((pixel & 0xffffffu) != (colour & 0xffffffu)) {
            // Over what is there where that is opaque; instead of it where it is only an edge.
            const int weight = std::max(coverage, 255 - before);
            const auto mix = [weight](int old, int now) { return old + (now - old) * weight / 255; };
            pixel = qRgba(mix(qRed(pixel), qRed(colour)), mix(qGreen(pixel), qGreen(colour)), mix(qBlue(pixel), qBlue(colour)), alpha);
        } else {
            pixel = (pixel & 0xffffffu) | static_cast<QRgb>(alpha) << 24;
        }
    }
}

void StrokeImage::segment(const QPointF& a, const QPointF& b, double width, QRgb colour) {
    const float ratio = static_cast<float>(m_ratio);
    // Pixel (i, j) has its middle at (i + 0.5, j + 0.5).
    const float ax = static_cast<float>(a.x() - m_area.left()) * ratio - 0.5f, ay = static_cast<float>(a.y() - m_area.top()) * ratio - 0.5f;
    const float bx = static_cast<float>(b.x() - m_area.left()) * ratio - 0.5f, by = static_cast<float>(b.y() - m_area.top()) * ratio - 0.5f;
    const float half = static_cast<float>(width) * ratio / 2, reach = half + 0.5f;
    const float inner2 = half > 0.5f ? (half - 0.5f) * (half - 0.5f) : -1.0f, outer2 = reach * reach;
    const float dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
    const float inverse = length2 > 0 ? 1 / length2 : 0;
    const int top = std::max(0, static_cast<int>(std::ceil(std::min(ay, by) - reach)));
    const int bottom = std::min(m_image.height() - 1, static_cast<int>(std::floor(std::max(ay, by) + reach)));
    if (top > bottom) return;
    m_top = std::min(m_top, top);
    m_bottom = std::max(m_bottom, bottom);
    const float left = std::min(ax, bx) - reach, right = std::max(ax, bx) + reach;
    // Of a long steep segment only the pixels near it are visited, not its whole bounding box.
    const float slope = std::abs(dy) > 1 ? dx / dy : 0, aside = std::abs(dy) > 1 ? reach * std::sqrt(length2) / std::abs(dy) : right - left;
    for (int j = top; j <= bottom; ++j) {
        const float middle = ax + (static_cast<float>(j) - ay) * slope;
        const int from = std::max(0, static_cast<int>(std::ceil(std::max(left, middle - aside))));
        const int to = std::min(m_image.width() - 1, static_cast<int>(std::floor(std::min(right, middle + aside))));
        auto* row = reinterpret_cast<QRgb*>(m_image.scanLine(j));
        const float py = static_cast<float>(j) - ay;
        for (int i = from; i <= to; ++i) {
            const float px = static_cast<float>(i) - ax;
            float t = (px * dx + py * dy) * inverse;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            const float ex = px - t * dx, ey = py - t * dy, distance2 = ex * ex + ey * ey;
            if (distance2 >= outer2) continue;
            blend(row[i], distance2 <= inner2 ? 255 : static_cast<int>(255 * std::min(1.0f, reach - std::sqrt(distance2))), colour);
        }
    }
}

void StrokeImage::column(double x, double top, double bottom, QRgb colour) {
    const int i = static_cast<int>(std::floor((x - m_area.left()) * m_ratio));
    if (i < 0 || i >= m_image.width()) return;
    const double from = std::max(0.0, (top - m_area.top()) * m_ratio - 0.5);
    const double to = std::min(static_cast<double>(m_image.height()), (bottom - m_area.top()) * m_ratio + 0.5);
    if (from >= to) return;
    const int first = static_cast<int>(std::floor(from)), last = std::min(m_image.height() - 1, static_cast<int>(std::floor(to)));
    m_top = std::min(m_top, first);
    m_bottom = std::max(m_bottom, last);
    const auto stride = static_cast<std::size_t>(m_image.bytesPerLine()) / sizeof(QRgb);
    auto* pixel = reinterpret_cast<QRgb*>(m_image.scanLine(first)) + i;
    for (int j = first; j <= last; ++j, pixel += stride) {
        const double covered = std::min(to, j + 1.0) - std::max(from, static_cast<double>(j));
        blend(*pixel, static_cast<int>(255 * covered), colour);
    }
}

void StrokeImage::drawTo(QPainter& painter, double opacity) {
    if (m_bottom < m_top) return;
    QImage part(m_image.width(), m_bottom - m_top + 1, QImage::Format_ARGB32_Premultiplied);
    for (int j = 0; j < part.height(); ++j) {
        const auto* from = reinterpret_cast<const QRgb*>(m_image.constScanLine(m_top + j));
        auto* to = reinterpret_cast<QRgb*>(part.scanLine(j));
        for (int i = 0; i < part.width(); ++i) {
            const QRgb pixel = from[i];
            to[i] = pixel >= 0xff000000u || pixel == 0 ? pixel : qPremultiply(pixel);
        }
    }
    painter.save();
    painter.setOpacity(painter.opacity() * opacity);
    painter.drawImage(QRectF(m_area.left(), m_area.top() + m_top / m_ratio, part.width() / m_ratio, part.height() / m_ratio), part);
    painter.restore();
}

}  // namespace latent::desktop

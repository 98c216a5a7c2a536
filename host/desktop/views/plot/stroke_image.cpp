// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/stroke_image.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

/// Pixels beside each other are computed at once, by an extension that GCC and Clang have on every processor.
constexpr int kAtOnce = 4;
using Four = float __attribute__((vector_size(kAtOnce * sizeof(float))));
using FourInts = int __attribute__((vector_size(kAtOnce * sizeof(int))));
constexpr Four kFirst{0, 1, 2, 3};

/// 0…high, also for NaN.
Four within(const Four& value, float high) {
    const Four zero{}, most = zero + high;
    const Four risen = value > zero ? value : zero;
    return risen < most ? risen : most;
}

// Without calls into the mathematics library, which older processors need for std::floor.
int roundedDown(float value) {
    const int whole = static_cast<int>(value);
    return static_cast<float>(whole) > value ? whole - 1 : whole;
}
int roundedUp(float value) {
    const int whole = static_cast<int>(value);
    return static_cast<float>(whole) < value ? whole + 1 : whole;
}

}  // namespace

StrokeImage::StrokeImage(const QRectF& area, double ratio)
    : m_area(area),
      m_ratio(ratio),
      m_image(QSizeF(area.width() * ratio, area.height() * ratio).toSize() + QSize(1, 1),
              QImage::Format_ARGB32),
      m_width(m_image.width()),
      m_height(m_image.height()),
      m_top(m_height),
      m_bottom(-1),
      m_clip(m_image.rect()),
      m_fresh{m_clip} {
    m_image.fill(0);
    // Asked of the image for each row, these were a tenth of the time.
    m_pixels = reinterpret_cast<QRgb*>(m_image.bits());
    m_stride = static_cast<std::size_t>(m_image.bytesPerLine()) / sizeof(QRgb);
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
            pixel = qRgba(mix(qRed(pixel), qRed(colour)), mix(qGreen(pixel), qGreen(colour)),
                          mix(qBlue(pixel), qBlue(colour)), alpha);
        } else {
            pixel = (pixel & 0xffffffu) | static_cast<QRgb>(alpha) << 24;
        }
    }
}

void StrokeImage::setWidth(double width) {
    if (width == m_lineWidth) return;
    m_lineWidth = width;
    m_half = static_cast<float>(width * m_ratio) / 2;
    m_reach = m_half + 0.5f;
    // Coverage falls from full to none over the dot around the edge; squares of distances save the root for each dot.
    const float inner = std::max(0.0f, m_half - 0.5f), outer2 = m_reach * m_reach;
    m_perSquare = kCoverages / (outer2 - inner * inner);
    for (int i = 0; i <= kCoverages; ++i) {
        const float distance =
            std::sqrt(std::max(0.0f, outer2 - (static_cast<float>(i) + 0.5f) / m_perSquare));
        m_coverage[static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(std::lround(255 * std::clamp(m_reach - distance, 0.0f, 1.0f)));
    }
    m_coverage[0] = 0;
    if (m_half >= 0.5f) m_coverage[kCoverages] = 255;
}

void StrokeImage::segment(const QPointF& a, const QPointF& b, double width, QRgb colour) {
    setWidth(width);
    const float ratio = static_cast<float>(m_ratio), reach = m_reach;
    // Pixel (i, j) has its middle at (i + 0.5, j + 0.5).
    const float ax = static_cast<float>(a.x() - m_area.left()) * ratio - 0.5f,
                ay = static_cast<float>(a.y() - m_area.top()) * ratio - 0.5f;
    const float bx = static_cast<float>(b.x() - m_area.left()) * ratio - 0.5f,
                by = static_cast<float>(b.y() - m_area.top()) * ratio - 0.5f;
    const float dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
    const float alongX = length2 > 0 ? dx / length2 : 0, alongY = length2 > 0 ? dy / length2 : 0;
    const int top = std::max(m_clip.top(), roundedUp(std::min(ay, by) - reach));
    const int bottom = std::min(m_clip.bottom(), roundedDown(std::max(ay, by) + reach));
    if (top > bottom) return;
    m_top = std::min(m_top, top);
    m_bottom = std::max(m_bottom, bottom);
    const float left = std::min(ax, bx) - reach, right = std::max(ax, bx) + reach;
    const int first = std::max(m_clip.left(), roundedUp(left)),
              last = std::min(m_clip.right(), roundedDown(right));
    // Of a long steep segment only the pixels near it are visited, not its whole bounding box.
    const bool isLong = std::abs(dy) > 1 && std::abs(dx) > 4;
    const float slope = isLong ? dx / dy : 0, aside = isLong ? reach * std::sqrt(length2) / std::abs(dy) : 0;
    const float outer2 = reach * reach, perSquare = m_perSquare;
    const QRgb full = colour | 0xff000000u;
    for (int j = top; j <= bottom; ++j) {
        int from = first, to = last;
        if (isLong) {
            const float middle = ax + (static_cast<float>(j) - ay) * slope;
            from = std::max(first, roundedUp(middle - aside));
            to = std::min(last, roundedDown(middle + aside));
        }
        QRgb* row = rowOf(j);
        // Most pixels of a dense path are covered already.
        while (from <= to && row[from] == full) ++from;
        while (from <= to && row[to] == full) --to;
        const float py = static_cast<float>(j) - ay, alongRow = py * alongY;
        for (; from <= to; from += kAtOnce) {
            const Four px = (static_cast<float>(from) - ax) + kFirst;
            const Four t = within(px * alongX + alongRow, 1);
            const Four ex = px - t * dx, ey = py - t * dy;
            const FourInts steps = __builtin_convertvector(
                within((outer2 - ex * ex - ey * ey) * perSquare, kCoverages), FourInts);
            const int count = std::min(kAtOnce, to - from + 1);
            for (int k = 0; k < count; ++k) {
                const int coverage = m_coverage[static_cast<std::size_t>(steps[k])];
                if (coverage == 255)
                    row[from + k] = full;
                else if (coverage > 0)
                    blend(row[from + k], coverage, colour);
            }
        }
    }
}

void StrokeImage::column(double x, double top, double bottom, QRgb colour) {
    const int i = static_cast<int>(std::floor((x - m_area.left()) * m_ratio));
    if (i < m_clip.left() || i > m_clip.right()) return;
    const double from = std::max<double>(m_clip.top(), (top - m_area.top()) * m_ratio - 0.5);
    const double to = std::min(m_clip.bottom() + 1.0, (bottom - m_area.top()) * m_ratio + 0.5);
    if (from >= to) return;
    const int first = static_cast<int>(std::floor(from)),
              last = std::min(m_clip.bottom(), static_cast<int>(std::floor(to)));
    m_top = std::min(m_top, first);
    m_bottom = std::max(m_bottom, last);
    QRgb* pixel = rowOf(first) + i;
    for (int j = first; j <= last; ++j, pixel += m_stride) {
        const double covered = std::min(to, j + 1.0) - std::max(from, static_cast<double>(j));
        blend(*pixel, static_cast<int>(255 * covered), colour);
    }
}

void StrokeImage::drawTo(QPainter& painter, double opacity) {
    if (m_bottom < m_top) return;
    for (const QRect& fresh : m_fresh)
        for (int j = std::max(m_top, fresh.top()); j <= std::min(m_bottom, fresh.bottom()); ++j) {
            QRgb* row = rowOf(j);
            for (int i = fresh.left(); i <= fresh.right(); ++i)
                if (row[i] != 0 && row[i] < 0xff000000u) row[i] = qPremultiply(row[i]);
        }
    const QImage part(reinterpret_cast<const uchar*>(rowOf(m_top)), m_width, m_bottom - m_top + 1,
                      m_image.bytesPerLine(), QImage::Format_ARGB32_Premultiplied);
    painter.save();
    painter.setOpacity(painter.opacity() * opacity);
    painter.drawImage(QRectF(m_area.left(), m_area.top() + m_top / m_ratio, part.width() / m_ratio,
                             part.height() / m_ratio),
                      part);
    painter.restore();
    m_top = m_height;
    m_bottom = -1;
}

bool StrokeImage::mayTouch(const QPointF& a, const QPointF& b, double width) {
    setWidth(width);
    const double reach = m_reach + 1;
    const auto misses = [reach](double one, double other, double first, double last) {
        return std::max(one, other) + reach < first || std::min(one, other) - reach > last;
    };
    const QPointF from = (a - m_area.topLeft()) * m_ratio, to = (b - m_area.topLeft()) * m_ratio;
    return !misses(from.x(), to.x(), m_clip.left(), m_clip.right()) &&
           !misses(from.y(), to.y(), m_clip.top(), m_clip.bottom());
}

std::vector<QRect> StrokeImage::startFrom(const QImage& picture, const QPoint& by) {
    const QRect whole = m_image.rect(), kept = whole.intersected(whole.translated(by));
    if (picture.size() != m_image.size() || kept.isEmpty()) return m_fresh;
    for (int j = kept.top(); j <= kept.bottom(); ++j) {
        const auto* from = reinterpret_cast<const QRgb*>(picture.constScanLine(j - by.y())) - by.x();
        std::copy(from + kept.left(), from + kept.right() + 1, rowOf(j) + kept.left());
    }
    m_top = kept.top();
    m_bottom = kept.bottom();
    // Above or below over the whole width, and beside the rest.
    m_fresh.clear();
    if (kept.top() > 0) m_fresh.emplace_back(0, 0, m_width, kept.top());
    if (kept.bottom() < m_height - 1)
        m_fresh.emplace_back(0, kept.bottom() + 1, m_width, m_height - 1 - kept.bottom());
    if (kept.left() > 0) m_fresh.emplace_back(0, kept.top(), kept.left(), kept.height());
    if (kept.right() < m_width - 1)
        m_fresh.emplace_back(kept.right() + 1, kept.top(), m_width - 1 - kept.right(), kept.height());
    return m_fresh;
}

void StrokeImage::clipTo(const QRect& part) { m_clip = part.intersected(m_image.rect()); }

}  // namespace latent::desktop

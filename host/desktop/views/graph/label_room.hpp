// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which words have room beside each other: rectangles that are taken, found by buckets so that thousands cost little.
//
//     LabelRoom room(area);
//     room.take(nodeRect);
//     if (room.isFree(rect)) { room.take(rect); painter.drawText(…); }

#include <QRectF>
#include <algorithm>
#include <vector>

namespace latent::desktop {

class LabelRoom {
  public:
    explicit LabelRoom(const QRectF& area)
        : m_area(area),
          m_across(std::max(1, static_cast<int>(area.width() / kBucket_px) + 1)),
          m_down(std::max(1, static_cast<int>(area.height() / kBucket_px) + 1)),
          m_buckets(static_cast<std::size_t>(m_across) * static_cast<std::size_t>(m_down)) {}

    void take(const QRectF& rect) {
        visit(rect, [&](std::vector<QRectF>& bucket) {
            bucket.push_back(rect);
            return true;
        });
    }
    bool isFree(const QRectF& rect) {
        return m_area.contains(rect) && visit(rect, [&](const std::vector<QRectF>& bucket) {
                   return std::none_of(bucket.begin(), bucket.end(),
                                       [&](const QRectF& other) { return other.intersects(rect); });
               });
    }

  private:
    static constexpr double kBucket_px = 48;
    template <class Visit>
    bool visit(const QRectF& rect, Visit visitor) {
        const auto cell = [](double from, double at, int count) {
            return std::clamp(static_cast<int>((at - from) / kBucket_px), 0, count - 1);
        };
        for (int y = cell(m_area.top(), rect.top(), m_down); y <= cell(m_area.top(), rect.bottom(), m_down);
             ++y)
            for (int x = cell(m_area.left(), rect.left(), m_across);
                 x <= cell(m_area.left(), rect.right(), m_across); ++x)
                if (!visitor(m_buckets[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_across) +
                                       static_cast<std::size_t>(x)]))
                    return false;
        return true;
    }
    QRectF m_area;
    int m_across, m_down;
    std::vector<std::vector<QRectF>> m_buckets;
};

}  // namespace latent::desktop

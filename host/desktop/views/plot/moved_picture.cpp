// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/moved_picture.hpp"

#include <cmath>

namespace latent::desktop {
namespace {

/// Of a dot: what is not seen.
constexpr double kSameDot = 2e-3;
/// Of all plots together: 25 windows full at 1× and 1000 × 600.
constexpr qsizetype kMostKept_bytes = 64 << 20;
qsizetype keptBytes = 0;

/// Dots along one axis between `low_px` and `high_px`.
std::optional<int> dotsMoved(const AxisMap& start, const AxisMap& now, double low_px, double high_px,
                             double ratio) {
    if (!(start.scale == now.scale)) return std::nullopt;
    const auto moved = [&](double pixel) {
        return (pixel - start.pixelOfPlace(now.placeOfPixel(pixel))) * ratio;
    };
    const double low = moved(low_px), high = moved(high_px), whole = std::round(low);
    const bool isWhole = std::abs(low - whole) < kSameDot && std::abs(high - whole) < kSameDot;
    if (!isWhole || std::abs(whole) > 1e6) return std::nullopt;
    return static_cast<int>(whole);
}

}  // namespace

std::optional<QPoint> MovedPicture::movement(const PlotMap& now, double ratio) const {
    if (!m_start || m_ratio != ratio || m_start->area != now.area) return std::nullopt;
    const auto x = dotsMoved(m_start->x, now.x, now.area.left(), now.area.right(), ratio);
    const auto y = dotsMoved(m_start->y, now.y, now.area.top(), now.area.bottom(), ratio);
    if (!x || !y) return std::nullopt;
    return QPoint(*x, *y) - m_moved;
}

void MovedPicture::startAt(const PlotMap& map, double ratio) {
    forget();
    m_start = map;
    m_ratio = ratio;
}

void MovedPicture::move(const QPoint& by, const QImage& picture) {
    m_moved += by;
    drop();
    if (keptBytes + picture.sizeInBytes() > kMostKept_bytes) return;
    m_picture = picture;
    keptBytes += m_picture.sizeInBytes();
}

void MovedPicture::forget() {
    drop();
    m_start.reset();
    m_moved = {};
}

void MovedPicture::drop() {
    keptBytes -= m_picture.sizeInBytes();
    m_picture = QImage();
}

}  // namespace latent::desktop

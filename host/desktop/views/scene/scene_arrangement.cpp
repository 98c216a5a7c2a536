// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_arrangement.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/colour_bar.hpp"

namespace latent::desktop {

namespace {

constexpr double kBarGap_px = 16, kLongestBar_px = 240, kTop_px = 8;
constexpr double kEntryGap_px = 16, kRow_px = 4, kWidestWord_px = 180;
constexpr double kWords_px = 48, kAbove_px = 10;  ///< around the box, for ticks and titles
constexpr double kReach_px = 14, kAlike_px = 3;
constexpr double kMostKey = 0.2;  ///< part of the height

/// Rows from the left; returns their height.
double placeKey(const SceneModel& model, SceneArrangement& made, const QRectF& area) {
    if (model.named.empty()) return 0;
    const QFontMetricsF metrics(model.theme.small);
    const double row = std::ceil(metrics.height()) + kRow_px;
    const int most = std::max(1, static_cast<int>(area.height() * kMostKey / row));
    double x = area.left() + 4, y = area.top();
    int rows = 1;
    for (const std::size_t index : model.named) {
        const QString words = metrics.elidedText(model.series[index].label, Qt::ElideMiddle,
                                                 std::min(kWidestWord_px, area.width() * 0.6));
        const double wide = kSwatch_px + kSwatchGap_px + std::ceil(metrics.horizontalAdvance(words));
        if (x > area.left() + 4 && x + wide > area.right()) {
            if (rows == most) break;
            ++rows;
            x = area.left() + 4;
            y += row;
        }
        made.key.push_back({index, words, QRectF(x, y, wide, row)});
        x += wide + kEntryGap_px;
    }
    made.keyLeftOut = model.named.size() - made.key.size();
    return rows * row + kTop_px;
}

}  // namespace

double markerSize(std::size_t points) {
    if (points <= 60) return 8;
    if (points <= 500) return 6.5;
    if (points <= 2000) return 5;
    return points <= 20'000 ? 3.5 : 2.5;
}

SceneArrangement arrange(const SceneModel& model, const SceneView& view, const QRectF& area) {
    SceneArrangement made;
    made.area = area;
    made.area.setTop(area.top() + placeKey(model, made, area));
    if (model.hasBar()) {
        const double height = std::max(40.0, std::min(made.area.height() - 2 * kTop_px, kLongestBar_px));
        const double width = ColourBar(*model.colours(), *model.map, model.theme).width(height);
        made.bar = QRectF(area.right() - width, made.area.top() + kTop_px, width, height);
        made.area.setRight(std::max(area.left() + 60, made.bar.left() - kBarGap_px));
    }
    if (model.missing + model.leftOut > 0)
        made.area.setBottom(std::max(
            made.area.top() + 40, area.bottom() - std::ceil(QFontMetricsF(model.theme.small).height()) - 4));
    made.eye = Eye(view.camera);
    const auto& axes = model.axes;
    made.reach =
        std::sqrt(axes[0].half * axes[0].half + axes[1].half * axes[1].half + axes[2].half * axes[2].half);
    // One scale from all sides, so that the box does not breathe while it turns around its upright axis.
    const double wide = std::hypot(axes[0].half, axes[1].half),
                 elevation = view.camera.elevation_deg * std::numbers::pi / 180;
    const double high = axes[2].half * std::cos(elevation) + wide * std::abs(std::sin(elevation));
    made.perUnit = std::max(8.0, std::min((made.area.width() - 2 * kWords_px) / (2 * wide),
                                          (made.area.height() - kAbove_px - kWords_px) / (2 * high))) *
                   view.zoom;
    made.middle = made.area.center() + QPointF(0, (kAbove_px - kWords_px) / 2) +
                  QPointF(view.shift.x(), -view.shift.y()) * (made.perUnit * made.reach);
    return made;
}

std::optional<SceneHit> pointAt(const SceneModel& model, const SceneArrangement& arranged,
                                const QSet<QString>& hidden, const QPointF& position) {
    std::optional<SceneHit> best;
    double near = 0;
    if (!arranged.area.contains(position)) return best;
    for (std::size_t s = 0; s < model.series.size(); ++s) {
        const SceneSeries& series = model.series[s];
        if (hidden.contains(series.label)) continue;
        for (std::size_t i = 0; i < series.points.size(); ++i) {
            const ScenePoint& point = series.points[i];
            const Seen seen = arranged.eye.see({point.x, point.y, point.z});
            const QPointF at = arranged.pixel(seen);
            const double away = std::hypot(at.x() - position.x(), at.y() - position.y());
            if (!(away <= kReach_px)) continue;
            const bool isBetter = !best || away < best->away_px - kAlike_px ||
                                  (away < best->away_px + kAlike_px && seen.near > near);
            if (!isBetter) continue;
            best = SceneHit{s, i, at, away};
            near = seen.near;
        }
    }
    return best;
}

}  // namespace latent::desktop

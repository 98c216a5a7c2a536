// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A scene seen from its camera in an area: pixels of points, room for key and colour bar, what lies under the mouse.
//
// Plain values; borrows the model. UI thread.
//
//     const SceneArrangement now = arrange(*model, view, rect());
//     if (const auto hit = pointAt(*model, now, view.hidden, event->position())) …

#include <QRectF>
#include <QSet>

#include "desktop/views/scene/scene_model.hpp"

namespace latent::desktop {

/// In the key: the line or marker of a series, and the room between it and its words.
inline constexpr double kSwatch_px = 22, kSwatchGap_px = 6;

/// What the user made of the view.
struct SceneView {
    Camera camera;
    double zoom = 1;
    QPointF shift;         ///< of the middle, in half diagonals of the box
    QSet<QString> hidden;  ///< labels of series
    bool isHome() const { return zoom == 1 && shift.isNull() && camera == Camera(); }
    bool operator==(const SceneView&) const = default;
};

struct SceneKeyEntry {
    std::size_t series = 0;
    QString words;
    QRectF area;
};

struct SceneArrangement {
    QRectF area;  ///< of the box and its words
    QRectF bar;   ///< empty: none
    std::vector<SceneKeyEntry> key;
    std::size_t keyLeftOut = 0;  ///< series without room for their names
    Eye eye{Camera()};
    QPointF middle;      ///< pixel of the middle of the box
    double perUnit = 1;  ///< pixels
    double reach = 1;    ///< half diagonal of the box

    QPointF pixel(const Seen& seen) const {
        return {middle.x() + seen.across * perUnit, middle.y() - seen.up * perUnit};
    }
    QPointF pixel(const Vector& place) const { return pixel(eye.see(place)); }
    /// 0: farthest, 1: nearest.
    double nearness(const Seen& seen) const { return std::clamp(0.5 + 0.7 * seen.near / reach, 0.0, 1.0); }
};

struct SceneHit {
    std::size_t series = 0, point = 0;
    QPointF at;
    double away_px = 0;
};

SceneArrangement arrange(const SceneModel& model, const SceneView& view, const QRectF& area);
/// The point next to a position; of those as near, the one nearest to the eye.
std::optional<SceneHit> pointAt(const SceneModel& model, const SceneArrangement& arranged,
                                const QSet<QString>& hidden, const QPointF& position);
/// Diameter of the markers of a cloud with this many points.
double markerSize(std::size_t points);

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One gesture of a figure as the mouse (or the keyboard's pointer) makes it: pick, range, rectangle, lasso.
//
// press → move* → finish gives the results that the view vocabulary names; until then the shape is in the scene's pointer
// marks. UI thread; a value that the canvas keeps.
//
//     PlotGesture gesture(figure.gestures[0]);
//     gesture.press(scene, position);  gesture.move(scene, position);
//     if (auto results = gesture.finish(scene)) Q_EMIT gestured(0, *results);

#include <nlohmann/json.hpp>
#include <optional>

#include "desktop/views/plot/plot_scene.hpp"

namespace latent::desktop {

class PlotGesture {
  public:
    explicit PlotGesture(const engine::figures::Gesture& gesture)
        : m_kind(gesture.kind), m_alongY(gesture.alongY) {}
    bool isActive() const { return m_active; }
    bool isPick() const { return m_kind == engine::figures::Gesture::Kind::Pick; }
    void press(PlotScene& scene, const QPointF& position);
    void move(PlotScene& scene, const QPointF& position);
    /// None when the shape is too small to mean anything.
    std::optional<nlohmann::json> finish(PlotScene& scene);
    void cancel(PlotScene& scene);

  private:
    void show(PlotScene& scene) const;
    nlohmann::json lasso(const PlotScene& scene) const;
    engine::figures::Gesture::Kind m_kind;
    bool m_alongY;
    bool m_active = false;
    QPointF m_from, m_to;
    QPolygonF m_lasso;
};

}  // namespace latent::desktop

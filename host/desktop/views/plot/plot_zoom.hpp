// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Zoom and pan of a scene, as wheel, mouse, boxes and keys ask for it. On places, so that all scales behave alike.
//
// Changes the scene's zoom only; the caller replots. UI thread.
//
//     const PlotAxes axes = axesAt(map, position);            // over one axis: that axis alone
//     zoomAt(scene, position, 0.8, axes);
//     PanStart start(scene);  start.panBy(scene, delta_px, axes);

#include <QPointF>
#include <QRectF>

#include "desktop/views/plot/plot_scene.hpp"

namespace latent::desktop {

struct PlotAxes {
    bool x = true, y = true;
};

/// Below the axes only x, left of them only y; with equal aspect always both.
PlotAxes axesAt(const PlotScene& scene, const QPointF& position);
/// `factor` below 1 zooms in; the value under `position` stays there.
void zoomAt(PlotScene& scene, const QPointF& position, double factor, const PlotAxes& axes);
void zoomTo(PlotScene& scene, const QRectF& box_px, const PlotAxes& axes);

class PanStart {
  public:
    explicit PanStart(const PlotScene& scene) : m_map(scene.map()) {}
    void panBy(PlotScene& scene, const QPointF& delta_px, const PlotAxes& axes) const;

  private:
    PlotMap m_map;
};

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_zoom.hpp"

#include <algorithm>
#include <cmath>

namespace latent::desktop {
namespace {

void setPixels(PlotScene& scene, const AxisMap& map, bool alongX, double from_px, double to_px) {
    const double a = map.placeOfPixel(from_px), b = map.placeOfPixel(to_px);
    scene.setPlaces(alongX, std::min(a, b), std::max(a, b));
}

}  // namespace

PlotAxes axesAt(const PlotScene& scene, const QPointF& position) {
    if (scene.model().figure().equalAspect) return {};
    const QRectF axes = scene.map().area;
    if (position.y() > axes.bottom() && position.x() >= axes.left()) return {true, false};
    if (position.x() < axes.left() && position.y() <= axes.bottom()) return {false, true};
    return {};
}

void zoomAt(PlotScene& scene, const QPointF& position, double factor, const PlotAxes& axes) {
    const PlotMap map = scene.map();
    const QRectF area = map.area;
    const double x = std::clamp(position.x(), area.left(), area.right()),
                 y = std::clamp(position.y(), area.top(), area.bottom());
    if (axes.x)
        setPixels(scene, map.x, true, x + (area.left() - x) * factor, x + (area.right() - x) * factor);
    if (axes.y)
        setPixels(scene, map.y, false, y + (area.top() - y) * factor, y + (area.bottom() - y) * factor);
}

void zoomTo(PlotScene& scene, const QRectF& box_px, const PlotAxes& axes) {
    const PlotMap map = scene.map();
    const QRectF box = box_px.normalized().intersected(map.area);
    if (axes.x && box.width() > 1) setPixels(scene, map.x, true, box.left(), box.right());
    if (axes.y && box.height() > 1) setPixels(scene, map.y, false, box.top(), box.bottom());
}

void PanStart::panBy(PlotScene& scene, const QPointF& delta_px, const PlotAxes& axes) const {
    // By whole dots: a line keeps its look on its way, and need not be drawn anew (see moved_picture.hpp). Of the plot as it
    // is now: wider labels may have made it narrower on the way.
    const double ratio = scene.devicePixelRatio();
    const PlotMap now = scene.map();
    const auto pan = [&](bool alongX, double delta, double from_px, double to_px) {
        const AxisMap &start = alongX ? m_map.x : m_map.y, &here = alongX ? now.x : now.y;
        const double by = std::round(delta * ratio) / ratio / here.perPlace;
        const double a = start.placeOfPixel(from_px) - by, b = start.placeOfPixel(to_px) - by;
        scene.setPlaces(alongX, std::min(a, b), std::max(a, b));
    };
    if (axes.x) pan(true, delta_px.x(), m_map.area.left(), m_map.area.right());
    if (axes.y) pan(false, delta_px.y(), m_map.area.top(), m_map.area.bottom());
}

}  // namespace latent::desktop

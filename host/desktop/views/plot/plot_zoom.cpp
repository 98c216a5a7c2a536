// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_zoom.hpp"

#include <algorithm>

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
    const QRectF area = m_map.area;
    if (axes.x) setPixels(scene, m_map.x, true, area.left() - delta_px.x(), area.right() - delta_px.x());
    if (axes.y) setPixels(scene, m_map.y, false, area.top() - delta_px.y(), area.bottom() - delta_px.y());
}

}  // namespace latent::desktop

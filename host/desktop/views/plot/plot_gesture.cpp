// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_gesture.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/plot/plot_pick.hpp"

namespace latent::desktop {

using engine::figures::Gesture;

namespace {

/// Shorter moves are clicks.
constexpr double kLeastShape_px = 3;
/// A pick takes the point itself when it is so near, else the place that was clicked.
constexpr double kSnap_px = 14;
constexpr double kLassoStep_px = 2;

QPointF inside(const QPointF& position, const QRectF& area) {
    return {std::clamp(position.x(), area.left(), area.right()),
            std::clamp(position.y(), area.top(), area.bottom())};
}

nlohmann::json pick(const PlotScene& scene, const QPointF& position) {
    const PlotMap map = scene.map();
    const auto picked = nearestPoint(scene.model(), map, position, scene.hidden());
    if (picked && std::hypot(picked->at.x() - position.x(), picked->at.y() - position.y()) <= kSnap_px)
        return pickResults(scene.model(), *picked);
    if (picked && scene.model().kind() == PlotModel::Kind::Histogram)
        return pickResults(scene.model(), *picked);
    return {{"x", map.x.value(position.x())}, {"y", map.y.value(position.y())}};
}

std::pair<double, double> ordered(double a, double b) { return {std::min(a, b), std::max(a, b)}; }

}  // namespace

void PlotGesture::press(PlotScene& scene, const QPointF& position) {
    m_active = true;
    m_from = m_to = inside(position, scene.map().area);
    m_lasso = QPolygonF{m_from};
    show(scene);
}

void PlotGesture::move(PlotScene& scene, const QPointF& position) {
    if (!m_active) return;
    m_to = inside(position, scene.map().area);
    if (m_kind == Gesture::Kind::Lasso && (m_to - m_lasso.last()).manhattanLength() >= kLassoStep_px)
        m_lasso << m_to;
    show(scene);
}

void PlotGesture::show(PlotScene& scene) const {
    const QRectF area = scene.map().area;
    PointerMarks& marks = scene.pointer();
    if (m_kind == Gesture::Kind::Lasso) marks.lasso = m_lasso;
    if (m_kind == Gesture::Kind::Rectangle) marks.band = QRectF(m_from, m_to).normalized();
    if (m_kind != Gesture::Kind::Range) return;
    marks.band = m_alongY
                     ? QRectF(QPointF(area.left(), m_from.y()), QPointF(area.right(), m_to.y())).normalized()
                     : QRectF(QPointF(m_from.x(), area.top()), QPointF(m_to.x(), area.bottom())).normalized();
}

void PlotGesture::cancel(PlotScene& scene) {
    m_active = false;
    scene.pointer().band.reset();
    scene.pointer().lasso.clear();
}

std::optional<nlohmann::json> PlotGesture::finish(PlotScene& scene) {
    if (!m_active) return std::nullopt;
    const PlotMap map = scene.map();
    const double wide = std::abs(m_to.x() - m_from.x()), high = std::abs(m_to.y() - m_from.y());
    std::optional<nlohmann::json> results;
    const auto [xLow, xHigh] = ordered(map.x.value(m_from.x()), map.x.value(m_to.x()));
    const auto [yLow, yHigh] = ordered(map.y.value(m_from.y()), map.y.value(m_to.y()));
    switch (m_kind) {
        case Gesture::Kind::Pick:
            results = pick(scene, m_to);
            break;
        case Gesture::Kind::Range:
            if ((m_alongY ? high : wide) >= kLeastShape_px)
                results = nlohmann::json{{"low", m_alongY ? yLow : xLow}, {"high", m_alongY ? yHigh : xHigh}};
            break;
        case Gesture::Kind::Rectangle:
            if (wide >= kLeastShape_px && high >= kLeastShape_px)
                results =
                    nlohmann::json{{"x_low", xLow}, {"x_high", xHigh}, {"y_low", yLow}, {"y_high", yHigh}};
            break;
        case Gesture::Kind::Lasso:
            if (m_lasso.size() >= 3) results = lasso(scene);
            break;
        case Gesture::Kind::Brush:
            break;  // paints pixels of images; a plot has none
        case Gesture::Kind::Connect:
            break;  // joins nodes of graphs
    }
    cancel(scene);
    return results;
}

nlohmann::json PlotGesture::lasso(const PlotScene& scene) const {
    const PlotMap map = scene.map();
    nlohmann::json polygon = nlohmann::json::array(), indices = nlohmann::json::array();
    for (const QPointF& vertex : m_lasso)
        polygon.push_back({map.x.value(vertex.x()), map.y.value(vertex.y())});
    // Series follow each other: the points of the second one are counted on from those of the first.
    const QRectF bounds = m_lasso.boundingRect();
    std::size_t before = 0;
    for (const PlotSeries& series : scene.model().series()) {
        if (!scene.hidden().contains(series.label))
            for (std::size_t i = 0; i < series.size; ++i) {
                const QPointF at = map.pixel(series.x[i], series.y[i]);
                if (bounds.contains(at) && m_lasso.containsPoint(at, Qt::OddEvenFill))
                    indices.push_back(before + i);
            }
        before += series.size;
    }
    return {{"polygon", std::move(polygon)}, {"indices", std::move(indices)}};
}

}  // namespace latent::desktop

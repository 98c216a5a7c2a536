// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_gesture.hpp"

#include <algorithm>
#include <cmath>

#include "desktop/views/field/raster_words.hpp"

namespace latent::desktop {

using engine::figures::Gesture;

namespace {

constexpr double kLeastShape_px = 3, kLassoStep_px = 2;

QPointF inside(const QPointF& position, const QRectF& area) {
    return {std::clamp(position.x(), area.left(), area.right()),
            std::clamp(position.y(), area.top(), area.bottom())};
}

double cellPositionAlong(const SideView& view, double pixel) {
    const auto cell = view.cellAt(std::clamp(pixel, view.firstPixel(), view.lastPixel()));
    if (!cell) return 0;
    const double from = view.edgePixel(*cell), to = view.edgePixel(*cell + 1);
    return static_cast<double>(*cell) + std::clamp((pixel - from) / (to - from), 0.0, 0.999);
}

}  // namespace

QPointF cellPosition(const RasterLayout& layout, const QPointF& position) {
    return {cellPositionAlong(layout.across, position.x()), cellPositionAlong(layout.down, position.y())};
}

void RasterGesture::press(const RasterTools& tools, const QPointF& position) {
    m_active = true;
    m_from = m_to = inside(position, tools.layout->raster);
    m_lasso = QPolygonF{m_from};
    if (!isBrush()) return;
    const QPointF cell = cellPosition(*tools.layout, m_from);
    tools.mask->stroke(cell, cell, tools.brushSize, tools.mode);
}

void RasterGesture::move(const RasterTools& tools, const QPointF& position) {
    if (!m_active) return;
    const QPointF last = m_to;
    m_to = inside(position, tools.layout->raster);
    if (m_kind == Gesture::Kind::Lasso && (m_to - m_lasso.last()).manhattanLength() >= kLassoStep_px)
        m_lasso << m_to;
    if (isBrush())
        tools.mask->stroke(cellPosition(*tools.layout, last), cellPosition(*tools.layout, m_to),
                           tools.brushSize, tools.mode);
}

std::optional<QRectF> RasterGesture::band(const RasterLayout& layout) const {
    if (!m_active) return std::nullopt;
    const QRectF& raster = layout.raster;
    if (m_kind == Gesture::Kind::Rectangle) return QRectF(m_from, m_to).normalized();
    if (m_kind != Gesture::Kind::Range) return std::nullopt;
    return m_alongY
               ? QRectF(QPointF(raster.left(), m_from.y()), QPointF(raster.right(), m_to.y())).normalized()
               : QRectF(QPointF(m_from.x(), raster.top()), QPointF(m_to.x(), raster.bottom())).normalized();
}

std::optional<nlohmann::json> RasterGesture::finish(const RasterTools& tools) {
    if (!std::exchange(m_active, false)) return std::nullopt;
    const double wide = std::abs(m_to.x() - m_from.x()), high = std::abs(m_to.y() - m_from.y());
    const QPointF a = tools.layout->valueAt(m_from), b = tools.layout->valueAt(m_to);
    const auto [xLow, xHigh] = std::minmax({a.x(), b.x()});
    const auto [yLow, yHigh] = std::minmax({a.y(), b.y()});
    switch (m_kind) {
        case Gesture::Kind::Pick:
            if (const auto cell = tools.layout->cellAt(m_to)) return cellResults(*tools.content, *cell);
            return std::nullopt;
        case Gesture::Kind::Range:
            if ((m_alongY ? high : wide) < kLeastShape_px) return std::nullopt;
            return nlohmann::json{{"low", m_alongY ? yLow : xLow}, {"high", m_alongY ? yHigh : xHigh}};
        case Gesture::Kind::Rectangle:
            if (wide < kLeastShape_px || high < kLeastShape_px) return std::nullopt;
            return nlohmann::json{{"x_low", xLow}, {"x_high", xHigh}, {"y_low", yLow}, {"y_high", yHigh}};
        case Gesture::Kind::Lasso:
            if (m_lasso.size() < 3) return std::nullopt;
            return lassoResults(tools);
        case Gesture::Kind::Brush:
            return nlohmann::json{{"mask", tools.mask->toJson()}};
        case Gesture::Kind::Connect:
            break;  // joins nodes of graphs; a raster has none
    }
    return std::nullopt;
}

nlohmann::json RasterGesture::lassoResults(const RasterTools& tools) const {
    const RasterLayout& layout = *tools.layout;
    nlohmann::json polygon = nlohmann::json::array(), indices = nlohmann::json::array();
    for (const QPointF& vertex : m_lasso) {
        const QPointF value = layout.valueAt(vertex);
        polygon.push_back({value.x(), value.y()});
    }
    // The cells whose middle is inside.
    const QRectF bounds = m_lasso.boundingRect();
    const auto [firstRow, lastRow] = layout.down.visible();
    const auto [firstColumn, lastColumn] = layout.across.visible();
    for (std::size_t row = firstRow; row < lastRow; ++row) {
        const double y = layout.down.centrePixel(row);
        if (y < bounds.top() || y > bounds.bottom()) continue;
        for (std::size_t column = firstColumn; column < lastColumn; ++column) {
            const QPointF middle(layout.across.centrePixel(column), y);
            if (bounds.contains(middle) && m_lasso.containsPoint(middle, Qt::OddEvenFill))
                indices.push_back(row * tools.content->raster().columns + column);
        }
    }
    return {{"polygon", std::move(polygon)}, {"indices", std::move(indices)}};
}

}  // namespace latent::desktop

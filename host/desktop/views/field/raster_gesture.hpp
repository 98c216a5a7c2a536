// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A gesture on a raster as the mouse or the keyboard's pointer makes it: pick, range, rectangle, lasso, brush.
//
// press → move* → finish gives the results that the view vocabulary names: coordinates are in the units of the axes, `indices`
// of a lasso count cells row by row, a mask has the raster's shape. UI thread; a value that the canvas keeps.
//
//     RasterGesture gesture(figure.gestures[0]);
//     gesture.press(scene, position);  gesture.move(scene, position);
//     if (auto results = gesture.finish(scene)) Q_EMIT gestured(0, *results);

#include <QPolygonF>
#include <nlohmann/json.hpp>
#include <optional>

#include "desktop/views/field/brush_mask.hpp"
#include "desktop/views/field/raster_layout.hpp"

namespace latent::desktop {

/// What a gesture works on: the raster as it is laid out now, and the brush.
struct RasterTools {
    const RasterContent* content = nullptr;
    const RasterLayout* layout = nullptr;
    BrushMask* mask = nullptr;
    int brushSize = 3;  ///< cells
    BrushMask::Mode mode = BrushMask::Mode::Paint;
};

class RasterGesture {
  public:
    explicit RasterGesture(const engine::figures::Gesture& gesture)
        : m_kind(gesture.kind), m_alongY(gesture.alongY) {}
    engine::figures::Gesture::Kind kind() const { return m_kind; }
    bool isBrush() const { return m_kind == engine::figures::Gesture::Kind::Brush; }
    bool isPick() const { return m_kind == engine::figures::Gesture::Kind::Pick; }
    bool isActive() const { return m_active; }
    void press(const RasterTools& tools, const QPointF& position);
    void move(const RasterTools& tools, const QPointF& position);
    /// None when the shape is too small to mean anything.
    std::optional<nlohmann::json> finish(const RasterTools& tools);
    void cancel() { m_active = false; }
    /// What is drawn while it is made.
    std::optional<QRectF> band(const RasterLayout& layout) const;
    const QPolygonF& lasso() const { return m_lasso; }

  private:
    nlohmann::json lassoResults(const RasterTools& tools) const;
    engine::figures::Gesture::Kind m_kind;
    bool m_alongY;
    bool m_active = false;
    QPointF m_from, m_to;
    QPolygonF m_lasso;
};

/// Where a position is among the cells, in cells: x across, y down.
QPointF cellPosition(const RasterLayout& layout, const QPointF& position);

}  // namespace latent::desktop

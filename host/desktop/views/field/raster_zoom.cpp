// SPDX-License-Identifier: GPL-3.0-or-later
// Zoom, pan and shared cursors of a raster.
#include <algorithm>
#include <cmath>

#include "desktop/views/field/raster_canvas.hpp"
#include "desktop/views/field/raster_swipe.hpp"

namespace latent::desktop {

namespace {

constexpr double kGrab_px = 6;

bool isNearly(const PlaceSpan& a, const PlaceSpan& b) {
    return std::abs(a.low - b.low) + std::abs(a.high - b.high) < 1e-9 * std::max(b.size(), 1e-300);
}

PlaceSpan placesOf(const SideView& view, double firstPixel, double lastPixel) {
    const auto [low, high] = std::minmax({view.place(firstPixel), view.place(lastPixel)});
    return {low, high};
}

/// The cell of a side that a cursor stands at, by its coordinate where the side has it, else by index. Of equal cells the one
/// that holds the value as it is drawn.
std::optional<std::size_t> cellOf(const CellSide& side, const engine::figures::CursorPlace& cursor) {
    const double wanted = cursor.coordinate.value_or(static_cast<double>(cursor.index));
    const auto own = static_cast<std::size_t>(std::max<std::int64_t>(cursor.index, 0));
    if (own < side.cells() &&
        (side.value(own) == wanted || static_cast<std::int64_t>(side.cells()) == cursor.size))
        return own;
    if (side.hasEqualCells())
        if (const auto held = side.cellAt(side.placeOf(wanted))) return held;
    std::optional<std::size_t> nearest;
    for (std::size_t i = 0; i < side.cells(); ++i)
        if (!nearest || std::abs(side.value(i) - wanted) < std::abs(side.value(*nearest) - wanted))
            nearest = i;
    return nearest;
}

}  // namespace

RasterCanvas::Axes RasterCanvas::axesAt(const QPointF& position) const {
    if (!m_content || m_content->raster().square || figure()->equalAspect) return {};
    const QRectF raster = layout().raster;
    if (position.y() > raster.bottom() && position.x() >= raster.left()) return {true, false};
    if (position.x() < raster.left() && position.y() <= raster.bottom()) return {false, true};
    return {};
}

void RasterCanvas::setZoom(RasterZoom zoom) {
    const auto settle = [](const CellSide& side, std::optional<PlaceSpan>& span) {
        if (!span) return;
        span = side.clamped(*span);
        if (isNearly(*span, side.home())) span.reset();
    };
    settle(m_content->across, zoom.across);
    settle(m_content->down, zoom.down);
    if (zoom == m_zoom) return;
    m_zoom = zoom;
    placeBrushBar();
    edited();
}

void RasterCanvas::zoomAt(const QPointF& position, double factor, Axes axes) {
    const RasterLayout now = layout();
    RasterZoom zoom = m_zoom;
    const auto part = [factor](const SideView& view, double pixel) {
        const double at = std::clamp(pixel, view.firstPixel(), view.lastPixel());
        return placesOf(view, at + (view.firstPixel() - at) * factor, at + (view.lastPixel() - at) * factor);
    };
    if (axes.across) zoom.across = part(now.across, position.x());
    if (axes.down) zoom.down = part(now.down, position.y());
    setZoom(zoom);
}

void RasterCanvas::zoomTo(const QRectF& box, Axes axes) {
    if (box.width() < 2 || box.height() < 2) return;
    const RasterLayout now = layout();
    RasterZoom zoom = m_zoom;
    if (axes.across) zoom.across = placesOf(now.across, box.left(), box.right());
    if (axes.down) zoom.down = placesOf(now.down, box.top(), box.bottom());
    setZoom(zoom);
}

/// From the layout at the press, so that rounding does not add up.
void RasterCanvas::panBy(const QPointF& pixels, Axes axes) {
    const RasterLayout& from = m_layoutAtPress;
    RasterZoom zoom = m_zoom;
    if (axes.across)
        zoom.across = placesOf(from.across, from.across.firstPixel() - pixels.x(),
                               from.across.lastPixel() - pixels.x());
    if (axes.down)
        zoom.down =
            placesOf(from.down, from.down.firstPixel() - pixels.y(), from.down.lastPixel() - pixels.y());
    setZoom(zoom);
    update();
}

std::vector<RasterCanvas::SideCursor> RasterCanvas::cursors() const {
    std::vector<SideCursor> found;
    if (!m_content) return found;
    for (const auto& place : figure()->cursors) {
        const auto add = [&](bool isAcross) {
            const CellSide& side = isAcross ? m_content->across : m_content->down;
            SideCursor cursor{&place, isAcross, 0};
            const bool isDragged = m_dragged && m_dragged->first == QString::fromStdString(place.name);
            auto shown = place;
            if (isDragged && m_dragged->second != place.index) {
                shown.index = m_dragged->second;
                shown.coordinate.reset();
                // The figure only tells the coordinate of the index it was resolved for.
                if (static_cast<std::size_t>(std::max<qint64>(0, shown.index)) < side.cells())
                    shown.coordinate = side.value(static_cast<std::size_t>(shown.index));
            }
            if (const auto cell = cellOf(side, shown)) {
                cursor.cell = *cell;
                found.push_back(cursor);
            }
        };
        if (place.dimension == m_content->raster().across.dimension)
            add(true);
        else if (place.dimension == m_content->raster().down.dimension)
            add(false);
    }
    return found;
}

std::optional<RasterCanvas::SideCursor> RasterCanvas::cursorAt(const QPointF& position) const {
    if (!m_content) return std::nullopt;
    const RasterLayout now = layout();
    if (!now.raster.adjusted(-kGrab_px, -kGrab_px, kGrab_px, kGrab_px).contains(position))
        return std::nullopt;
    for (const SideCursor& cursor : cursors()) {
        const double at =
            cursor.isAcross ? now.across.centrePixel(cursor.cell) : now.down.centrePixel(cursor.cell);
        if (std::abs((cursor.isAcross ? position.x() : position.y()) - at) <= kGrab_px) return cursor;
    }
    return std::nullopt;
}

/// While a gesture is chosen the line is only taken by its grip.
bool RasterCanvas::isOnSwipe(const QPointF& position) const {
    if (!m_content || !m_content->left) return false;
    const QRectF raster = layout().raster;
    if (swipeGrip(raster, m_swipe).contains(position)) return true;
    return !m_gesture && raster.contains(position) &&
           std::abs(position.x() - swipePixel(raster, m_swipe)) <= kGrab_px;
}

void RasterCanvas::setSwipe(double share) {
    share = std::clamp(share, 0.0, 1.0);
    if (share == m_swipe) return;
    m_swipe = share;
    edited();
    update();
}

/// A side that draws a part of the dimension only knows the coordinates of its cells; where these are indices, they tell.
qint64 RasterCanvas::indexOfCell(const SideCursor& cursor, std::size_t cell) const {
    const CellSide& side = cursor.isAcross ? m_content->across : m_content->down;
    if (static_cast<qint64>(side.cells()) == cursor.place->size) return static_cast<qint64>(cell);
    const double value = side.value(cell);
    if (!cursor.place->coordinate && value >= 0 && value < static_cast<double>(cursor.place->size))
        return static_cast<qint64>(std::llround(value));
    return std::min<qint64>(static_cast<qint64>(cell), cursor.place->size - 1);
}

void RasterCanvas::moveCursor(QString name, qint64 index) {
    if (m_dragged && m_dragged->first == name && m_dragged->second == index) return;
    m_dragged.emplace(name, index);
    update();
    Q_EMIT cursorMoved(name, index);
}

}  // namespace latent::desktop

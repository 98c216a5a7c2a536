// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keyboard do on a grid of images.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "desktop/views/field/grid_canvas.hpp"
#include "desktop/views/field/grid_words.hpp"

namespace latent::desktop {

using engine::figures::CursorPlace;

namespace {

constexpr double kClick_px = 4, kWheelStep = 1.18, kKeyStep = 1.25;

}  // namespace

void GridCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_content || (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton))
        return FieldCanvas::mousePressEvent(event);
    m_isPressed = true;
    m_byKeyboard = false;
    m_pressed = event->position();
    m_zoomAtPress = m_zoom;
}

void GridCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_content) return;
    const QPointF by = event->position() - m_pressed;
    if (m_isPressed && !m_isPanning && !m_zoom.isHome() && by.manhattanLength() >= kClick_px) {
        m_isPanning = true;
        setCursor(Qt::ClosedHandCursor);
    }
    if (m_isPanning) {
        const QRectF grid = layout().grid;
        return setZoom({m_zoom.factor,
                        {m_zoomAtPress.middle.x() - by.x() / grid.width(),
                         m_zoomAtPress.middle.y() - by.y() / grid.height()}});
    }
    m_byKeyboard = false;
    activeGesture() ? setCursor(Qt::CrossCursor) : unsetCursor();
    pointAt(layout().pixelAt(event->position()));
}

void GridCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const bool isClick = std::exchange(m_isPressed, false) && !std::exchange(m_isPanning, false) &&
                         event->button() == Qt::LeftButton &&
                         (event->position() - m_pressed).manhattanLength() < kClick_px;
    unsetCursor();
    if (!m_content) return;
    pointAt(layout().pixelAt(event->position()));
    if (isClick) {
        if (m_pointed) return click();
        // The words below a tile belong to it.
        const auto tile = layout().tileAt(event->position());
        if (!tile || !layout().captionRect(*tile).contains(event->position())) return;
        for (const CursorPlace& cursor : figure()->cursors)
            if (m_content->tileOf(cursor))
                return moveCursor(QString::fromStdString(cursor.name), static_cast<qint64>(*tile));
    }
}

void GridCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !activeGesture()) return home();
    mousePressEvent(event);
}

void GridCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    // All is shown already: the wheel is for the board around.
    if (!m_content || steps == 0 || (steps < 0 && m_zoom.isHome())) return event->ignore();
    zoomAt(event->position(), std::pow(kWheelStep, steps));
    event->accept();
}

void GridCanvas::leaveEvent(QEvent* event) {
    FieldCanvas::leaveEvent(event);
    if (!m_byKeyboard) m_pointed.reset();
    update();
}

void GridCanvas::pointAt(std::optional<GridPixel> pixel) {
    m_pointed = pixel;
    setReadout(pixel ? pixelWords(*m_content, *pixel) : QString());
    update();
}

void GridCanvas::click() {
    const auto* gesture = activeGesture();
    Q_EMIT gestured(gesture ? gestureIndex() : -1, pixelResults(*m_content, *m_pointed));
    if (gesture) return;
    for (const CursorPlace& cursor : figure()->cursors)
        if (m_content->tileOf(cursor))
            return moveCursor(QString::fromStdString(cursor.name), static_cast<qint64>(m_pointed->tile));
}

void GridCanvas::moveCursor(const QString& name, qint64 index) {
    m_moved.emplace(name, index);
    update();
    Q_EMIT cursorMoved(name, index);
}

void GridCanvas::stepCursor(int step) {
    if (!figure() || figure()->cursors.empty()) return;
    const CursorPlace& cursor = figure()->cursors.front();
    const QString name = QString::fromStdString(cursor.name);
    const qint64 now = m_moved && m_moved->first == name ? m_moved->second : cursor.index;
    const qint64 next = std::clamp<qint64>(now + step, 0, std::max<qint64>(0, cursor.size - 1));
    if (next != now) moveCursor(name, next);
}

/// Cells and tiles follow each other as they stand on the screen.
void GridCanvas::movePointer(int down, int across, bool byTiles) {
    m_byKeyboard = true;
    const GridLayout now = layout();
    if (!m_pointed) {
        pointAt(GridPixel{});
        return showPointed();
    }
    const auto cells = [&](std::size_t count) { return static_cast<std::ptrdiff_t>(count); };
    const std::ptrdiff_t rows = cells(m_content->grid().rows), columns = cells(m_content->grid().columns),
                         perRow = cells(now.columns);
    std::ptrdiff_t tile = cells(m_pointed->tile), row = cells(m_pointed->row) + (byTiles ? 0 : down),
                   column = cells(m_pointed->column) + (byTiles ? 0 : across);
    const std::ptrdiff_t tileAcross = byTiles             ? across
                                      : column < 0        ? -1
                                      : column >= columns ? 1
                                                          : 0,
                         tileDown = byTiles       ? down
                                    : row < 0     ? -1
                                    : row >= rows ? 1
                                                  : 0;
    const std::ptrdiff_t nextColumn = tile % perRow + tileAcross,
                         next = tile + tileDown * perRow + tileAcross;
    if (nextColumn < 0 || nextColumn >= perRow || next < 0 || next >= cells(now.count)) return;
    row = (row + rows) % rows;
    column = (column + columns) % columns;
    pointAt(GridPixel{static_cast<std::size_t>(next), static_cast<std::size_t>(row),
                      static_cast<std::size_t>(column)});
    showPointed();
}

void GridCanvas::showPointed() {
    const GridLayout now = layout();
    if (!m_pointed || m_zoom.isHome()) return;
    const QRectF cell = now.rectOf(*m_pointed), window = now.window;
    const auto beyond = [](double low, double high, double from, double to) {
        return high > to ? high - to : low < from ? low - from : 0.0;
    };
    const QPointF by(beyond(cell.left(), cell.right(), window.left(), window.right()),
                     beyond(cell.top(), cell.bottom(), window.top(), window.bottom()));
    if (by.manhattanLength() > 0.5)
        setZoom({m_zoom.factor,
                 {m_zoom.middle.x() + by.x() / now.grid.width(),
                  m_zoom.middle.y() + by.y() / now.grid.height()}});
}

void GridCanvas::keyPressEvent(QKeyEvent* event) {
    if (!m_content) return FieldCanvas::keyPressEvent(event);
    const bool byTiles = event->modifiers() & Qt::ControlModifier;
    const auto zoom = [&](double factor) {
        const GridLayout now = layout();
        zoomAt(m_pointed ? now.rectOf(*m_pointed).center() : now.window.center(), factor);
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return movePointer(0, -1, byTiles);
        case Qt::Key_Right:
            return movePointer(0, 1, byTiles);
        case Qt::Key_Up:
            return movePointer(-1, 0, byTiles);
        case Qt::Key_Down:
            return movePointer(1, 0, byTiles);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(kKeyStep);
        case Qt::Key_Minus:
        case Qt::Key_Underscore:
            return zoom(1 / kKeyStep);
        case Qt::Key_Home:
            return home();
        case Qt::Key_Comma:
            return stepCursor(-1);
        case Qt::Key_Period:
            return stepCursor(1);
        case Qt::Key_Escape:
            if (!m_isPanning) return FieldCanvas::keyPressEvent(event);
            m_isPressed = m_isPanning = false;
            unsetCursor();
            return setZoom(m_zoomAtPress);
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return m_pointed ? click() : movePointer(0, 0, false);
        default:
            return FieldCanvas::keyPressEvent(event);
    }
}

}  // namespace latent::desktop

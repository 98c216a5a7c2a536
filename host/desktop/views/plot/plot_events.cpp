// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keyboard do on a plot.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "desktop/views/plot/plot_canvas.hpp"
#include "desktop/views/plot/plot_pick.hpp"

namespace latent::desktop {

using engine::figures::CursorPlace;

namespace {

constexpr double kClick_px = 4;  ///< shorter drags are clicks
constexpr double kGrab_px = 6;   ///< around a cursor
constexpr double kWheelStep = 0.85, kKeyStep = 0.8;
constexpr double kKeyPan = 0.1;  ///< part of an axis
constexpr double kPointerStep_px = 8;

}  // namespace

bool PlotCanvas::event(QEvent* event) {
    // Escape belongs to a gesture while one is made, not to the dialog or board around.
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        ((m_gesture && m_gesture->isActive()) || m_drag != Drag::None || m_keyBox != KeyBox::None)) {
        event->accept();
        return true;
    }
    return FigureCanvas::event(event);
}

void PlotCanvas::startDrag(Drag drag, const QPointF& position) {
    m_drag = drag;
    m_pressed = position;
    m_hasMoved = false;
    m_axes = axesAt(m_scene, position);
    m_pan.emplace(m_scene);
}

void PlotCanvas::mousePressEvent(QMouseEvent* event) {
    if (m_scene.isEmpty() || m_drag != Drag::None) return;
    const QPointF at = event->position();
    endBox();
    m_scene.pointer().keyboard.reset();
    if (event->button() == Qt::RightButton ||
        (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier && !m_gesture))
        return startDrag(Drag::Box, at);
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return FigureCanvas::mousePressEvent(event);
    if (event->button() == Qt::MiddleButton) return startDrag(Drag::Pan, at);
    if (const CursorPlace* cursor = cursorAt(at)) {
        m_draggedCursor = QString::fromStdString(cursor->name);
        return startDrag(Drag::Cursor, at);
    }
    if (m_gesture && axes().adjusted(-2, -2, 2, 2).contains(at)) {
        startDrag(Drag::Gesture, at);
        m_gesture->press(m_scene, at);
        return m_scene.refreshPointer();
    }
    startDrag(Drag::Pan, at);
}

void PlotCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (m_scene.isEmpty()) return;
    const QPointF at = event->position();
    m_hasMoved = m_hasMoved || (at - m_pressed).manhattanLength() >= kClick_px;
    switch (m_drag) {
        case Drag::None:
            return hover(at);
        case Drag::Pan:
            if (!m_hasMoved) return;
            setCursor(Qt::ClosedHandCursor);
            m_scene.pointer().nearest.reset();
            m_pan->panBy(m_scene, at - m_pressed, m_axes);
            return edited();
        case Drag::Box:
            return boxTo(at);
        case Drag::Cursor:
            return dragCursor(at);
        case Drag::Gesture:
            m_gesture->move(m_scene, at);
            return m_scene.refreshPointer();
    }
}

void PlotCanvas::boxTo(const QPointF& position) {
    const QRectF area = axes();
    QRectF box = QRectF(m_pressed, position).normalized();
    if (!m_axes.y) box = QRectF(QPointF(box.left(), area.top()), QPointF(box.right(), area.bottom()));
    if (!m_axes.x) box = QRectF(QPointF(area.left(), box.top()), QPointF(area.right(), box.bottom()));
    m_scene.pointer().band = box.intersected(area);
    m_scene.refreshPointer();
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (m_scene.isEmpty()) return;
    endDrag(event->position());
}

void PlotCanvas::endDrag(const QPointF& position) {
    const Drag drag = std::exchange(m_drag, Drag::None);
    unsetCursor();
    if (drag == Drag::Box) {
        const std::optional<QRectF> box = std::exchange(m_scene.pointer().band, std::nullopt);
        if (box && m_hasMoved) {
            zoomTo(m_scene, *box, m_axes);
            return edited();
        }
    }
    if (drag == Drag::Cursor) {
        // The figure that comes with the cursor's new place takes over; until then it stays where the mouse left it.
        m_draggedCursor.clear();
    }
    if (drag == Drag::Gesture) {
        m_gesture->move(m_scene, position);
        finishGesture();
    }
    m_scene.refreshPointer();
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_scene.isEmpty() || event->button() != Qt::LeftButton || m_gesture) return;
    home();
}

void PlotCanvas::leaveEvent(QEvent* event) {
    FigureCanvas::leaveEvent(event);
    if (m_scene.isEmpty()) return;
    m_scene.pointer().nearest.reset();
    m_scene.refreshPointer();
    if (std::exchange(m_readsOut, false)) Q_EMIT readout(QString());
}

void PlotCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (m_scene.isEmpty() || steps == 0) return event->ignore();
    zoomAt(m_scene, event->position(), std::pow(kWheelStep, steps), axesAt(m_scene, event->position()));
    event->accept();
    edited();
}

void PlotCanvas::hover(const QPointF& position) {
    PointerMarks& marks = m_scene.pointer();
    marks.nearest.reset();
    if (const CursorPlace* cursor = cursorAt(position))
        setCursor(cursor->alongX ? Qt::SizeHorCursor : Qt::OpenHandCursor);
    else if (m_gesture && axes().contains(position))
        setCursor(Qt::CrossCursor);
    else
        unsetCursor();
    const auto picked = axes().contains(position)
                            ? nearestPoint(m_scene.model(), m_scene.map(), position, m_scene.hidden())
                            : std::nullopt;
    if (picked) {
        const PlotSeries& series = m_scene.model().series()[static_cast<std::size_t>(picked->series)];
        marks.colour = series.colour ? QColor(m_scene.model().colourMap()->at(series.colour[picked->point]))
                                     : series.style.colour;
        if (axes().adjusted(-1, -1, 1, 1).contains(picked->at)) marks.nearest = picked->at;
        Q_EMIT readout(readoutWords(m_scene.model(), *picked));
    } else if (m_readsOut) {
        Q_EMIT readout(QString());
    }
    m_readsOut = picked.has_value();
    m_scene.refreshPointer();
}

const CursorPlace* PlotCanvas::cursorAt(const QPointF& position) const {
    if (!axes().adjusted(-kGrab_px, -kGrab_px, kGrab_px, kGrab_px).contains(position)) return nullptr;
    for (const CursorMark& mark : m_scene.cursors()) {
        bool isNear = mark.isLine && std::abs(mark.pixel - position.x()) <= kGrab_px;
        for (const CursorMark::OnPath& on : mark.onPaths)
            isNear = isNear || std::hypot(on.at.x() - position.x(), on.at.y() - position.y()) <= kGrab_px + 2;
        if (!isNear) continue;
        for (const CursorPlace& cursor : m_scene.model().figure().cursors)
            if (mark.name == QLatin1String(cursor.name.c_str())) return &cursor;
    }
    return nullptr;
}

void PlotCanvas::dragCursor(const QPointF& position) {
    const auto& cursors = m_scene.model().figure().cursors;
    const auto cursor = std::find_if(cursors.begin(), cursors.end(), [&](const CursorPlace& c) {
        return m_draggedCursor == QString::fromStdString(c.name);
    });
    if (cursor == cursors.end()) return;
    // The series that has as many points as the cursor has places, else the longest.
    const PlotSeries* along = nullptr;
    for (const PlotSeries& series : m_scene.model().series()) {
        const bool fits = static_cast<qint64>(series.size) == cursor->size;
        if (!along || fits || series.size > along->size) along = &series;
        if (fits) break;
    }
    const auto index = along ? nearestIndex(*along, m_scene.map(), position, cursor->alongX) : std::nullopt;
    if (!index) return;
    auto& dragged = m_scene.dragged();
    if (dragged && dragged->name == m_draggedCursor && dragged->index == *index) return;
    dragged = DraggedCursor{m_draggedCursor, *index};
    m_scene.refreshPointer();
    Q_EMIT cursorMoved(m_draggedCursor, *index);
}

void PlotCanvas::stepCursor(int step) {
    if (m_scene.model().figure().cursors.empty()) return;
    const CursorPlace& cursor = m_scene.model().figure().cursors.front();
    const QString name = QString::fromStdString(cursor.name);
    auto& dragged = m_scene.dragged();
    const qint64 now = dragged && dragged->name == name ? dragged->index : cursor.index;
    const qint64 next = std::clamp<qint64>(now + step, 0, std::max<qint64>(0, cursor.size - 1));
    if (next == now) return;
    dragged = DraggedCursor{name, next};
    m_scene.refreshPointer();
    Q_EMIT cursorMoved(name, next);
}

void PlotCanvas::setActiveGesture(int index) {
    if (m_gesture) m_gesture->cancel(m_scene);
    m_gesture.reset();
    m_gestureIndex = -1;
    m_scene.pointer().keyboard.reset();
    if (m_figure && index >= 0 && static_cast<std::size_t>(index) < m_figure->gestures.size()) {
        m_gesture.emplace(m_figure->gestures[static_cast<std::size_t>(index)]);
        m_gestureIndex = index;
    }
    if (!m_scene.isEmpty()) m_scene.refreshPointer();
}

void PlotCanvas::finishGesture() {
    if (const auto results = m_gesture->finish(m_scene)) Q_EMIT gestured(m_gestureIndex, *results);
}

void PlotCanvas::moveKeyboardPointer(const QPointF& by) {
    auto& pointer = m_scene.pointer().keyboard;
    const QRectF area = axes();
    const QPointF at = pointer.value_or(area.center()) + by;
    pointer =
        QPointF(std::clamp(at.x(), area.left(), area.right()), std::clamp(at.y(), area.top(), area.bottom()));
    if (m_keyBox == KeyBox::Drawing) boxTo(*pointer);
    if (m_gesture && m_gesture->isActive()) m_gesture->move(m_scene, *pointer);
    const QPointF shown = *pointer;
    hover(shown);
}

/// Space sets one corner of a box, arrows draw it, Space zooms to it.
void PlotCanvas::beginBox() {
    if (m_gesture) m_gesture->cancel(m_scene);
    m_keyBox = KeyBox::Placing;
    m_axes = {};
    moveKeyboardPointer({});
}

void PlotCanvas::endBox() {
    if (std::exchange(m_keyBox, KeyBox::None) == KeyBox::None) return;
    m_scene.pointer().band.reset();
    m_scene.pointer().keyboard.reset();
    if (!m_scene.isEmpty()) m_scene.refreshPointer();
}

bool PlotCanvas::boxKey(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape:
            endBox();
            return true;
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_B: {
            if (m_keyBox == KeyBox::Placing) {
                m_keyBox = KeyBox::Drawing;
                m_pressed = m_scene.pointer().keyboard.value_or(axes().center());
                return true;
            }
            const std::optional<QRectF> box = m_scene.pointer().band;
            endBox();
            if (!box || box->width() < kClick_px || box->height() < kClick_px) return true;
            zoomTo(m_scene, *box, {});
            edited();
            return true;
        }
        default:
            return pointerKey(event);
    }
}

bool PlotCanvas::pointerKey(QKeyEvent* event) {
    const double step = event->modifiers() & Qt::ShiftModifier ? 1 : kPointerStep_px;
    switch (event->key()) {
        case Qt::Key_Left:
            moveKeyboardPointer({-step, 0});
            return true;
        case Qt::Key_Right:
            moveKeyboardPointer({step, 0});
            return true;
        case Qt::Key_Up:
            moveKeyboardPointer({0, -step});
            return true;
        case Qt::Key_Down:
            moveKeyboardPointer({0, step});
            return true;
        default:
            return false;
    }
}

bool PlotCanvas::gestureKey(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter: {
            moveKeyboardPointer({});
            const bool begins = !m_gesture->isActive();
            if (begins) m_gesture->press(m_scene, *m_scene.pointer().keyboard);
            if (!begins || m_gesture->isPick()) finishGesture();
            m_scene.refreshPointer();
            return true;
        }
        default:
            return pointerKey(event);
    }
}

void PlotCanvas::keyPressEvent(QKeyEvent* event) {
    if (m_scene.isEmpty()) return FigureCanvas::keyPressEvent(event);
    if (event->key() == Qt::Key_Escape && (m_drag != Drag::None || (m_gesture && m_gesture->isActive()))) {
        if (m_gesture) m_gesture->cancel(m_scene);
        m_scene.pointer().band.reset();
        m_drag = Drag::None;
        return m_scene.refreshPointer();
    }
    if (m_keyBox != KeyBox::None && boxKey(event)) return;
    if (m_gesture && gestureKey(event)) return;
    const QRectF area = axes();
    const double part = event->modifiers() & Qt::ShiftModifier ? kKeyPan / 10 : kKeyPan;
    const auto pan = [&](double x, double y) {
        PanStart(m_scene).panBy(m_scene, {x * part * area.width(), y * part * area.height()},
                                {x != 0, y != 0});
        edited();
    };
    const auto zoom = [&](double factor) {
        zoomAt(m_scene, area.center(), factor, {});
        edited();
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return pan(1, 0);
        case Qt::Key_Right:
            return pan(-1, 0);
        case Qt::Key_Up:
            return pan(0, 1);
        case Qt::Key_Down:
            return pan(0, -1);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(kKeyStep);
        case Qt::Key_Minus:
        case Qt::Key_Underscore:
            return zoom(1 / kKeyStep);
        case Qt::Key_Home:
            return home();
        case Qt::Key_B:
            return beginBox();
        case Qt::Key_Comma:
            return stepCursor(-1);
        case Qt::Key_Period:
            return stepCursor(1);
        default:
            return FigureCanvas::keyPressEvent(event);
    }
}

void PlotCanvas::focusInEvent(QFocusEvent* event) {
    m_scene.pointer().hasFocus =
        event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (!m_scene.isEmpty()) m_scene.refreshPointer();
}

void PlotCanvas::focusOutEvent(QFocusEvent*) {
    endBox();
    m_scene.pointer().hasFocus = false;
    m_scene.pointer().keyboard.reset();
    if (!m_scene.isEmpty()) m_scene.refreshPointer();
}

}  // namespace latent::desktop

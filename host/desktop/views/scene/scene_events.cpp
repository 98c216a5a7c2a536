// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keyboard do on a scene.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "desktop/views/scene/scene_canvas.hpp"
#include "desktop/views/scene/scene_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kClick_px = 4, kGrab_px = 9, kLassoStep_px = 2;
constexpr double kWheelStep = 1.18, kKeyStep = 1.25, kKeyPan_px = 40;
constexpr double kTurn_degPerPx = 0.4, kKeyTurn_deg = 5;

}  // namespace

std::optional<SceneMark> SceneCanvas::markAt(const QPointF& position) const {
    if (!m_model || !m_arranged) return std::nullopt;
    for (const SceneMark& mark : marksOf(*m_model, m_view.hidden, m_moved)) {
        const QPointF away = pixelOf(*m_model, *m_arranged, mark.series, mark.point) - position;
        if (!mark.cursor.isEmpty() && std::hypot(away.x(), away.y()) <= kGrab_px) return mark;
    }
    return std::nullopt;
}

void SceneCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_model || m_drag != Drag::None) return;
    const bool isLeft = event->button() == Qt::LeftButton;
    if (!isLeft && event->button() != Qt::MiddleButton) return FieldCanvas::mousePressEvent(event);
    m_pressed = event->position();
    m_hasMoved = m_byKeyboard = false;
    m_viewAtPress = m_view;
    arrangement();
    const Gesture* gesture = activeGesture();
    if (isLeft && (m_grabbed = markAt(m_pressed))) {
        m_drag = Drag::Cursor;
    } else if (isLeft && gesture && gesture->kind == Gesture::Kind::Lasso) {
        m_drag = Drag::Lasso;
        m_lasso = QPolygonF{m_pressed};
    } else {
        m_drag = isLeft && !(event->modifiers() & Qt::ShiftModifier) ? Drag::Turn : Drag::Pan;
    }
}

void SceneCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_model) return;
    const QPointF at = event->position(), by = at - m_pressed;
    m_hasMoved = m_hasMoved || by.manhattanLength() >= kClick_px;
    switch (m_drag) {
        case Drag::None:
            m_byKeyboard = false;
            arrangement();
            if (markAt(at))
                setCursor(Qt::OpenHandCursor);
            else if (activeGesture())
                setCursor(Qt::CrossCursor);
            else
                unsetCursor();
            return pointAt(latent::desktop::pointAt(*m_model, arrangement(), m_view.hidden, at));
        case Drag::Cursor:
            return dragCursor(at);
        case Drag::Lasso:
            if ((at - m_lasso.last()).manhattanLength() >= kLassoStep_px) m_lasso << at;
            return update();
        case Drag::Turn:
        case Drag::Pan:
            if (!m_hasMoved) return;
            setCursor(Qt::ClosedHandCursor);
            SceneView view = m_viewAtPress;
            if (m_drag == Drag::Turn)
                view.camera.turn(-by.x() * kTurn_degPerPx, by.y() * kTurn_degPerPx);
            else
                view.shift += QPointF(by.x(), -by.y()) / (arrangement().perUnit * arrangement().reach);
            return setView(std::move(view));
    }
}

void SceneCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_model || m_drag == Drag::None) return;
    const Drag drag = std::exchange(m_drag, Drag::None);
    unsetCursor();
    if (drag == Drag::Lasso) {
        const QPolygonF lasso = std::exchange(m_lasso, {});
        if (lasso.size() >= 3)
            Q_EMIT gestured(gestureIndex(), lassoResults(*m_model, arrangement(), m_view.hidden, lasso));
    }
    pointAt(latent::desktop::pointAt(*m_model, arrangement(), m_view.hidden, event->position()));
    if (drag == Drag::Turn && !m_hasMoved) pick();
    update();
}

void SceneCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_model && event->button() == Qt::LeftButton && !activeGesture()) return home();
    mousePressEvent(event);
}

void SceneCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (!m_model || steps == 0) return event->ignore();
    zoomAt(event->position(), std::pow(kWheelStep, steps));
    event->accept();
}

void SceneCanvas::leaveEvent(QEvent* event) {
    FieldCanvas::leaveEvent(event);
    if (!m_byKeyboard) m_hit.reset();
    update();
}

void SceneCanvas::pointAt(std::optional<SceneHit> hit) {
    m_hit = hit;
    setReadout(hit ? hitWords(*m_model, *hit) : QString());
    update();
}

void SceneCanvas::pick() {
    const Gesture* gesture = activeGesture();
    if (m_hit && (!gesture || gesture->kind == Gesture::Kind::Pick))
        Q_EMIT gestured(gesture ? gestureIndex() : -1, hitResults(*m_model, *m_hit));
}

/// Along the points of all series that are shown, one after the other.
void SceneCanvas::walk(int step) {
    m_byKeyboard = true;
    SceneHit hit = m_hit.value_or(SceneHit{});
    const auto isThere = [&] {
        const SceneSeries& series = m_model->series[hit.series];
        return hit.point < series.points.size() && !m_view.hidden.contains(series.label) &&
               !std::isnan(series.points[hit.point].x);
    };
    bool moves = m_hit.has_value();
    for (std::size_t tries = m_model->points() + m_model->series.size() + 1; tries > 0; --tries) {
        if (!moves && isThere()) return pointAt(hit);
        if (step > 0) {
            if (++hit.point >= m_model->series[hit.series].points.size())
                hit.point = 0, hit.series = (hit.series + 1) % m_model->series.size();
        } else if (hit.point > 0) {
            --hit.point;
        } else {
            hit.series = (hit.series + m_model->series.size() - 1) % m_model->series.size();
            hit.point = std::max<std::size_t>(m_model->series[hit.series].points.size(), 1) - 1;
        }
        moves = false;
    }
}

void SceneCanvas::moveCursor(const QString& name, qint64 index) {
    if (m_moved && m_moved->first == name && m_moved->second == index) return;
    m_moved.emplace(name, index);
    m_base = QPixmap();
    update();
    Q_EMIT cursorMoved(name, index);
}

/// To the point of the path next to the mouse.
void SceneCanvas::dragCursor(const QPointF& position) {
    const SceneSeries& series = m_model->series[std::min(m_grabbed->series, m_model->series.size() - 1)];
    const SceneArrangement& now = arrangement();
    std::optional<std::size_t> best;
    double least = 0;
    for (std::size_t i = 0; i < series.points.size(); ++i) {
        const ScenePoint& p = series.points[i];
        const QPointF away = now.pixel(Vector{p.x, p.y, p.z}) - position;
        const double distance = std::hypot(away.x(), away.y());
        if (std::isfinite(distance) && (!best || distance < least)) best = i, least = distance;
    }
    if (best) moveCursor(m_grabbed->cursor, static_cast<qint64>(*best));
}

void SceneCanvas::stepCursor(int step) {
    if (figure()->cursors.empty()) return;
    const CursorPlace& cursor = figure()->cursors.front();
    const QString name = QString::fromStdString(cursor.name);
    const qint64 now = m_moved && m_moved->first == name ? m_moved->second : cursor.index;
    const qint64 next = std::clamp<qint64>(now + step, 0, std::max<qint64>(0, cursor.size - 1));
    if (next != now) moveCursor(name, next);
}

void SceneCanvas::keyPressEvent(QKeyEvent* event) {
    if (!m_model) return FieldCanvas::keyPressEvent(event);
    const double degrees = event->modifiers() & Qt::ShiftModifier ? 1 : kKeyTurn_deg;
    const auto arrow = [&](double across, double down) {
        if (event->modifiers() & Qt::ControlModifier) return panBy(QPointF(-across, -down) * kKeyPan_px);
        turn(across * degrees, -down * degrees);
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return arrow(-1, 0);
        case Qt::Key_Right:
            return arrow(1, 0);
        case Qt::Key_Up:
            return arrow(0, -1);
        case Qt::Key_Down:
            return arrow(0, 1);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomAt(arrangement().area.center(), kKeyStep);
        case Qt::Key_Minus:
        case Qt::Key_Underscore:
            return zoomAt(arrangement().area.center(), 1 / kKeyStep);
        case Qt::Key_Home:
            return home();
        case Qt::Key_Comma:
            return stepCursor(-1);
        case Qt::Key_Period:
            return stepCursor(1);
        case Qt::Key_PageDown:
            return walk(1);
        case Qt::Key_PageUp:
            return walk(-1);
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return m_hit ? pick() : walk(1);
        case Qt::Key_Escape:
            if (m_drag == Drag::None) return FieldCanvas::keyPressEvent(event);
            m_drag = Drag::None;
            m_lasso.clear();
            unsetCursor();
            setView(m_viewAtPress);
            return update();
        default:
            return FieldCanvas::keyPressEvent(event);
    }
}

}  // namespace latent::desktop

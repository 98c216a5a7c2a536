// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keyboard do on a graph.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "desktop/views/graph/graph_canvas.hpp"
#include "desktop/views/graph/graph_words.hpp"

namespace latent::desktop {

using engine::figures::CursorPlace;
using engine::figures::Gesture;

namespace {

constexpr double kClick_px = 4, kWheelStep = 1.18, kKeyStep = 1.25, kKeyPan_px = 40, kKeyMove_px = 8,
                 kLassoStep_px = 2;
constexpr double kTurn_degPerPx = 0.4, kKeyTurn_deg = 5;

}  // namespace

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_content || m_drag != Drag::None) return;
    const bool isLeft = event->button() == Qt::LeftButton, isMiddle = event->button() == Qt::MiddleButton;
    if (!isLeft && !isMiddle) return FieldCanvas::mousePressEvent(event);
    m_pressed = event->position();
    m_hasMoved = m_byKeyboard = false;
    m_viewAtPress = m_view;
    const auto node = arrangement().nodeAt(m_pressed);
    const Gesture* gesture = activeGesture();
    if (isLeft && gesture && gesture->kind == Gesture::Kind::Lasso) {
        m_drag = Drag::Lasso;
        m_lasso = QPolygonF{m_pressed};
    } else if (isLeft && node && isConnecting()) {
        pointAt(node);
        m_drag = Drag::Connect;
        m_pressedNode = *node;
    } else if (isLeft && node) {
        pointAt(node);
        m_drag = gesture || m_content->isInSpace() ? Drag::Click : Drag::Node;
        m_pressedNode = *node;
    } else {
        m_drag = isLeft && m_content->isInSpace() && !(event->modifiers() & Qt::ShiftModifier) ? Drag::Turn
                                                                                               : Drag::Pan;
    }
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_content) return;
    const QPointF at = event->position(), by = at - m_pressed;
    m_hasMoved = m_hasMoved || by.manhattanLength() >= kClick_px;
    m_pointer = at;
    switch (m_drag) {
        case Drag::Connect:
            if (m_hasMoved) startAt(m_pressedNode);
            pointAt(arrangement().nodeAt(at));
            return update();
        case Drag::None: {
            m_byKeyboard = false;
            const auto node = arrangement().nodeAt(at);
            if (m_end) update();
            return pointAt(node, node || m_end ? std::nullopt : edgeAt(*m_content, arrangement(), at));
        }
        case Drag::Click:
            return;
        case Drag::Node:
            if (m_hasMoved) moveNode(m_pressedNode, at);
            return;
        case Drag::Lasso:
            if ((at - m_lasso.last()).manhattanLength() >= kLassoStep_px) m_lasso << at;
            return update();
        case Drag::Pan:
        case Drag::Turn:
            if (!m_hasMoved) return;
            setCursor(Qt::ClosedHandCursor);
            if (m_drag == Drag::Turn) {
                GraphView view = m_viewAtPress;
                view.camera.turn(-by.x() * kTurn_degPerPx, by.y() * kTurn_degPerPx);
                return setView(std::move(view));
            }
            m_view = m_viewAtPress;
            m_arranged.reset();
            return panBy(by);
    }
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_content || m_drag == Drag::None) return;
    const Drag drag = std::exchange(m_drag, Drag::None);
    unsetCursor();
    if (drag == Drag::Lasso) finishLasso();
    if ((drag == Drag::Node || drag == Drag::Click) && !m_hasMoved) pick();
    const auto node = arrangement().nodeAt(event->position());
    if (drag == Drag::Connect) {
        if (!m_hasMoved)
            connectAt(m_pressedNode);
        else if (node && *node != m_pressedNode)
            toggleEdge(m_pressedNode, *node);
        else
            startAt({});  // back to where it began, or to nowhere
    }
    if (drag == Drag::Pan && !m_hasMoved) startAt({});  // a click on the ground
    pointAt(node);
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_content && event->button() == Qt::LeftButton && !activeGesture() &&
        !arrangement().nodeAt(event->position()))
        return home();
    mousePressEvent(event);
}

void GraphCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (!m_content || steps == 0) return event->ignore();
    zoomAt(event->position(), std::pow(kWheelStep, steps));
    event->accept();
}

void GraphCanvas::leaveEvent(QEvent* event) {
    FieldCanvas::leaveEvent(event);
    if (!m_byKeyboard) m_node.reset();
    m_edge.reset();
    m_pointer.reset();
    update();
}

void GraphCanvas::pointAt(std::optional<std::size_t> node, std::optional<std::size_t> edge) {
    if (m_node != node || m_edge != edge) update();
    m_node = node;
    m_edge = edge;
    const Gesture* gesture = activeGesture();
    if (gesture && gesture->kind == Gesture::Kind::Lasso)
        setCursor(Qt::CrossCursor);
    else if (node)
        setCursor(gesture ? Qt::CrossCursor : Qt::PointingHandCursor);
    else
        unsetCursor();
    setReadout(m_end  ? connectWords(*m_content, *m_end, node)
               : node ? nodeWords(*m_content, *node)
               : edge ? edgeWords(*m_content, *edge)
                      : QString());
}

void GraphCanvas::pick() {
    const Gesture* gesture = activeGesture();
    if (m_node && (!gesture || gesture->kind == Gesture::Kind::Pick))
        Q_EMIT gestured(gesture ? gestureIndex() : -1, nodeResults(*m_content, *m_node));
}

void GraphCanvas::finishLasso() {
    const QPolygonF lasso = std::exchange(m_lasso, {});
    update();
    if (lasso.size() >= 3) Q_EMIT gestured(gestureIndex(), lassoResults(*m_content, arrangement(), lasso));
}

bool GraphCanvas::isConnecting() const {
    const Gesture* gesture = activeGesture();
    return gesture && gesture->kind == Gesture::Kind::Connect;
}

void GraphCanvas::startAt(std::optional<std::size_t> node) {
    if (m_end == node) return;
    m_end = node;
    if (m_content) pointAt(m_node);
    update();
}

/// One end, then the other; the same node twice is none.
void GraphCanvas::connectAt(std::size_t node) {
    if (!m_end) return startAt(node);
    if (*m_end == node) return startAt({});
    toggleEdge(*m_end, node);
}

void GraphCanvas::toggleEdge(std::size_t from, std::size_t to) {
    startAt({});
    draw(m_edits.toggle(m_content->figure, from, to));
    Q_EMIT gestured(gestureIndex(), connectResults(m_content->graph(), from, to));
}

/// To the nearest node in a direction; what lies straight ahead counts as nearer than what lies aside.
void GraphCanvas::walk(double across, double down) {
    const GraphArrangement& now = arrangement();
    m_byKeyboard = true;
    const QPointF from = m_node ? now.at[*m_node] : now.area.center();
    std::optional<std::size_t> best;
    double least = INFINITY;
    for (std::size_t i = 0; i < now.at.size(); ++i) {
        const QPointF by = now.at[i] - from;
        const double ahead = by.x() * across + by.y() * down,
                     aside = std::abs(by.x() * down) + std::abs(by.y() * across);
        if (!std::isfinite(ahead) || (m_node && (i == *m_node || ahead <= 0.5))) continue;
        const double distance = m_node ? ahead + 2.5 * aside : std::hypot(by.x(), by.y());
        if (distance < least) least = distance, best = i;
    }
    if (!best) return;
    pointAt(best);
    const QPointF at = now.at[*best];
    if (!now.area.contains(at)) panBy(now.area.center() - at);
}

void GraphCanvas::arrow(QKeyEvent* event, double across, double down) {
    const bool isInSpace = m_content->isInSpace();
    if (event->modifiers() & Qt::ShiftModifier) {
        if (!isInSpace) return panBy(QPointF(-across, -down) * kKeyPan_px);
        GraphView view = m_view;
        view.camera.turn(across * kKeyTurn_deg, -down * kKeyTurn_deg);
        return setView(std::move(view));
    }
    if (event->modifiers() & Qt::ControlModifier && m_node && !isInSpace)
        return moveNode(*m_node, arrangement().at[*m_node] + QPointF(across, down) * kKeyMove_px);
    walk(across, down);
}

void GraphCanvas::stepCursor(int step) {
    if (figure()->cursors.empty()) return;
    const CursorPlace& cursor = figure()->cursors.front();
    const QString name = QString::fromStdString(cursor.name);
    const qint64 now = m_moved && m_moved->first == name ? m_moved->second : cursor.index;
    const qint64 next = std::clamp<qint64>(now + step, 0, std::max<qint64>(0, cursor.size - 1));
    if (next == now) return;
    m_moved.emplace(name, next);
    Q_EMIT cursorMoved(name, next);
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
    if (!m_content) return FieldCanvas::keyPressEvent(event);
    const auto zoom = [&](double factor) {
        zoomAt(m_node ? arrangement().at[*m_node] : arrangement().area.center(), factor);
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return arrow(event, -1, 0);
        case Qt::Key_Right:
            return arrow(event, 1, 0);
        case Qt::Key_Up:
            return arrow(event, 0, -1);
        case Qt::Key_Down:
            return arrow(event, 0, 1);
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
            if (!isBusy()) return FieldCanvas::keyPressEvent(event);
            startAt({});
            if (m_drag == Drag::None) return;
            m_drag = Drag::None;
            m_lasso.clear();
            unsetCursor();
            setView(m_viewAtPress);
            return update();
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter: {
            if (!m_node) return walk(0, 0);
            if (isConnecting()) return connectAt(*m_node);
            const Gesture* gesture = activeGesture();
            if (!gesture || gesture->kind != Gesture::Kind::Lasso) return pick();
            // Around the node and all its neighbours.
            const GraphArrangement& now = arrangement();
            nlohmann::json indices{*m_node};
            for (const std::size_t* next = m_content->neighbours.begin(*m_node);
                 next != m_content->neighbours.end(*m_node); ++next)
                indices.push_back(*next);
            std::sort(indices.begin(), indices.end());
            indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
            QRectF box(now.at[*m_node], QSizeF(1, 1));
            for (const auto& node : indices)
                box = box.united(QRectF(now.at[node.get<std::size_t>()], QSizeF(1, 1)));
            nlohmann::json results = lassoResults(*m_content, now, QPolygonF(box.adjusted(-1, -1, 1, 1)));
            results["indices"] = std::move(indices);
            Q_EMIT gestured(gestureIndex(), results);
            return;
        }
        default:
            return FieldCanvas::keyPressEvent(event);
    }
}

}  // namespace latent::desktop

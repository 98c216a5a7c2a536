// SPDX-License-Identifier: GPL-3.0-or-later
// What the mouse and the keyboard do on a raster.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPointer>
#include <QWheelEvent>
#include <cmath>

#include "desktop/views/field/raster_canvas.hpp"
#include "desktop/views/field/raster_words.hpp"

namespace latent::desktop {

namespace {

constexpr double kClick_px = 4, kWheelStep = 0.85, kKeyStep = 0.8;
constexpr int kFarStep = 10;  ///< cells
constexpr double kSwipeStep = 0.05;

}  // namespace

BrushMask& RasterCanvas::mask() {
    const auto& raster = m_content->raster();
    return m_masks.try_emplace(gestureIndex(), raster.rows, raster.columns).first->second;
}

RasterTools RasterCanvas::tools(bool erases) {
    return {m_content.get(), &m_layoutAtPress, m_gesture && m_gesture->isBrush() ? &mask() : nullptr,
            brushSize(), erases != m_isErasing ? BrushMask::Mode::Erase : BrushMask::Mode::Paint};
}

void RasterCanvas::startDrag(Drag drag, const QPointF& position) {
    m_drag = drag;
    m_pressed = m_last = position;
    m_hasMoved = false;
    m_axes = axesAt(position);
    m_layoutAtPress = layout();
    m_zoomAtPress = m_zoom;
}

void RasterCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_content || m_drag != Drag::None) return;
    const QPointF at = event->position();
    m_byKeyboard = false;
    endBox();
    const bool isInside = layout().raster.contains(at);
    const bool isRight = event->button() == Qt::RightButton;
    if (m_gesture && m_gesture->isBrush() && isRight && isInside) {
        startDrag(Drag::Gesture, at);
        m_rightErases = true;
        m_gesture->press(tools(true), at);
        m_maskColours.clear();
        return update();
    }
    if (isRight ||
        (event->button() == Qt::LeftButton && event->modifiers() & Qt::ShiftModifier && !m_gesture))
        return startDrag(Drag::Box, at);
    if (event->button() == Qt::MiddleButton) return startDrag(Drag::Pan, at);
    if (event->button() != Qt::LeftButton) return FieldCanvas::mousePressEvent(event);
    if (isOnSwipe(at)) return startDrag(Drag::Swipe, at);
    if (const auto cursor = cursorAt(at)) {
        startDrag(Drag::Cursor, at);
        m_dragged.emplace(QString::fromStdString(cursor->place->name), cursor->place->index);
        return;
    }
    if (m_gesture && isInside) {
        startDrag(Drag::Gesture, at);
        m_rightErases = false;
        m_gesture->press(tools(false), at);
        m_maskColours.clear();
        return update();
    }
    startDrag(Drag::Pan, at);
}

void RasterCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_content) return;
    const QPointF at = event->position();
    m_last = at;
    m_hasMoved = m_hasMoved || (at - m_pressed).manhattanLength() >= kClick_px;
    const QRectF raster = m_layoutAtPress.raster;
    switch (m_drag) {
        case Drag::None:
            return hover(at);
        case Drag::Pan:
            if (!m_hasMoved) return;
            setCursor(Qt::ClosedHandCursor);
            m_zoom = m_zoomAtPress;
            return panBy(at - m_pressed, m_axes);
        case Drag::Box:
            m_box = QRectF(m_pressed, at).normalized();
            if (!m_axes.down)
                m_box =
                    QRectF(QPointF(m_box->left(), raster.top()), QPointF(m_box->right(), raster.bottom()));
            if (!m_axes.across)
                m_box =
                    QRectF(QPointF(raster.left(), m_box->top()), QPointF(raster.right(), m_box->bottom()));
            m_box = m_box->intersected(raster);
            return update();
        case Drag::Cursor:
            for (const SideCursor& cursor : cursors()) {
                if (QString::fromStdString(cursor.place->name) != m_dragged->first) continue;
                const SideView& view = cursor.isAcross ? m_layoutAtPress.across : m_layoutAtPress.down;
                const double pixel =
                    std::clamp(cursor.isAcross ? at.x() : at.y(), view.firstPixel(), view.lastPixel());
                if (const auto cell = view.cellAt(pixel))
                    moveCursor(m_dragged->first, indexOfCell(cursor, *cell));
                return;
            }
            return;
        case Drag::Swipe:
            return setSwipe((at.x() - raster.left()) / std::max(1.0, raster.width()));
        case Drag::Gesture:
            m_gesture->move(tools(m_rightErases), at);
            if (m_gesture->isBrush()) m_maskColours.clear();
            return hover(at);
    }
}

void RasterCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_content || m_drag == Drag::None) return;
    const Drag drag = std::exchange(m_drag, Drag::None);
    const std::optional<QRectF> box = std::exchange(m_box, std::nullopt);
    unsetCursor();
    if (drag == Drag::Box && box && m_hasMoved) return zoomTo(*box, m_axes);
    if (drag == Drag::Gesture) {
        m_gesture->move(tools(m_rightErases), event->position());
        finishGesture();
    }
    const bool isClick = !m_hasMoved && event->button() == Qt::LeftButton;
    // The line of a cursor lies over the cells where it stands: who does not drag it means the cell.
    if (drag == Drag::Cursor && isClick && m_gesture && layout().raster.contains(event->position())) {
        m_rightErases = false;
        m_gesture->press(tools(false), event->position());
        finishGesture();
    } else if ((drag == Drag::Pan || drag == Drag::Cursor) && isClick) {
        if (const auto cell = layout().cellAt(event->position())) click(*cell);
    }
    hover(event->position());
    update();
}

void RasterCanvas::finishGesture() {
    if (m_gesture->isBrush()) m_maskColours.clear();
    if (const auto results = m_gesture->finish(tools(m_rightErases)))
        Q_EMIT gestured(gestureIndex(), *results);
    update();
}

/// Shared cursors along the sides go to the cell, so that the figures beside the map show it.
void RasterCanvas::click(const Cell& cell) {
    const nlohmann::json results = cellResults(*m_content, cell);
    std::vector<std::pair<QString, qint64>> moves;
    for (const SideCursor& cursor : cursors())
        moves.emplace_back(QString::fromStdString(cursor.place->name),
                           indexOfCell(cursor, cursor.isAcross ? cell.column : cell.row));
    const QPointer<RasterCanvas> self(this);
    for (const auto& [name, index] : moves)
        if (self) moveCursor(name, index);
    if (self) Q_EMIT gestured(-1, results);
}

void RasterCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_content && !m_gesture) return home();
    mousePressEvent(event);
}

void RasterCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (!m_content || steps == 0) return event->ignore();
    if (m_gesture && m_gesture->isBrush() && event->modifiers() & Qt::ControlModifier) {
        setBrushSize(brushSize() + (steps > 0 ? 1 : -1));
        return event->accept();
    }
    zoomAt(event->position(), std::pow(kWheelStep, steps), axesAt(event->position()));
    event->accept();
}

void RasterCanvas::leaveEvent(QEvent* event) {
    FieldCanvas::leaveEvent(event);
    if (!m_byKeyboard) m_pointed.reset();
    update();
}

void RasterCanvas::hover(const QPointF& position) {
    const RasterLayout now = layout();
    const bool isInside = now.raster.contains(position);
    m_last = position;
    m_byKeyboard = false;
    if (m_drag == Drag::None && isOnSwipe(position))
        setCursor(Qt::SplitHCursor);
    else if (const auto cursor = cursorAt(position); cursor && m_drag == Drag::None)
        setCursor(cursor->isAcross ? Qt::SizeHorCursor : Qt::SizeVerCursor);
    else if (m_gesture && isInside)
        setCursor(Qt::CrossCursor);
    else
        unsetCursor();
    pointAt(isInside ? now.cellAt(position) : std::nullopt);
}

void RasterCanvas::pointAt(std::optional<Cell> cell) {
    m_pointed = cell;
    setReadout(cell ? cellWords(*m_content, *cell) : QString());
    update();
}

/// By cells on the screen, whichever way the indices run there.
void RasterCanvas::movePointer(int down, int across) {
    const RasterLayout now = layout();
    const auto step = [](const SideView& view, std::size_t cell, int by) {
        const bool isForward = view.edgePixel(view.side().cells()) > view.edgePixel(0);
        const auto next = static_cast<std::ptrdiff_t>(cell) + (isForward ? by : -by);
        return static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(next, 0, static_cast<std::ptrdiff_t>(view.side().cells()) - 1));
    };
    if (!m_pointed || !m_byKeyboard) {
        const auto start = m_pointed ? m_pointed : now.cellAt(now.raster.center());
        m_byKeyboard = true;
        if (!m_pointed) return pointAt(start);
    }
    const Cell cell{step(now.down, m_pointed->row, down), step(now.across, m_pointed->column, across)};
    // What the pointer walks out of is moved along.
    const QRectF rect = now.rectOf(cell), raster = now.raster;
    const auto beyond = [](double low, double high, double from, double to) {
        return high > to ? high - to : low < from ? low - from : 0.0;
    };
    const QPointF by(beyond(rect.left(), rect.right(), raster.left(), raster.right()),
                     beyond(rect.top(), rect.bottom(), raster.top(), raster.bottom()));
    if (!m_zoom.isHome() && by.manhattanLength() > 0.5) {
        m_layoutAtPress = now;
        panBy(-by, {});
    }
    pointAt(cell);
    if (m_boxCorner) {
        const RasterLayout shown = layout();
        m_box = shown.rectOf(*m_boxCorner).united(shown.rectOf(cell)).intersected(shown.raster);
    }
    if (m_gesture && m_gesture->isActive()) {
        m_layoutAtPress = layout();
        m_gesture->move(tools(false), m_layoutAtPress.rectOf(cell).center());
        m_maskColours.clear();
    }
}

void RasterCanvas::focusOutEvent(QFocusEvent* event) {
    endBox();
    FieldCanvas::focusOutEvent(event);
}

void RasterCanvas::endBox() {
    if (!std::exchange(m_placesBox, false)) return;
    m_boxCorner.reset();
    m_box.reset();
    update();
}

/// B begins; Space sets one corner, and with the other one zooms to the box between.
bool RasterCanvas::boxKey(int key) {
    const bool sets =
        key == Qt::Key_B || key == Qt::Key_Space || key == Qt::Key_Return || key == Qt::Key_Enter;
    if (!m_placesBox) {
        if (key != Qt::Key_B) return false;
        m_placesBox = true;
        movePointer(0, 0);
        return true;
    }
    if (!sets || !m_pointed) return false;
    if (!m_boxCorner) {
        m_boxCorner = m_pointed;
        movePointer(0, 0);
        return true;
    }
    const std::optional<QRectF> box = m_box;
    endBox();
    if (box) zoomTo(*box, {});
    return true;
}

bool RasterCanvas::brushKey(int key) {
    switch (key) {
        case Qt::Key_BracketLeft:
            setBrushSize(brushSize() - 1);
            return true;
        case Qt::Key_BracketRight:
            setBrushSize(brushSize() + 1);
            return true;
        case Qt::Key_E:
            setErasing(!m_isErasing);
            return true;
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            clearMask();
            return true;
        default:
            return false;
    }
}

void RasterCanvas::keyPressEvent(QKeyEvent* event) {
    if (!m_content) return FieldCanvas::keyPressEvent(event);
    if (event->key() == Qt::Key_Escape && isBusy()) {
        if (m_gesture) m_gesture->cancel();
        if (m_drag == Drag::Pan) m_zoom = m_zoomAtPress;
        endBox();
        m_box.reset();
        m_drag = Drag::None;
        return update();
    }
    if (boxKey(event->key())) return;
    if (m_gesture && m_gesture->isBrush() && brushKey(event->key())) return;
    const int far = event->modifiers() & Qt::ControlModifier ? kFarStep : 1;
    const auto zoom = [&](double factor) {
        const RasterLayout now = layout();
        zoomAt(m_pointed ? now.rectOf(*m_pointed).center() : now.raster.center(), factor, {});
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return movePointer(0, -far);
        case Qt::Key_Right:
            return movePointer(0, far);
        case Qt::Key_Up:
            return movePointer(-far, 0);
        case Qt::Key_Down:
            return movePointer(far, 0);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(kKeyStep);
        case Qt::Key_Minus:
        case Qt::Key_Underscore:
            return zoom(1 / kKeyStep);
        case Qt::Key_Home:
            return home();
        case Qt::Key_Less:
        case Qt::Key_Greater:
            if (m_content->left)
                return setSwipe(m_swipe + (event->key() == Qt::Key_Greater ? kSwipeStep : -kSwipeStep));
            return FieldCanvas::keyPressEvent(event);
        case Qt::Key_Comma:
        case Qt::Key_Period: {
            const auto all = cursors();
            if (all.empty()) return;
            const auto& place = *all.front().place;
            const QString name = QString::fromStdString(place.name);
            const qint64 now = m_dragged && m_dragged->first == name ? m_dragged->second : place.index;
            return moveCursor(name, std::clamp<qint64>(now + (event->key() == Qt::Key_Period ? 1 : -1), 0,
                                                       std::max<qint64>(0, place.size - 1)));
        }
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter: {
            if (!m_pointed) return movePointer(0, 0);
            if (!m_gesture) return click(*m_pointed);
            m_layoutAtPress = layout();
            const bool begins = !m_gesture->isActive();
            if (begins) {
                m_rightErases = false;
                m_gesture->press(tools(false), m_layoutAtPress.rectOf(*m_pointed).center());
            }
            if (!begins || m_gesture->isPick()) finishGesture();
            m_maskColours.clear();
            return update();
        }
        default:
            return FieldCanvas::keyPressEvent(event);
    }
}

}  // namespace latent::desktop

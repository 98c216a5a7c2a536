// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_canvas.hpp"

#include <QPainter>
#include <QPointer>
#include <QThreadPool>
#include <cmath>

#include "desktop/views/graph/graph_drawing.hpp"
#include "desktop/views/graph/graph_words.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kLeastZoom = 0.25, kMostZoom = 200;

}  // namespace

void GraphCanvas::figureChanged(bool isAnother) {
    if (isAnother) {
        m_view = {};
        m_node.reset();
        m_content.reset();
        m_drag = Drag::None;
        m_edits.forget();
        m_shownAtAsk.reset();
        m_end.reset();
    }
    m_moved.reset();
    // Another theme brings no figure; and while an answer is under way those that come may be answers to older questions.
    if (std::exchange(m_given, figure()) != figure() && !m_shownAtAsk) m_edits.settle(figure());
    if (m_edits.shown()) return draw(m_edits.shown());
    const std::uint64_t wish = ++m_wish;
    const auto* graph = body<Graph>();
    if (!graph || !isSlowToLayOut(*graph)) return adopt(makeGraphContent(figure(), theme()));
    // The last picture stays until the new one is ready.
    QThreadPool::globalInstance()->start(
        [canvas = QPointer<GraphCanvas>(this), drawn = figure(), look = theme(), wish] {
            GraphContentPtr content = makeGraphContent(drawn, look);
            QMetaObject::invokeMethod(qApp, [canvas, content = std::move(content), wish] {
                if (canvas && canvas->m_wish == wish) canvas->adopt(content);
            });
        });
}

void GraphCanvas::adopt(GraphContentPtr content) {
    m_content = std::move(content);
    for (auto* node : {&m_node, &m_end})
        if (*node && (!m_content || **node >= m_content->graph().nodes)) node->reset();
    m_edge.reset();  // edges have other numbers now
    if ((m_drag == Drag::Node || m_drag == Drag::Connect) &&
        (!m_content || m_pressedNode >= m_content->graph().nodes)) {
        m_drag = Drag::None;  // the hand holds a node that is gone
        unsetCursor();
    }
    if (m_content) setAccessibleDescription(sentence());
    redraw();
}

/// Edges that are changed by hand, before the answer: the nodes stay where they are.
void GraphCanvas::draw(const FigurePtr& figure) {
    ++m_wish;  // what is being laid out of the figure itself comes too late
    adopt(makeGraphContent(figure, theme(), m_content ? m_content->places : nullptr));
}

void GraphCanvas::redraw() {
    m_arranged.reset();
    m_base = QPixmap();
    update();
}

QString GraphCanvas::sentence() const {
    return m_content ? graphSentence(*m_content, titleWords()) : nothingYet();
}

const GraphArrangement& GraphCanvas::arrangement() {
    if (!m_arranged)
        m_arranged = m_content ? arrange(*m_content, m_view, QRectF(rect()), theme()) : GraphArrangement();
    return *m_arranged;
}

void GraphCanvas::paint(QPainter& painter, const QRectF& area, const Theme& theme) {
    GraphContentPtr content = m_content;
    if (!content || content->figure != figure() || content->theme != theme.kind)
        content = makeGraphContent(figure(), theme);
    if (!content) return drawSentence(painter, area, nothingYet(), theme);
    if (area.width() < 40 || area.height() < 40) return;
    drawGraph(painter, *content, arrange(*content, m_view, area, theme), theme);
}

void GraphCanvas::paintWindow(QPainter& painter) {
    if (!m_content)
        return drawSentence(
            painter, rect(),
            body<Graph>() && body<Graph>()->nodes > 0 ? tr("Laying out the graph…") : nothingYet(), theme());
    const GraphArrangement& now = arrangement();
    if (m_base.isNull()) {
        m_base = QPixmap((QSizeF(size()) * devicePixelRatioF()).toSize());
        m_base.setDevicePixelRatio(devicePixelRatioF());
        m_base.fill(Qt::transparent);
        QPainter base(&m_base);
        drawGraph(base, *m_content, now, theme());
    }
    painter.drawPixmap(0, 0, m_base);
    if (m_end && m_drag != Drag::Pan && m_drag != Drag::Turn)
        drawConnection(painter, *m_content, now, *m_end, m_node, m_byKeyboard ? std::nullopt : m_pointer,
                       theme());
    else if (m_node && m_drag != Drag::Pan && m_drag != Drag::Turn && m_drag != Drag::Lasso)
        drawNeighbourhood(painter, *m_content, now, *m_node, theme());
    else if (m_edge && m_drag == Drag::None)
        drawOneEdge(painter, *m_content, now, *m_edge, theme());
    if (m_drag != Drag::Lasso || m_lasso.size() < 2) return;
    QColor fill = theme().accent;
    fill.setAlphaF(0.18f);
    painter.setBrush(fill);
    painter.setPen(QPen(theme().accent, 1.5));
    painter.drawPolygon(m_lasso);
}

QVariantMap GraphCanvas::viewState() const {
    QVariantMap state;
    if (m_view.zoom != 1 || !m_view.shift.isNull())
        state = {{QStringLiteral("zoom"), m_view.zoom},
                 {QStringLiteral("x"), m_view.shift.x()},
                 {QStringLiteral("y"), m_view.shift.y()}};
    if (m_view.camera != Camera())
        state[QStringLiteral("azimuth")] = m_view.camera.azimuth_deg,
        state[QStringLiteral("elevation")] = m_view.camera.elevation_deg;
    QVariantMap moved;
    for (const auto& [node, place] : m_view.moved)
        moved[QString::number(node)] = QVariantList{place.x(), place.y()};
    if (!moved.isEmpty()) state[QStringLiteral("moved")] = moved;
    return state;
}

void GraphCanvas::setViewState(const QVariantMap& state) {
    GraphView view;
    const double zoom = state[QStringLiteral("zoom")].toDouble(), x = state[QStringLiteral("x")].toDouble(),
                 y = state[QStringLiteral("y")].toDouble();
    if (zoom >= kLeastZoom && zoom <= kMostZoom && std::isfinite(x + y))
        view.zoom = zoom, view.shift = {x, y};
    if (state.contains(QStringLiteral("azimuth"))) {
        view.camera = {0, 0};
        view.camera.turn(state[QStringLiteral("azimuth")].toDouble(),
                         state[QStringLiteral("elevation")].toDouble());
    }
    const QVariantMap moved = state[QStringLiteral("moved")].toMap();
    for (auto it = moved.begin(); it != moved.end(); ++it) {
        const QVariantList place = it.value().toList();
        bool isNode = false;
        const qulonglong node = it.key().toULongLong(&isNode);
        if (isNode && place.size() == 2 && std::isfinite(place[0].toDouble() + place[1].toDouble()))
            view.moved[node] = {place[0].toDouble(), place[1].toDouble()};
    }
    m_view = std::move(view);
    redraw();
}

void GraphCanvas::home() {
    if (!m_view.isHome()) {
        GraphView view;
        view.moved = m_view.moved;
        return setView(std::move(view));
    }
    if (!m_view.moved.empty()) setView({});
}

void GraphCanvas::setActiveGesture(int index) {
    FieldCanvas::setActiveGesture(index);
    m_lasso.clear();
    if (m_drag == Drag::Lasso || m_drag == Drag::Connect) m_drag = Drag::None;
    startAt({});
}

/// Answers that are refused leave what the hand has made: this gives it up.
void GraphCanvas::forgetPainted() {
    startAt({});
    m_shownAtAsk.reset();
    giveUpEdits();
}

void GraphCanvas::awaitAnswer() { m_shownAtAsk = figure(); }

void GraphCanvas::answered() {
    const std::optional<FigurePtr> before = std::exchange(m_shownAtAsk, {});
    // A large figure of the answer may still be on its way: then it settles the edits when it comes.
    if (before && *before != figure()) giveUpEdits();
}

void GraphCanvas::giveUpEdits() {
    if (!m_edits.shown()) return;
    m_edits.forget();
    figureChanged(false);
}

void GraphCanvas::setView(GraphView view) {
    view.zoom = std::clamp(view.zoom, kLeastZoom, kMostZoom);
    if (view == m_view) return;
    m_view = std::move(view);
    redraw();
    edited();
}

void GraphCanvas::zoomAt(const QPointF& position, double factor) {
    const GraphArrangement before = arrangement();
    GraphView view = m_view;
    view.zoom = std::clamp(view.zoom * factor, kLeastZoom, kMostZoom);
    const GraphArrangement after = arrange(*m_content, view, QRectF(rect()), theme());
    // The place under the position stays there.
    const QPointF drift = before.place(position) - after.place(position);
    view.shift += drift / after.extent;
    setView(std::move(view));
}

void GraphCanvas::panBy(const QPointF& pixels) {
    const GraphArrangement& now = arrangement();
    GraphView view = m_view;
    view.shift += QPointF(-pixels.x(), pixels.y()) / (now.perUnit * now.extent);
    setView(std::move(view));
}

void GraphCanvas::moveNode(std::size_t node, const QPointF& pixel) {
    if (m_content->isInSpace()) return;
    const QRectF area = arrangement().area;
    GraphView view = m_view;
    view.moved[node] = arrangement().place(
        {std::clamp(pixel.x(), area.left(), area.right()), std::clamp(pixel.y(), area.top(), area.bottom())});
    setView(std::move(view));
}

void GraphCanvas::resizeEvent(QResizeEvent* event) {
    FieldCanvas::resizeEvent(event);
    redraw();
}

}  // namespace latent::desktop

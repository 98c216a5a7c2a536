// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/lattice_view.hpp"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "panel/lattice_marks.hpp"

namespace concept_space {
namespace {

constexpr double kMargin = 16;      // px around the discs
constexpr double kLineOfText = 18;  // px under a disc
constexpr double kMostRadius = 26, kLeastRadius = 3;
constexpr double kNameRadius = 15;   // px: a disc that holds a name
constexpr double kMostAcross = 150;  // px between neighbours of a level: a cube stays a cube on a wide screen

}  // namespace

LatticeView::LatticeView(HypercubeState& state, QWidget* parent) : QWidget(parent), m_state(state) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Combinations of concepts"));
    connect(&state, &HypercubeState::changed, this, [this] {
        update();
        describe();
    });
}

void LatticeView::describe() {
    QString words;
    if (!m_state.isEmpty() && m_state.selected()) words = m_state.readout(*m_state.selected());
    if (words == accessibleDescription()) return;
    setAccessibleDescription(words);
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
}

LatticeView::Sizes LatticeView::sizes() const {
    const Lattice& lattice = m_state.lattice();
    const double levels = std::max(1, lattice.concepts()), widest = lattice.widest();
    Sizes s;
    const double height = this->height() - 2 * kMargin,
                 width = std::min(this->width() - 2 * kMargin, widest * kMostAcross);
    const double perLevel = height / (levels + 1), perNode = width / widest;
    s.radius =
        std::clamp(std::min((perLevel - kLineOfText) * 0.42, perNode * 0.34), kLeastRadius, kMostRadius);
    s.names = s.radius >= kNameRadius && lattice.concepts() <= 5;
    s.losses = s.names && perNode >= 2 * s.radius + 6;
    const double under = s.losses ? kLineOfText : 0;
    // The badge of the highest disc needs a little room as well.
    s.area =
        QRectF((this->width() - width) / 2, kMargin + s.radius + 4, width, height - 2 * s.radius - under - 4);
    return s;
}

QPointF LatticeView::centreOf(std::size_t node) const {
    const QRectF area = sizes().area;
    const Place& place = m_state.lattice().place(node);
    return {area.left() + place.across * area.width(), area.bottom() - place.up * area.height()};
}

std::optional<std::size_t> LatticeView::nodeAt(const QPointF& point) const {
    if (m_state.isEmpty()) return std::nullopt;
    const double reach = std::max(sizes().radius + 3, 13.0);
    std::optional<std::size_t> nearest;
    double least = reach * reach;
    for (std::size_t node = 0; node < m_state.lattice().nodes(); ++node) {
        const QPointF way = centreOf(node) - point;
        const double square = QPointF::dotProduct(way, way);
        if (square < least) least = square, nearest = node;
    }
    return nearest;
}

void LatticeView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const latent::panel::Theme& theme = m_state.theme();
    if (m_state.isEmpty()) {
        painter.setFont(theme.body);
        painter.setPen(theme.muted);
        painter.drawText(rect().adjusted(32, 32, -32, -32), Qt::AlignCenter | Qt::TextWordWrap,
                         QString::fromStdString(m_state.data().problem));
        return;
    }
    const Sizes s = sizes();
    drawEdges(painter);
    drawGrowth(painter);
    drawBroken(painter);
    for (std::size_t node = 0; node < m_state.lattice().nodes(); ++node) drawNode(painter, s, node);
    drawMarks(painter);
}

void LatticeView::drawEdges(QPainter& painter) const {
    for (const Edge& edge : m_state.lattice().edges())
        drawEdge(painter, m_state.theme(), centreOf(edge.part), centreOf(edge.whole));
}

void LatticeView::drawGrowth(QPainter& painter) const {
    for (std::size_t i = 0; i < m_state.lattice().edges().size(); ++i) {
        const Edge& edge = m_state.lattice().edges()[i];
        // That an edge is broken now matters more; the numbers still tell the order.
        if (m_state.isLearned(edge.whole) && m_state.order().grownFrom[edge.whole] == edge.part &&
            !m_state.brokenEdges()[i])
            drawArrow(painter, m_state.theme(), centreOf(edge.part), centreOf(edge.whole));
    }
}

void LatticeView::drawBroken(QPainter& painter) const {
    for (std::size_t i = 0; i < m_state.brokenEdges().size(); ++i) {
        const Edge& edge = m_state.lattice().edges()[i];
        if (m_state.brokenEdges()[i])
            drawBrokenEdge(painter, m_state.theme(), centreOf(edge.part), centreOf(edge.whole));
    }
}

void LatticeView::drawMarks(QPainter& painter) const {
    for (std::size_t i = 0; i < m_state.brokenEdges().size(); ++i) {
        const Edge& edge = m_state.lattice().edges()[i];
        if (m_state.brokenEdges()[i])
            drawBrokenMark(painter, m_state.theme(), markPlace(centreOf(edge.part), centreOf(edge.whole)));
    }
}

void LatticeView::drawNode(QPainter& painter, const Sizes& s, std::size_t node) const {
    const latent::panel::Theme& theme = m_state.theme();
    const QPointF centre = centreOf(node);
    const double loss = m_state.losses()[node];
    const bool selected = m_state.selected() == node, hovered = m_state.hovered() == node;
    const QColor fill = m_state.colourOf(loss);

    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.panel);  // edges end at a gap around the disc
    painter.drawEllipse(centre, s.radius + 3, s.radius + 3);
    if (selected) {
        QColor halo = theme.accent;
        halo.setAlphaF(0.25f);
        painter.setBrush(halo);
        painter.drawEllipse(centre, s.radius + 7, s.radius + 7);
    }
    painter.setPen(QPen(selected  ? theme.accent
                        : hovered ? theme.text
                                  : theme.axis,
                        selected  ? 2.5
                        : hovered ? 2
                                  : 1));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(theme.hatch, Qt::BDiagPattern));
    painter.drawEllipse(centre, s.radius, s.radius);

    if (s.names) {
        QFont font = theme.small;
        font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(fill.isValid() ? inkOn(fill) : theme.text);
        painter.drawText(QRectF(centre.x() - s.radius, centre.y() - s.radius, 2 * s.radius, 2 * s.radius),
                         Qt::AlignCenter, QString::fromStdString(m_state.data().names[node]));
    }
    if (s.losses) {
        painter.setFont(theme.small);
        const QString text = number(loss);
        const double wide = painter.fontMetrics().horizontalAdvance(text) + 6.0;
        const QRectF place(centre.x() - wide / 2, centre.y() + s.radius + 3, wide, kLineOfText - 3);
        QColor veil = theme.panel;  // an edge may pass behind
        veil.setAlphaF(0.85f);
        painter.fillRect(place, veil);
        painter.setPen(selected || hovered ? theme.text : theme.muted);
        painter.drawText(place, Qt::AlignCenter, text);
    }
    drawRank(painter, s, node, centre);
}

void LatticeView::drawRank(QPainter& painter, const Sizes& s, std::size_t node, const QPointF& centre) const {
    if (node == 0 || !m_state.isLearned(node) || s.radius < 9) return;
    const double reach = s.radius * std::sqrt(0.5);
    drawBadge(painter, m_state.theme(), centre + QPointF(reach + 2, -reach - 2), 8,
              QString::number(m_state.order().rank[node]));
}

void LatticeView::mouseMoveEvent(QMouseEvent* event) {
    m_state.setHovered(nodeAt(event->position()));
    setCursor(m_state.hovered() ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void LatticeView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) m_state.setSelected(nodeAt(event->position()));
}

void LatticeView::leaveEvent(QEvent*) { m_state.setHovered(std::nullopt); }

void LatticeView::keyPressEvent(QKeyEvent* event) {
    if (m_state.moveByKey(event->key())) return;
    if (event->key() == Qt::Key_Escape) return m_state.setSelected(std::nullopt);
    const int concept_ = event->key() - Qt::Key_1;
    if (concept_ < 0 || concept_ >= m_state.lattice().concepts()) return QWidget::keyPressEvent(event);
    m_state.setSelected(m_state.selected().value_or(0) ^ (std::size_t{1} << concept_));
}

bool LatticeView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto node = nodeAt(help->pos()))
        QToolTip::showText(help->globalPos(), m_state.readout(*node), this);
    else
        QToolTip::hideText();
    return true;
}

}  // namespace concept_space

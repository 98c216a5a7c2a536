// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/timeline_view.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace concept_space {
namespace {

constexpr double kLeft = 56, kRight = 16, kTop = 12, kBottom = 36;  // px around plot and strip
constexpr double kStrip = 14, kGap = 10;                            // px of the broken pairs, and above them
constexpr int kTicks = 5;
constexpr std::size_t kMostSmooth = 64;  // lines

}  // namespace

TimelineView::TimelineView(HypercubeState& state, QWidget* parent) : QWidget(parent), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::SizeHorCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Losses over time; moves the frame"));
    connect(&state, &HypercubeState::changed, this, [this] {
        if (!m_state.isEmpty())
            setAccessibleDescription(
                tr("Frame %1 of %2").arg(m_state.frame() + 1).arg(m_state.data().frames()));
        update();
    });
}

QRectF TimelineView::plot() const {
    return {kLeft, kTop, width() - kLeft - kRight, height() - kTop - kBottom - kStrip - kGap};
}
QRectF TimelineView::strip() const { return {kLeft, plot().bottom() + kGap, plot().width(), kStrip}; }

double TimelineView::xOf(std::size_t frame) const {
    const QRectF area = plot();
    const double last = static_cast<double>(std::max<std::size_t>(m_state.data().frames(), 2) - 1);
    return area.left() + area.width() * static_cast<double>(frame) / last;
}

void TimelineView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (m_state.isEmpty()) return;
    painter.drawPixmap(0, 0, picture());
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_state.selected()) {
        painter.setPen(QPen(m_state.theme().text, 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        drawCurve(painter, *m_state.selected());
    }
    drawCursor(painter);
}

const QPixmap& TimelineView::picture() {
    const QSize wanted = size() * devicePixelRatio();
    if (m_drawn == m_state.revision() && m_picture.size() == wanted) return m_picture;
    m_drawn = m_state.revision();
    m_picture = QPixmap(wanted);
    m_picture.setDevicePixelRatio(devicePixelRatio());
    m_picture.fill(Qt::transparent);
    QPainter painter(&m_picture);
    painter.setRenderHint(QPainter::Antialiasing);
    drawAxes(painter);
    // Hundreds of lines are a texture, smooth or not, and smooth ones would take the window's time.
    painter.setRenderHint(QPainter::Antialiasing, m_state.lattice().nodes() <= kMostSmooth);
    const latent::panel::Theme& theme = m_state.theme();
    for (std::size_t node = m_state.lattice().nodes(); node-- > 0;) {
        const auto level = static_cast<std::size_t>(m_state.lattice().level(node));
        const QColor colour =
            level == 0 ? theme.muted : theme.categories[(level - 1) % theme.categories.size()];
        painter.setPen(QPen(colour, m_state.lattice().concepts() > 4 ? 1 : 1.5,
                            level == 0 ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
        drawCurve(painter, node);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    drawStrip(painter);
    return m_picture;
}

void TimelineView::drawAxes(QPainter& painter) const {
    const latent::panel::Theme& theme = m_state.theme();
    const QRectF area = plot(), below = strip();
    painter.setFont(theme.small);
    const double line = painter.fontMetrics().height();
    for (const double loss : m_state.ticks()) {
        const double at = m_state.position(loss);
        const double y = std::round(area.bottom() - at * area.height()) + 0.5;
        painter.setPen(QPen(at == 0 ? theme.axis : theme.grid, theme.axisWidth));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme.muted);
        painter.drawText(QRectF(0, y - line / 2, kLeft - 8, line), Qt::AlignRight | Qt::AlignVCenter,
                         number(loss));
    }
    painter.drawText(QRectF(0, below.center().y() - line / 2, kLeft - 8, line),
                     Qt::AlignRight | Qt::AlignVCenter, tr("broken"));

    const std::size_t last = m_state.data().frames() - 1;
    for (int i = 0; i < kTicks; ++i) {
        const std::size_t frame = last * static_cast<std::size_t>(i) / (kTicks - 1);
        const double x = xOf(frame);
        const Qt::Alignment side = i == 0            ? Qt::AlignLeft
                                   : i == kTicks - 1 ? Qt::AlignRight
                                                     : Qt::AlignHCenter;
        const double left = i == 0 ? x - 2 : i == kTicks - 1 ? x - 98 : x - 50;
        painter.drawText(QRectF(left, below.bottom() + 3, 100, line), side,
                         number(m_state.data().time[frame]));
    }
    QString title = QString::fromStdString(m_state.data().timeTitle);
    if (!m_state.data().timeUnit.empty())
        title = tr("%1 (%2)").arg(title, QString::fromStdString(m_state.data().timeUnit));
    painter.drawText(QRectF(area.left(), below.bottom() + 3 + line, area.width(), line), Qt::AlignHCenter,
                     title);
}

void TimelineView::drawCurve(QPainter& painter, std::size_t node) const {
    const std::vector<double>& curve = m_state.curves()[node];
    const QRectF area = plot();
    const auto step =
        std::max<std::size_t>(1, curve.size() / static_cast<std::size_t>(std::max(64.0, area.width())));
    QPolygonF line;
    const auto draw = [&] {
        painter.drawPolyline(line);
        line.clear();
    };
    for (std::size_t frame = 0; frame < curve.size(); frame += step) {
        const double position = m_state.position(curve[frame]);
        if (std::isnan(position))
            draw();
        else
            line.append({xOf(frame), area.bottom() - position * area.height()});
    }
    draw();
}

void TimelineView::drawStrip(QPainter& painter) const {
    const latent::panel::Theme& theme = m_state.theme();
    const QRectF area = strip();
    const std::vector<long>& broken = m_state.brokenPairsOverTime();
    const double most = static_cast<double>(std::max(1L, *std::max_element(broken.begin(), broken.end())));
    QPainterPath shape(area.bottomLeft());
    for (std::size_t i = 0; i < broken.size(); ++i)
        shape.lineTo(xOf(i * m_state.brokenStride()),
                     area.bottom() - area.height() * static_cast<double>(broken[i]) / most);
    shape.lineTo(area.bottomRight());
    QColor fill = theme.bad;
    fill.setAlphaF(0.7f);
    painter.fillPath(shape, fill);
    painter.setPen(QPen(theme.axis, theme.axisWidth));
    painter.drawLine(QPointF(area.left(), std::round(area.bottom()) + 0.5),
                     QPointF(area.right(), std::round(area.bottom()) + 0.5));
}

void TimelineView::drawCursor(QPainter& painter) const {
    const latent::panel::Theme& theme = m_state.theme();
    const double x = std::round(xOf(m_state.frame()));
    painter.setPen(QPen(theme.accent, 1.5));
    painter.drawLine(QPointF(x, kTop), QPointF(x, strip().bottom()));
    if (hasFocus()) {
        QColor halo = theme.accent;
        halo.setAlphaF(0.25f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(halo);
        painter.drawEllipse(QPointF(x, kTop - 2), 9, 9);
    }
    painter.setPen(QPen(theme.accent, 2));
    painter.setBrush(theme.panel);
    painter.drawEllipse(QPointF(x, kTop - 2), 5, 5);
}

void TimelineView::moveTo(double x) {
    if (m_state.isEmpty()) return;
    const QRectF area = plot();
    const double last = static_cast<double>(m_state.data().frames() - 1);
    m_state.askFrame(std::lround((x - area.left()) / area.width() * last));
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) moveTo(event->position().x());
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) moveTo(event->position().x());
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    if (!m_state.moveByKey(event->key())) QWidget::keyPressEvent(event);
}

}  // namespace concept_space

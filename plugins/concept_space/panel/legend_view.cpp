// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/legend_view.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "panel/lattice_marks.hpp"

namespace concept_space {
namespace {

constexpr int kWidth = 200;
constexpr int kRow = 24;       // px
constexpr int kBar = 12;       // px: height of the colour bar
constexpr int kBarBlock = 56;  // px: title, bar and its numbers
constexpr int kSymbol = 32;    // px: length of a line in the key
constexpr int kRows = 5;
constexpr int kSwatch = 12;  // px: length of the lines that stand for numbers of concepts

}  // namespace

LegendView::LegendView(HypercubeState& state, QWidget* parent) : QWidget(parent), m_state(state) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend"));
    setAccessibleDescription(tr(
        "Colours give the loss. A thin line adds one concept. An arrow leads to what was learned next; "
        "numbers give "
        "the order. A dashed, marked line breaks the order: the smaller combination has the higher loss."));
    connect(&state, &HypercubeState::changed, this, qOverload<>(&QWidget::update));
    connect(&state, &HypercubeState::dataReset, this, &QWidget::updateGeometry);
}

QSize LegendView::sizeHint() const { return {kWidth, kBarBlock + (kRows + 2) * kRow + 8}; }

void LegendView::drawBar(QPainter& painter, const QRectF& area) const {
    const latent::panel::Theme& theme = m_state.theme();
    const double line = painter.fontMetrics().height();
    painter.setPen(theme.muted);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), line), Qt::AlignLeft,
                     m_state.logarithmic() ? tr("loss (log)") : tr("loss"));
    const QRectF bar(area.left(), area.top() + line + 4, area.width(), kBar);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    constexpr int kStops = 32;
    for (int i = 0; i <= kStops; ++i)
        gradient.setColorAt(static_cast<double>(i) / kStops,
                            theme.sequential(static_cast<double>(i) / kStops));
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 3, 3);

    painter.setPen(theme.muted);
    const QRectF numbers(bar.left(), bar.bottom() + 2, bar.width(), line);
    for (const double tick : m_state.ticks()) {
        const QString text = number(tick);
        const double wide = painter.fontMetrics().horizontalAdvance(text),
                     at = bar.left() + m_state.position(tick) * bar.width();
        painter.drawText(
            QRectF(std::clamp(at - wide / 2, bar.left(), bar.right() - wide), numbers.top(), wide + 1, line),
            Qt::AlignLeft, text);
    }

    // Where the combination under the mouse, or the selected one, stands on the scale.
    const auto node = m_state.hovered() ? m_state.hovered() : m_state.selected();
    const double position = node ? m_state.position(m_state.losses()[*node]) : std::nan("");
    if (std::isnan(position)) return;
    painter.setPen(QPen(theme.panel, 1.5));
    painter.setBrush(theme.text);
    const QPointF at(bar.left() + position * bar.width(), bar.top() + 3);
    painter.drawPolygon(QPolygonF{at, at + QPointF(-5, -8), at + QPointF(5, -8)});
}

void LegendView::paintEvent(QPaintEvent*) {
    if (m_state.isEmpty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const latent::panel::Theme& theme = m_state.theme();
    painter.setFont(theme.small);
    drawBar(painter, QRectF(4, 0, kWidth - 8, kBarBlock));

    double y = kBarBlock + 8 + kRow / 2.0;
    const auto row = [&](const QString& words, const auto& symbol) {
        symbol(QPointF(4, y), QPointF(4 + kSymbol, y));
        painter.setPen(theme.text);
        painter.drawText(QRectF(4 + kSymbol + 12, y - kRow / 2.0, kWidth - kSymbol - 16, kRow),
                         Qt::AlignVCenter | Qt::AlignLeft, words);
        y += kRow;
    };
    row(tr("one concept more"),
        [&](const QPointF& from, const QPointF& to) { drawEdge(painter, theme, from, to); });
    row(tr("learned next"),
        [&](const QPointF& from, const QPointF& to) { drawArrow(painter, theme, from, to); });
    row(tr("place in that order"), [&](const QPointF& from, const QPointF& to) {
        drawBadge(painter, theme, (from + to) / 2, 8, QStringLiteral("1"));
    });
    row(tr("order broken"), [&](const QPointF& from, const QPointF& to) {
        drawBrokenEdge(painter, theme, from, to);
        drawBrokenMark(painter, theme, markPlace(from, to));
    });
    row(tr("the chosen one, over time"), [&](const QPointF& from, const QPointF& to) {
        painter.setPen(QPen(theme.text, 2.5, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(from, to);
    });
    painter.setPen(theme.muted);
    painter.drawText(QRectF(4, y - kRow / 2.0, kWidth, kRow), Qt::AlignVCenter | Qt::AlignLeft,
                     tr("the others, by number of concepts"));
    drawLevels(painter, QPointF(4, y + kRow));
}

/// The colours of the other lines, by number of concepts: short lines with their numbers in one row.
void LegendView::drawLevels(QPainter& painter, QPointF at) const {
    const latent::panel::Theme& theme = m_state.theme();
    for (int level = 1; level <= std::min(m_state.lattice().concepts(), 7); ++level) {
        painter.setPen(
            QPen(theme.categories[static_cast<std::size_t>(level - 1) % theme.categories.size()], 2));
        painter.drawLine(at, at + QPointF(kSwatch, 0));
        at.rx() += kSwatch + 3;
        painter.setPen(theme.text);
        painter.drawText(QRectF(at.x(), at.y() - kRow / 2.0, kSwatch, kRow), Qt::AlignVCenter | Qt::AlignLeft,
                         QString::number(level));
        at.rx() += kSwatch;
    }
}

}  // namespace concept_space

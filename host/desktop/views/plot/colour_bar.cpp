// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/colour_bar.hpp"

#include <QFontMetricsF>
#include <QLinearGradient>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "desktop/views/plot/axis_ticks.hpp"

namespace latent::desktop {
namespace {

constexpr double kBar_px = 10, kLabelGap_px = 6, kBarTitleGap_px = 6, kColourSwatch_px = 10;
constexpr double kWidestLabel_px = 110;
constexpr int kStops = 32;

}  // namespace

ColourBar::ColourBar(const engine::figures::Colours& colours, const ColourMap& map, const Theme& theme)
    : m_colours(colours), m_map(map), m_theme(theme) {}

QString ColourBar::title() const {
    const std::string unit = m_colours.unit.empty() ? "" : " (" + m_colours.unit + ")";
    return QString::fromStdString(m_colours.title.empty() ? m_colours.unit : m_colours.title + unit);
}

/// In two lines where one is too long for the bar.
QStringList ColourBar::titleLines(double height) const {
    const QString whole = title();
    if (whole.isEmpty()) return {};
    const QFontMetricsF metrics(m_theme.small);
    if (metrics.horizontalAdvance(whole) <= height) return {whole};
    QStringList best;
    double least = std::numeric_limits<double>::infinity();
    for (qsizetype at = whole.indexOf(QLatin1Char(' ')); at > 0;
         at = whole.indexOf(QLatin1Char(' '), at + 1)) {
        const QStringList lines{whole.left(at), whole.mid(at + 1)};
        const double longest =
            std::max(metrics.horizontalAdvance(lines[0]), metrics.horizontalAdvance(lines[1]));
        if (longest < least) {
            least = longest;
            best = lines;
        }
    }
    if (best.isEmpty()) best = QStringList{whole};
    for (QString& line : best) line = metrics.elidedText(line, Qt::ElideRight, height);
    return best;
}

std::vector<ColourBar::Tick> ColourBar::ticks(double height) const {
    const AxisScale scale(m_map.scale() == Scale::Log ? Scale::Log : Scale::Linear);
    const QFontMetricsF metrics(m_theme.small);
    const TickRoom room{
        .length_px = height, .leastGap_px = 36, .clear_px = 10, .extent_px = [&](const QString&) {
            return metrics.height();
        }};
    const AxisTicks made = axisTicks(scale, {}, scale.place(m_map.low()), scale.place(m_map.high()), room);
    std::vector<Tick> ticks;
    for (std::size_t i = 0; i < made.places.size(); ++i)
        ticks.push_back({m_map.position(scale.value(made.places[i])), made.labels[i]});
    return ticks;
}

double ColourBar::width(double height) const {
    const QFontMetricsF metrics(m_theme.small);
    double widest = 0;
    if (isWords())
        for (const std::string& word : m_colours.categories)
            widest = std::max(
                widest, std::min(kWidestLabel_px, metrics.horizontalAdvance(QString::fromStdString(word))));
    else
        for (const Tick& tick : ticks(height))
            widest = std::max(widest, metrics.horizontalAdvance(tick.words));
    const qsizetype lines = isWords() ? 0 : titleLines(height).size();
    const double titleWidth =
        lines == 0 ? 0 : static_cast<double>(lines) * metrics.height() + kBarTitleGap_px;
    // The title of words stands above them.
    const double above = isWords() ? std::min(kWidestLabel_px, metrics.horizontalAdvance(title()) + 1) : 0;
    // Whole steps, so that a live figure does not move with every label.
    return std::ceil(std::max(kBar_px + kLabelGap_px + widest + titleWidth, above) / 4) * 4;
}

void ColourBar::drawWords(QPainter& painter, const QRectF& area) const {
    const QFontMetricsF metrics(m_theme.small);
    const double row = std::ceil(metrics.height()) + 4;
    double y = area.top();
    painter.setPen(m_theme.muted);
    if (!title().isEmpty()) {
        painter.drawText(QPointF(area.left(), y + metrics.ascent()),
                         metrics.elidedText(title(), Qt::ElideRight, area.width()));
        y += row;
    }
    for (std::size_t i = 0; i < m_colours.categories.size() && y + row <= area.bottom() + 1; ++i, y += row) {
        painter.fillRect(QRectF(area.left(), y + (metrics.height() - kColourSwatch_px) / 2, kColourSwatch_px,
                                kColourSwatch_px),
                         QColor(m_map.at(static_cast<double>(i))));
        painter.setPen(m_theme.text);
        painter.drawText(QPointF(area.left() + kBar_px + kLabelGap_px, y + metrics.ascent()),
                         metrics.elidedText(QString::fromStdString(m_colours.categories[i]), Qt::ElideRight,
                                            kWidestLabel_px));
    }
}

void ColourBar::draw(QPainter& painter, const QRectF& area) const {
    painter.save();
    painter.setFont(m_theme.small);
    if (isWords()) {
        drawWords(painter, area);
        painter.restore();
        return;
    }
    QLinearGradient gradient(area.bottomLeft(), area.topLeft());
    for (int i = 0; i <= kStops; ++i)
        gradient.setColorAt(static_cast<double>(i) / kStops,
                            QColor(m_map.atPosition(static_cast<double>(i) / kStops)));
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRect(QRectF(area.left(), area.top(), kBar_px, area.height()));
    const QFontMetricsF metrics(m_theme.small);
    double widest = 0;
    for (const Tick& tick : ticks(area.height())) {
        const double y = area.bottom() - tick.position * area.height();
        painter.setPen(QPen(m_theme.axis, m_theme.axisWidth));
        painter.drawLine(QPointF(area.left() + kBar_px, y), QPointF(area.left() + kBar_px + 3, y));
        painter.setPen(m_theme.muted);
        painter.drawText(
            QPointF(area.left() + kBar_px + kLabelGap_px, y + (metrics.ascent() - metrics.descent()) / 2),
            tick.words);
        widest = std::max(widest, metrics.horizontalAdvance(tick.words));
    }
    painter.setPen(m_theme.muted);
    painter.translate(area.left() + kBar_px + kLabelGap_px + widest + kBarTitleGap_px, area.center().y());
    painter.rotate(-90);
    double baseline = metrics.ascent();
    for (const QString& words : titleLines(area.height())) {
        painter.drawText(QPointF(-metrics.horizontalAdvance(words) / 2, baseline), words);
        baseline += metrics.height();
    }
    painter.restore();
}

}  // namespace latent::desktop

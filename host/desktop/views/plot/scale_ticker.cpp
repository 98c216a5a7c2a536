// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/scale_ticker.hpp"

#include <QFontMetricsF>

namespace latent::desktop {

void ScaleTicker::set(const AxisScale& scale, const std::vector<std::string>& categories,
                      const TickRoom& room, const QFont& font, double widest_px) {
    m_scale = scale;
    m_categories = categories;
    m_room = room;
    m_font = font;
    m_widest_px = widest_px;
}

AxisTicks ScaleTicker::ticks(const QCPRange& range) const {
    if (!m_room.extent_px)
        return {};  // QCustomPlot may draw before the scene was arranged, as a figure that is not shown yet
    AxisTicks made = axisTicks(m_scale, m_categories, range.lower, range.upper, m_room);
    if (m_categories.empty()) return made;
    const QFontMetricsF metrics(m_font);
    for (QString& label : made.labels) label = metrics.elidedText(label, Qt::ElideRight, m_widest_px);
    return made;
}

void ScaleTicker::generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                           QVector<double>* subTicks, QVector<QString>* labels) {
    const AxisTicks made = this->ticks(range);
    ticks = QVector<double>(made.places.begin(), made.places.end());
    if (subTicks) *subTicks = QVector<double>(made.minor.begin(), made.minor.end());
    if (labels) *labels = QVector<QString>(made.labels.begin(), made.labels.end());
}

}  // namespace latent::desktop

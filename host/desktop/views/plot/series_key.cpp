// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/series_key.hpp"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/markers.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Marker;

constexpr int kMostAtLines = 4;
constexpr double kWidestAtLines = 0.3, kWidestWord_px = 180;  ///< part of the canvas; pixels
constexpr double kEndsNear = 0.1;  ///< part of the x range that may be free behind the end of a line
constexpr double kSwatch_px = 22, kSwatchGap_px = 6, kEntryGap_px = 16, kBeside_px = 10;
constexpr double kRow_px = 6;  ///< more than the height of the words
constexpr double kFaded = 0.4;

QString more(int count) {
    return QCoreApplication::translate("latent::desktop::PlotCanvas", "+%1 more").arg(count);
}

/// How far to the right the line is drawn: of a run that goes on, most of a long array is not written yet.
std::optional<double> lastDrawn(const PlotSeries& series, const PlotModel& model) {
    for (std::size_t i = series.size; i-- > 0;)
        if (model.scales().x.shows(series.x[i]) && model.scales().y.shows(series.y[i]))
            return series.isFunction ? series.x[i]
                   : series.boundsX  ? std::optional(series.boundsX->high)
                                     : std::nullopt;
    return std::nullopt;
}

/// Names stand at line ends only where the lines go on to the right edge of all data.
bool endTogether(const PlotModel& model) {
    const Span all = model.fullX({});
    const AxisScale& scale = model.scales().x;
    const double low = scale.place(all.low), high = scale.place(all.high);
    return std::all_of(model.named().begin(), model.named().end(), [&](int i) {
        const std::optional<double> end = lastDrawn(model.series()[static_cast<std::size_t>(i)], model);
        return end && high - scale.place(*end) <= kEndsNear * (high - low);
    });
}

/// Labels that touch each other: they stand around the mean of their lines' ends.
struct Stack {
    double sum = 0;
    int count = 0;
    double top(double height, const QRectF& area) const {
        const double wanted = sum / count - count * height / 2;
        return std::max(area.top() - 6, std::min(wanted, area.bottom() + 6 - count * height));
    }
};

std::vector<Stack> stacked(const std::vector<SeriesKey::Entry*>& order, double height, const QRectF& area) {
    std::vector<Stack> stacks;
    for (const SeriesKey::Entry* entry : order) {
        stacks.push_back({entry->end.y(), 1});
        while (stacks.size() > 1) {
            Stack& above = stacks[stacks.size() - 2];
            const Stack& last = stacks.back();
            if (above.top(height, area) + above.count * height <= last.top(height, area)) break;
            above = {above.sum + last.sum, above.count + last.count};
            stacks.pop_back();
        }
    }
    return stacks;
}

}  // namespace

SeriesKey SeriesKey::measure(const PlotModel& model, const QSizeF& size) {
    SeriesKey key;
    if (model.named().empty()) return key;
    const QFontMetricsF metrics(model.theme().small);
    double widest = 0;
    for (const int series : model.named()) {
        Entry entry{series};
        entry.words = metrics.elidedText(model.series()[static_cast<std::size_t>(series)].label,
                                         Qt::ElideMiddle, std::min(kWidestWord_px, size.width() * 0.6));
        entry.width = std::ceil(metrics.horizontalAdvance(entry.words));
        widest = std::max(widest, entry.width);
        key.m_entries.push_back(std::move(entry));
    }
    const double row = std::ceil(metrics.height());
    const bool atLines =
        model.kind() == PlotModel::Kind::Lines && model.named().size() <= kMostAtLines &&
        !model.hasColourBar() && !model.figure().x.reversed && widest <= kWidestAtLines * size.width() &&
        size.height() > (row + 2) * static_cast<double>(key.m_entries.size()) + 80 && endTogether(model);
    if (atLines) {
        key.m_form = Form::AtLines;
        key.m_width = widest + kBeside_px;
        return key;
    }
    key.m_form = Form::Row;
    // As many rows as take a fifth of the height; on paper nobody can ask for the rest, so half of it.
    const double most = (model.theme().kind == Theme::Kind::Paper ? 0.5 : 0.2) * size.height();
    const double available = size.width() - 72;
    double used = 0;
    for (const Entry& entry : key.m_entries) {
        const double wide = kSwatch_px + kSwatchGap_px + entry.width + kEntryGap_px;
        if (used > 0 && used + wide - kEntryGap_px > available) {
            ++key.m_rows;
            used = 0;
        }
        used += wide;
    }
    key.m_rows = std::clamp(key.m_rows, 1, std::max(1, static_cast<int>(most / (row + kRow_px))));
    key.m_height = key.m_rows * (row + kRow_px) + 2;
    return key;
}

void SeriesKey::place(const PlotModel& model, const PlotMap& map, double left, double right, double top) {
    if (m_form == Form::Row) placeRow(model, left, right, top);
    if (m_form == Form::AtLines) placeAtLines(model, map);
}

void SeriesKey::placeRow(const PlotModel& model, double left, double right, double top) {
    const QFontMetricsF metrics(model.theme().small);
    const double height = std::ceil(metrics.height()) + kRow_px - 2;
    const double moreWidth = metrics.horizontalAdvance(more(static_cast<int>(m_entries.size())));
    double x = left, y = top;
    int row = 1;
    std::size_t placed = 0;
    for (; placed < m_entries.size(); ++placed) {
        Entry& entry = m_entries[placed];
        const double wide = kSwatch_px + kSwatchGap_px + entry.width;
        const bool isLast = placed + 1 == m_entries.size();
        const double limit = row == m_rows && !isLast ? right - moreWidth - kEntryGap_px : right;
        if (x > left && x + wide > limit) {
            if (row == m_rows) break;
            ++row;
            x = left;
            y += height + 2;
        }
        entry.area = QRectF(x, y, std::min(wide, right - x), height);
        x += wide + kEntryGap_px;
    }
    m_left_out = static_cast<int>(m_entries.size() - placed);
    m_moreArea = QRectF(x, y, moreWidth + 2, height);
    m_entries.resize(placed);
}

void SeriesKey::placeAtLines(const PlotModel& model, const PlotMap& map) {
    const QFontMetricsF metrics(model.theme().small);
    const double height = std::ceil(metrics.height());
    const double edge = map.area.right();
    for (Entry& entry : m_entries) {
        const PlotSeries& series = model.series()[static_cast<std::size_t>(entry.series)];
        const auto [from, to] = series.isFunction ? visibleRange(series.x, series.size, map)
                                                  : std::pair<std::size_t, std::size_t>{0, series.size};
        QPointF end(edge, map.area.center().y());
        for (std::size_t i = to; i-- > from;) {
            const QPointF at = map.pixel(series.x[i], series.y[i]);
            if (!std::isfinite(at.y()) || !std::isfinite(at.x())) continue;
            end = at;
            if (at.x() > edge && i > from) {  // the line goes on: its height at the edge counts
                const QPointF before = map.pixel(series.x[i - 1], series.y[i - 1]);
                if (std::isfinite(before.y()) && at.x() > before.x())
                    end = before +
                          (at - before) * std::clamp((edge - before.x()) / (at.x() - before.x()), 0.0, 1.0);
            }
            break;
        }
        entry.isReached = end.y() >= map.area.top() - 1 && end.y() <= map.area.bottom() + 1;
        entry.end = QPointF(std::min(end.x(), edge), std::clamp(end.y(), map.area.top(), map.area.bottom()));
    }
    std::vector<Entry*> order;
    for (Entry& entry : m_entries) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(),
                     [](const Entry* a, const Entry* b) { return a->end.y() < b->end.y(); });
    std::size_t next = 0;
    for (const Stack& stack : stacked(order, height, map.area))
        for (int i = 0; i < stack.count; ++i, ++next)
            order[next]->area = QRectF(edge + kBeside_px, stack.top(height, map.area) + i * height,
                                       order[next]->width + 2, height);
}

void SeriesKey::drawSwatch(QPainter& painter, const PlotModel& model, const PlotSeries& series,
                           const QRectF& area) const {
    const double y = area.center().y();
    const SeriesStyle& style = series.style;
    if (model.kind() == PlotModel::Kind::Histogram) {
        const QRectF box(area.left() + 4, y - 5, 14, 10);
        QColor fill = style.colour;
        fill.setAlphaF(0.22f);
        QPen pen = style.pen();
        pen.setWidthF(style.width * 0.8);
        painter.setPen(pen);
        painter.setBrush(fill);
        painter.drawRect(box);
        return;
    }
    if (style.hasLine) {
        painter.setPen(style.pen());
        painter.drawLine(QPointF(area.left() + 1, y), QPointF(area.left() + kSwatch_px - 1, y));
    }
    if (style.marker != Marker::None)
        drawMarker(painter, style.marker, QPointF(area.left() + kSwatch_px / 2, y), style.hasLine ? 6.5 : 8,
                   {.fill = series.colour ? model.theme().muted : style.colour, .outline = {}});
}

void SeriesKey::draw(QPainter& painter, const PlotModel& model, const QSet<QString>& hidden) const {
    const Theme& theme = model.theme();
    const QFontMetricsF metrics(theme.small);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    for (const Entry& entry : m_entries) {
        const PlotSeries& series = model.series()[static_cast<std::size_t>(entry.series)];
        const bool isHidden = hidden.contains(series.label);
        painter.setOpacity(isHidden ? kFaded : 1);
        const double baseline = entry.area.center().y() + (metrics.ascent() - metrics.descent()) / 2;
        double x = entry.area.left();
        QColor ink = theme.text;
        if (m_form == Form::AtLines) {
            ink = readableOn(theme.panel, series.style.colour, theme);
            if (!entry.isReached && !isHidden) painter.setOpacity(kFaded);
            if (!isHidden && std::abs(entry.area.center().y() - entry.end.y()) > 3 && entry.isReached) {
                // From the end of the line, where that is near: a long leader would look like the line going on.
                const double from = std::max(entry.end.x() + 1, entry.area.left() - 2 * kBeside_px);
                painter.setPen(QPen(series.style.colour, 0.8));
                painter.drawPolyline(QPolygonF{QPointF(from, entry.end.y()),
                                               QPointF(entry.area.left() - kBeside_px + 3, entry.end.y()),
                                               QPointF(x - 3, entry.area.center().y())});
            }
        } else {
            drawSwatch(painter, model, series, entry.area);
            x += kSwatch_px + kSwatchGap_px;
        }
        painter.setPen(ink);
        painter.drawText(QPointF(x, baseline),
                         metrics.elidedText(entry.words, Qt::ElideRight, entry.area.right() - x + 1));
        if (isHidden) {  // a line through the name, so that hidden is not told by paleness alone
            painter.setPen(QPen(ink, 1));
            const double y = std::round(entry.area.center().y()) + 0.5;
            painter.drawLine(QPointF(x, y), QPointF(entry.area.right(), y));
        }
    }
    painter.setOpacity(1);
    if (m_left_out > 0) {
        painter.setPen(theme.muted);
        painter.drawText(m_moreArea, Qt::AlignVCenter | Qt::AlignLeft, more(m_left_out));
    }
    painter.restore();
}

}  // namespace latent::desktop

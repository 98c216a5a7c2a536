// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/field/raster_labels.hpp"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/axis_ticks.hpp"

namespace latent::desktop {
namespace {

using engine::figures::Axis;

/// With a context that lupdate knows.
class RasterSideWords {
    Q_DECLARE_TR_FUNCTIONS(latent::desktop::RasterCanvas)
};

constexpr double kTick_px = 4, kMinorTick_px = 2.5, kTickGap_px = 4, kCellGap_px = 6, kTitleGap_px = 6;
constexpr double kSlant_deg = -35;
/// With more cells than this in view an axis reads better with nice numbers than with a name at each cell.
constexpr std::size_t kMostNamed = 40;
constexpr double kBetweenWords_px = 8, kBetweenLines_px = 1;

double slantedHeight(double length, const QFontMetricsF& metrics) {
    const double angle = -kSlant_deg * M_PI / 180;
    return std::sin(angle) * length + std::cos(angle) * metrics.ascent();
}

/// A name at the middle of each cell in view; empty when two of them would touch. `extent` is along the side.
template <class Extent>
std::vector<SideLabels::Label> namesOf(const SideView& view, double clear_px, const Extent& extent) {
    const auto [first, last] = view.visible();
    if (last - first > kMostNamed) return {};
    std::vector<SideLabels::Label> names;
    for (std::size_t i = first; i < last; ++i) {
        const double at = view.centrePixel(i);
        if (at < view.firstPixel() || at > view.lastPixel()) continue;
        names.push_back({at, view.side().words(i)});
    }
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.pixel < b.pixel; });
    for (std::size_t i = 1; i < names.size(); ++i)
        if (names[i].pixel - names[i - 1].pixel <
            (extent(names[i].words) + extent(names[i - 1].words)) / 2 + clear_px)
            return {};
    return names;
}

/// Names of every second, fifth, … cell: for words and for equal cells, which have no nice numbers between them.
template <class Extent>
std::vector<SideLabels::Label> someNamesOf(const SideView& view, double clear_px, const Extent& extent) {
    const auto [first, last] = view.visible();
    double widest = 0;
    for (std::size_t i = first; i < last && i < first + 2000; ++i)
        widest = std::max(widest, extent(view.side().words(i)));
    const double perCell = view.length() / view.shown().size();
    std::size_t stride = 1;
    for (const std::size_t next :
         {2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000, 1000000})
        if (static_cast<double>(stride) * perCell < widest + clear_px &&
            (view.side().hasEqualCells() || next == 2 || next % 5 == 0))
            stride = next;
    std::vector<SideLabels::Label> names;
    for (std::size_t i = (first + stride - 1) / stride * stride; i < last; i += stride) {
        const double at = view.centrePixel(i);
        if (at >= view.firstPixel() && at <= view.lastPixel()) names.push_back({at, view.side().words(i)});
    }
    return names;
}

void putTicks(SideLabels& labels, const SideView& view, const TickRoom& room) {
    const AxisTicks ticks = axisTicks(view.side().scale(), {}, view.shown().low, view.shown().high, room);
    for (std::size_t i = 0; i < ticks.places.size(); ++i)
        labels.labels.push_back({view.pixel(ticks.places[i]), ticks.labels[i]});
    for (const double place : ticks.minor) labels.minor.push_back(view.pixel(place));
}

double widestOf(const SideLabels& labels, const QFontMetricsF& metrics) {
    double widest = 0;
    for (const auto& label : labels.labels) widest = std::max(widest, metrics.horizontalAdvance(label.words));
    return widest;
}

void elide(SideLabels& labels, const QFontMetricsF& metrics, double most_px) {
    for (auto& label : labels.labels) label.words = metrics.elidedText(label.words, Qt::ElideRight, most_px);
}

double beyondOf(const SideLabels& labels, const SideView& view, const QFontMetricsF& metrics) {
    double beyond = 0;
    for (const auto& label : labels.labels)
        beyond =
            std::max(beyond, label.pixel + metrics.horizontalAdvance(label.words) / 2 - view.lastPixel());
    return beyond;
}

}  // namespace

SideLabels labelsAcross(const SideView& view, const Theme& theme, double most_px) {
    const QFontMetricsF metrics(theme.small);
    const auto width = [&](const QString& words) { return metrics.horizontalAdvance(words); };
    SideLabels labels;
    labels.labels = namesOf(view, kBetweenWords_px, width);
    labels.hasTicks = labels.labels.empty() && !view.side().isByIndex();
    if (labels.hasTicks && view.side().hasEqualCells())
        labels.labels = someNamesOf(view, kBetweenWords_px, width);
    labels.extent_px = (labels.hasTicks ? kTick_px + kTickGap_px : kCellGap_px) + std::ceil(metrics.height());
    if (labels.hasTicks && !view.side().hasEqualCells())
        putTicks(labels, view,
                 {.length_px = view.length(), .leastGap_px = 48, .clear_px = 16, .extent_px = width});
    if (!labels.labels.empty() || labels.hasTicks) {
        labels.beyond_px = beyondOf(labels, view, metrics);
        return labels;
    }
    // Words that do not fit beside each other are turned before they are left out.
    const auto height = [&](const QString&) { return metrics.height(); };
    labels.labels = namesOf(view, kBetweenLines_px, height);
    if (labels.labels.empty()) labels.labels = someNamesOf(view, kBetweenLines_px, height);
    elide(labels, metrics, most_px);
    labels.isTurned = true;
    labels.extent_px = kCellGap_px + std::ceil(slantedHeight(widestOf(labels, metrics), metrics));
    return labels;
}

SideLabels labelsDown(const SideView& view, const Theme& theme, double most_px) {
    const QFontMetricsF metrics(theme.small);
    const auto height = [&](const QString&) { return metrics.height(); };
    SideLabels labels;
    labels.labels = namesOf(view, kBetweenLines_px, height);
    labels.hasTicks = labels.labels.empty() && !view.side().isByIndex();
    if (labels.hasTicks && !view.side().hasEqualCells())
        putTicks(labels, view,
                 {.length_px = view.length(), .leastGap_px = 32, .clear_px = 12, .extent_px = height});
    else if (labels.labels.empty())
        labels.labels = someNamesOf(view, kBetweenLines_px, height);
    elide(labels, metrics, most_px);
    // In whole steps, so that a live raster does not move with every digit.
    labels.extent_px =
        std::ceil((widestOf(labels, metrics) + (labels.hasTicks ? kTick_px + kTickGap_px : kCellGap_px)) /
                  4) *
        4;
    return labels;
}

void drawLabelsAcross(QPainter& painter, const SideLabels& labels, double top, const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    painter.save();
    painter.setFont(theme.small);
    painter.setPen(QPen(theme.axis, theme.axisWidth));
    if (labels.hasTicks)
        for (const auto& label : labels.labels)
            painter.drawLine(QPointF(label.pixel, top + 1), QPointF(label.pixel, top + 1 + kTick_px));
    for (const double x : labels.minor)
        painter.drawLine(QPointF(x, top + 1), QPointF(x, top + 1 + kMinorTick_px));
    painter.setPen(theme.muted);
    const double gap = labels.hasTicks ? kTick_px + kTickGap_px : kCellGap_px;
    for (const auto& label : labels.labels) {
        const double width = metrics.horizontalAdvance(label.words);
        if (!labels.isTurned) {
            painter.drawText(QPointF(label.pixel - width / 2, top + gap + metrics.ascent()), label.words);
            continue;
        }
        painter.save();
        painter.translate(label.pixel + metrics.ascent() / 2, top + gap + metrics.ascent() * 0.6);
        painter.rotate(kSlant_deg);
        painter.drawText(QPointF(-width, 0), label.words);
        painter.restore();
    }
    painter.restore();
}

void drawLabelsDown(QPainter& painter, const SideLabels& labels, double right, const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    painter.save();
    painter.setFont(theme.small);
    painter.setPen(QPen(theme.axis, theme.axisWidth));
    if (labels.hasTicks)
        for (const auto& label : labels.labels)
            painter.drawLine(QPointF(right - 1 - kTick_px, label.pixel), QPointF(right - 1, label.pixel));
    for (const double y : labels.minor)
        painter.drawLine(QPointF(right - 1 - kMinorTick_px, y), QPointF(right - 1, y));
    painter.setPen(theme.muted);
    const double gap = labels.hasTicks ? kTick_px + kTickGap_px : kCellGap_px;
    for (const auto& label : labels.labels)
        painter.drawText(QPointF(right - gap - metrics.horizontalAdvance(label.words),
                                 label.pixel + (metrics.ascent() - metrics.descent()) / 2),
                         label.words);
    painter.restore();
}

QString sideTitle(const Axis& axis, const CellSide& side) {
    const QString title = QString::fromStdString(axis.text());
    if (!side.hasEqualCells()) return title;
    return title.isEmpty() ? RasterSideWords::tr("equal cells")
                           : RasterSideWords::tr("%1, equal cells").arg(title);
}

double titleRoom(const QString& title, const Theme& theme) {
    return title.isEmpty() ? 0 : std::ceil(QFontMetricsF(theme.small).height()) + kTitleGap_px;
}

void drawSideTitles(QPainter& painter, const QString& across, const QString& down, const QRectF& raster,
                    const QRectF& area, const Theme& theme) {
    const QFontMetricsF metrics(theme.small);
    painter.save();
    painter.setFont(theme.small);
    painter.setPen(theme.muted);
    // A title that is longer than its side may use the room beside it before it is cut.
    const auto centred = [&](const QString& words, double low, double high, double middle, double baseline) {
        const double half = std::min(middle - low, high - middle) - 2;
        const QString shown = metrics.elidedText(words, Qt::ElideRight, 2 * half);
        painter.drawText(QPointF(middle - metrics.horizontalAdvance(shown) / 2, baseline), shown);
    };
    if (!across.isEmpty())
        centred(across, area.left(), area.right(), raster.center().x(),
                area.bottom() - metrics.descent() - 2);
    if (!down.isEmpty()) {
        painter.rotate(-90);
        centred(down, -area.bottom(), -area.top(), -raster.center().y(), area.left() + metrics.ascent() + 1);
    }
    painter.restore();
}

}  // namespace latent::desktop

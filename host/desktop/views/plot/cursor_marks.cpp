// SPDX-License-Identifier: GPL-3.0-or-later
// Shared cursors in a plot: where they are, from the figure or from the drag that goes on, and how they look.
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/markers.hpp"
#include "desktop/views/plot/number_words.hpp"
#include "desktop/views/plot/plot_marks.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kGrip_px = 5;

/// Marks of one cursor on the paths that run along its dimension: those that views ask for, else one plain mark a path.
void placeOnPaths(CursorMark& made, const PlotModel& model, const PlotMap& map, const CursorPlace& cursor,
                  std::optional<qint64> dragged, const QSet<QString>& hidden) {
    const auto* trajectory = std::get_if<Trajectory>(&model.figure().body);
    if (!trajectory) return;
    for (std::size_t p = 0; p < model.series().size(); ++p) {
        const PlotSeries& series = model.series()[p];
        const Path& path = trajectory->paths[series.member];
        if (series.size == 0 || hidden.contains(series.label)) continue;
        const auto put = [&](qint64 at, Marker marker, const std::string& label) {
            const auto i = static_cast<std::size_t>(
                std::clamp<qint64>(dragged.value_or(at), 0, static_cast<qint64>(series.size) - 1));
            const QPointF point = map.pixel(series.x[i], series.y[i]);
            if (std::isfinite(point.x()) && std::isfinite(point.y()))
                made.onPaths.push_back({static_cast<int>(p), point, marker, QString::fromStdString(label)});
        };
        bool isMarked = false;
        for (const PathMark& mark : path.marks)
            if (mark.cursor == cursor.name) {
                put(mark.at, mark.marker, mark.label);
                isMarked = true;
            }
        if (!isMarked && path.dimension == cursor.dimension) put(cursor.index, Marker::Circle, {});
    }
}

}  // namespace

double cursorValue(const PlotModel& model, const CursorPlace& cursor, qint64 index) {
    if (index == cursor.index && cursor.coordinate) return *cursor.coordinate;
    for (const PlotSeries& series : model.series())
        if (static_cast<qint64>(series.size) == cursor.size && index >= 0 && index < cursor.size)
            return series.x[index];
    return static_cast<double>(index);
}

std::vector<CursorMark> placeCursors(const PlotModel& model, const PlotMap& map,
                                     const std::optional<DraggedCursor>& dragged,
                                     const QSet<QString>& hidden) {
    std::vector<CursorMark> marks;
    for (const CursorPlace& cursor : model.figure().cursors) {
        CursorMark mark;
        mark.name = QString::fromStdString(cursor.name);
        std::optional<qint64> index;
        if (dragged && dragged->name == mark.name) index = dragged->index;
        if (cursor.alongX) {
            const double value = cursorValue(model, cursor, index.value_or(cursor.index));
            mark.isLine = true;
            mark.pixel = map.x.pixel(value);
            mark.words = quantityWords(value, model.figure().x.unit);
            if (!std::isfinite(mark.pixel)) continue;
        } else {
            placeOnPaths(mark, model, map, cursor, index, hidden);
            if (mark.onPaths.empty()) continue;
        }
        marks.push_back(std::move(mark));
    }
    return marks;
}

void drawCursors(QPainter& painter, const PlotModel& model, const PlotMap& map,
                 const std::vector<CursorMark>& cursors) {
    const Theme& theme = model.theme();
    const QFontMetricsF metrics(theme.small);
    const QRectF axes = map.area.adjusted(-1, -1, 1, 1);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    for (const CursorMark& cursor : cursors) {
        if (cursor.isLine) {
            // A line to take hold of belongs to the screen; on paper it would look like data.
            if (theme.kind == Theme::Kind::Paper) continue;
            if (cursor.pixel < axes.left() || cursor.pixel > axes.right()) continue;
            const double x = cursor.pixel;
            painter.setPen(QPen(theme.accent, 1.25));
            painter.drawLine(QPointF(x, axes.top()), QPointF(x, axes.bottom()));
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.accent);
            painter.drawPolygon(QPolygonF{{x - kGrip_px, axes.top() - kGrip_px},
                                          {x + kGrip_px, axes.top() - kGrip_px},
                                          {x, axes.top() + kGrip_px - 1}});
            continue;
        }
        for (const CursorMark::OnPath& mark : cursor.onPaths) {
            if (!axes.contains(mark.at)) continue;
            const PlotSeries& series = model.series()[static_cast<std::size_t>(mark.series)];
            const bool isQuiet = series.isUnder;
            drawMarker(painter, mark.marker, mark.at, isQuiet ? 7 : 10,
                       {.fill = isQuiet ? series.style.colour : theme.accent,
                        .outline = theme.panel,
                        .outlineWidth = isQuiet ? 1.0 : 2.0});
            if (mark.words.isEmpty()) continue;
            painter.setPen(theme.text);
            double x = mark.at.x() + 8;
            if (x + metrics.horizontalAdvance(mark.words) > axes.right())
                x = mark.at.x() - 8 - metrics.horizontalAdvance(mark.words);
            painter.drawText(QPointF(x, mark.at.y() - 6), mark.words);
        }
    }
    painter.restore();
}

}  // namespace latent::desktop

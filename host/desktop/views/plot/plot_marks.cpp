// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/plot/plot_marks.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/markers.hpp"
#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {

using namespace engine::figures;

namespace {

constexpr double kMostEnds = 24;           ///< with more paths their ends are left out
constexpr std::size_t kMostProbed = 1000;  ///< points of a series that labels keep away from

/// Words over data are read on a ground of their own.
void drawWords(QPainter& painter, const Theme& theme, const QRectF& area, const QString& words,
               const QColor& ink) {
    QColor ground = theme.panel;
    ground.setAlphaF(0.82f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(area.adjusted(-2, 0, 2, 0), 2, 2);
    painter.setPen(ink);
    const QFontMetricsF metrics(theme.small);
    painter.drawText(QPointF(area.left(), area.center().y() + (metrics.ascent() - metrics.descent()) / 2),
                     words);
}

/// A box for words near a point that stays inside of the axes.
QRectF boxNear(const QFontMetricsF& metrics, const QPointF& at, const QString& words, double away,
               const QRectF& axes) {
    QRectF box(at.x() + away, at.y() - away - metrics.height() + 4, metrics.horizontalAdvance(words),
               metrics.height());
    if (box.right() > axes.right()) box.moveRight(at.x() - away);
    if (box.top() < axes.top()) box.moveTop(at.y() + away - 4);
    return box;
}

/// How many of the points, of those that are looked at, lie in a rectangle.
std::size_t pointsIn(const PlotModel& model, const PlotMap& map, const QRectF& area) {
    std::size_t count = 0;
    for (const PlotSeries& series : model.series())
        for (std::size_t i = 0, step = 1 + series.size / kMostProbed; i < series.size; i += step) {
            const QPointF at = map.pixel(series.x[i], series.y[i]);
            if (at.x() >= area.left() && at.x() <= area.right() && at.y() >= area.top() &&
                at.y() <= area.bottom())
                ++count;
        }
    return count;
}

/// How many parallel lines of other references would go through a label that stands there.
std::size_t linesThrough(const PlotModel& model, const PlotMap& map, const Reference& own,
                         const QRectF& place) {
    return static_cast<std::size_t>(std::count_if(
        model.figure().references.begin(), model.figure().references.end(), [&](const Reference& other) {
            if (&other == &own || other.kind != own.kind) return false;
            if (own.kind == Reference::Kind::X)
                return map.x.pixel(other.value) > place.left() && map.x.pixel(other.value) < place.right();
            return own.kind == Reference::Kind::Y && map.y.pixel(other.value) > place.top() &&
                   map.y.pixel(other.value) < place.bottom();
        }));
}

/// `taken`: where labels are already; two lines of one name that meet there share one.
void drawReference(QPainter& painter, const PlotModel& model, const PlotMap& map, const Reference& reference,
                   std::vector<std::pair<QRectF, QString>>& taken) {
    const Theme& theme = model.theme();
    const QFontMetricsF metrics(theme.small);
    const QString words = QString::fromStdString(reference.label);
    const double wide = metrics.horizontalAdvance(words), high = metrics.height();
    painter.setPen(QPen(theme.muted, std::max(1.0, theme.axisWidth), Qt::CustomDashLine));
    QPen pen(theme.muted, std::max(1.0, theme.axisWidth));
    pen.setDashPattern({4, 3});
    painter.setPen(pen);
    const QRectF& axes = map.area;
    QRectF box;
    std::vector<QRectF> others;  // where else the label may stand
    if (reference.kind == Reference::Kind::X) {
        const double x = map.x.pixel(reference.value);
        if (!(x >= axes.left() && x <= axes.right())) return;
        painter.drawLine(QPointF(x, axes.top()), QPointF(x, axes.bottom()));
        box = QRectF(x + 4, axes.top() + 2, wide, high);
        if (box.right() > axes.right()) box.moveRight(x - 4);
        const double down = axes.height() - high - 4;
        const QRectF before(x - 4 - wide, box.top(), wide, high);
        others = {box.translated(0, down), before, before.translated(0, down)};
    } else if (reference.kind == Reference::Kind::Y) {
        const double y = map.y.pixel(reference.value);
        if (!(y >= axes.top() && y <= axes.bottom())) return;
        painter.drawLine(QPointF(axes.left(), y), QPointF(axes.right(), y));
        box = QRectF(axes.right() - wide - 4, y - high - 1, wide, high);
        if (box.top() < axes.top()) box.moveTop(y + 2);
        others = {QRectF(box.left(), y + 2, wide, high), QRectF(axes.left() + 4, box.top(), wide, high)};
    } else {
        // y = x may be curved, when the two axes have different scales.
        QPolygonF diagonal;
        for (double x = axes.left(); x <= axes.right() + 0.5; x += 2) {
            const QPointF at(x, map.y.pixel(map.x.value(x)));
            if (std::isfinite(at.y()) && at.y() > axes.top() - 4 && at.y() < axes.bottom() + 4)
                diagonal << at;
        }
        if (diagonal.size() < 2) return;
        painter.setBrush(Qt::NoBrush);
        QPointF a = diagonal[0];
        QPolygonF inside;
        for (qsizetype i = 1; i < diagonal.size(); ++i) {
            QPointF from = a, to = diagonal[i];
            a = diagonal[i];
            if (!clipSegment(from, to, axes)) continue;
            if (inside.isEmpty()) inside << from;
            inside << to;
        }
        painter.drawPolyline(inside);
        if (inside.isEmpty()) return;
        const QPointF end = inside.last().x() > inside.first().x() ? inside.last() : inside.first();
        box = QRectF(end.x() - wide - 14, end.y() + 6, wide, high);
        if (end.y() > axes.center().y()) box.moveBottom(end.y() - 6);
        if (box.left() < axes.left()) box.moveLeft(axes.left() + 2);
    }
    if (words.isEmpty()) return;
    const auto meets = [](const QRectF& label, const QRectF& place) {
        return label.adjusted(-6, 0, 6, 0).intersects(place);
    };
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const auto& label) { return label.second == words && meets(label.first, box); }))
        return;
    // Where it hides no other label, no line runs through it, and as little as can be of the data is behind it.
    const auto hidden = [&](const QRectF& place) {
        const bool isTaken = std::any_of(taken.begin(), taken.end(),
                                         [&](const auto& label) { return meets(label.first, place); });
        return (isTaken || !axes.contains(place) ? 10 * kMostProbed : 0) +
               2 * kMostProbed * linesThrough(model, map, reference, place) + pointsIn(model, map, place);
    };
    std::size_t least = hidden(box);
    for (const QRectF& other : others)
        if (const std::size_t hides = hidden(other); hides < least) {
            least = hides;
            box = other;
        }
    taken.emplace_back(box, words);
    drawWords(painter, theme, box, words, theme.muted);
}

}  // namespace

void drawAxisTitles(QPainter& painter, const PlotModel& model, const QRectF& axes, const QSizeF& size) {
    const Theme& theme = model.theme();
    const QFontMetricsF metrics(theme.small);
    const QString x = QString::fromStdString(model.figure().x.text()),
                  y = QString::fromStdString(model.figure().y.text());
    painter.save();
    painter.setFont(theme.small);
    painter.setPen(theme.muted);
    const auto centred = [&](const QString& words, double length, double middle, double baseline) {
        const QString shown = metrics.elidedText(words, Qt::ElideRight, length);
        painter.drawText(QPointF(middle - metrics.horizontalAdvance(shown) / 2, baseline), shown);
    };
    // A title that is longer than its axis may use the room beside it before it is cut.
    if (!x.isEmpty()) {
        const double half = std::min(axes.center().x(), size.width() - axes.center().x()) - 2;
        centred(x, 2 * half, axes.center().x(), size.height() - metrics.descent() - 2);
    }
    if (!y.isEmpty()) {
        painter.rotate(-90);
        const double half = std::min(axes.center().y(), size.height() - axes.center().y()) - 2;
        centred(y, 2 * half, -axes.center().y(), metrics.ascent() + 1);
    }
    painter.restore();
}

void drawReferences(QPainter& painter, const PlotModel& model, const PlotMap& map) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(model.theme().small);
    std::vector<std::pair<QRectF, QString>> taken;
    for (const Reference& reference : model.figure().references)
        drawReference(painter, model, map, reference, taken);
    painter.restore();
}

void drawPathEnds(QPainter& painter, const PlotModel& model, const PlotMap& map,
                  const QSet<QString>& hidden) {
    const auto* trajectory = std::get_if<Trajectory>(&model.figure().body);
    if (!trajectory) return;
    const Theme& theme = model.theme();
    const QFontMetricsF metrics(theme.small);
    const QRectF axes = map.area.adjusted(-1, -1, 1, 1);
    const double size = theme.kind == Theme::Kind::Paper ? 6 : 8;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    for (const PlotSeries& series : model.series()) {
        if (hidden.contains(series.label) || series.size == 0) continue;
        const double end = series.isUnder ? size * 0.7 : size;
        const auto colourAt = [&](std::size_t i) {
            return series.colour ? QColor(model.colourMap()->at(series.colour[i])) : series.style.colour;
        };
        const auto shown = [&](std::size_t i) {
            const QPointF at = map.pixel(series.x[i], series.y[i]);
            return std::isfinite(at.x() + at.y()) && axes.contains(at);
        };
        std::size_t first = 0, last = series.size - 1;
        while (first < last && !std::isfinite(series.x[first] + series.y[first])) ++first;
        while (last > first && !std::isfinite(series.x[last] + series.y[last])) --last;
        if (static_cast<double>(model.series().size()) <= kMostEnds) {
            if (shown(first))
                drawMarker(
                    painter, Marker::Circle, map.pixel(series.x[first], series.y[first]), end,
                    {.fill = colourAt(first), .outline = theme.panel, .outlineWidth = 1.5, .hollow = true});
            if (last > first && shown(last))
                drawMarker(painter, Marker::Circle, map.pixel(series.x[last], series.y[last]), end,
                           {.fill = colourAt(last), .outline = theme.panel, .outlineWidth = 1});
        }
        for (const PathMark& mark : trajectory->paths[series.member].marks) {
            if (!mark.cursor.empty() || mark.at < 0 || static_cast<std::size_t>(mark.at) >= series.size ||
                !shown(static_cast<std::size_t>(mark.at)))
                continue;
            const auto i = static_cast<std::size_t>(mark.at);
            const QPointF at = map.pixel(series.x[i], series.y[i]);
            drawMarker(painter, mark.marker, at, size + 1,
                       {.fill = colourAt(i), .outline = theme.panel, .outlineWidth = 1.2});
            const QString words = QString::fromStdString(mark.label);
            if (!words.isEmpty())
                drawWords(painter, theme, boxNear(metrics, at, words, 6, map.area), words, theme.text);
        }
    }
    painter.restore();
}

void drawPointer(QPainter& painter, const PlotModel& model, const PlotMap& map, const PointerMarks& marks,
                 const QSizeF& size) {
    const Theme& theme = model.theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (marks.hasFocus) {
        QColor ring = theme.accent;
        ring.setAlphaF(0.6f);
        painter.setPen(QPen(ring, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(QPointF(), size).adjusted(1, 1, -1, -1), space::radius, space::radius);
    }
    painter.setClipRect(map.area.adjusted(-6, -6, 6, 6));
    if (marks.nearest) {
        QColor hair = theme.muted;
        hair.setAlphaF(0.55f);
        painter.setPen(QPen(hair, 1, Qt::DotLine));
        // On whole pixels, so that the hair is sharp.
        const QPointF at(std::round(marks.nearest->x()) + 0.5, std::round(marks.nearest->y()) + 0.5);
        painter.drawLine(QPointF(at.x(), map.area.top()), QPointF(at.x(), map.area.bottom()));
        painter.drawLine(QPointF(map.area.left(), at.y()), QPointF(map.area.right(), at.y()));
        drawMarker(painter, Marker::Circle, *marks.nearest, 8,
                   {.fill = marks.colour, .outline = theme.panel, .outlineWidth = 1.5, .hollow = true});
    }
    QColor fill = theme.accent;
    fill.setAlphaF(0.12f);
    painter.setPen(QPen(theme.accent, 1));
    painter.setBrush(fill);
    if (marks.band) painter.drawRect(*marks.band);
    if (marks.lasso.size() > 1) painter.drawPolygon(marks.lasso);
    if (marks.keyboard) {
        painter.setPen(QPen(theme.accent, 1.5));
        for (const QPointF& arm : {QPointF(9, 0), QPointF(0, 9)}) {
            painter.drawLine(*marks.keyboard - arm, *marks.keyboard - arm / 3);
            painter.drawLine(*marks.keyboard + arm / 3, *marks.keyboard + arm);
        }
    }
    painter.restore();
}

}  // namespace latent::desktop

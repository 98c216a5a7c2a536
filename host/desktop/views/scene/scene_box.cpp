// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/scene/scene_box.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "desktop/views/plot/axis_ticks.hpp"
#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {

namespace {

constexpr double kTick_px = 4, kGap_px = 4, kTitleGap_px = 6;
/// An axis that points at the eye shows no numbers.
constexpr double kShortest_px = 24;
constexpr double kFewTicks_px = 36, kClear_px = 10;

using Corner = std::array<double, 3>;  ///< −1 or 1 along each axis, or any part of it

class BoxPen {
  public:
    BoxPen(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged)
        : m_painter(painter),
          m_model(model),
          m_arranged(arranged),
          m_theme(model.theme),
          m_metrics(model.theme.small) {
        const std::array<Vector, 3> units{Vector{1, 0, 0}, Vector{0, 1, 0}, Vector{0, 0, 1}};
        // The face of each axis that lies behind the scene.
        for (std::size_t a = 0; a < 3; ++a) m_far[a] = arranged.eye.see(units[a]).near > 1e-9 ? -1 : 1;
        for (std::size_t a = 0; a < 3; ++a) m_edges[a] = edgeOf(a);
        for (std::size_t a = 0; a < 3; ++a) m_ticks[a] = ticksOf(a);
    }

    void grid() {
        for (std::size_t face = 0; face < 3; ++face) {
            const std::size_t b = (face + 1) % 3, c = (face + 2) % 3;
            m_painter.setPen(QPen(m_theme.grid, 1));
            for (const auto& [along, other] : {std::pair(b, c), std::pair(c, b)})
                for (const double place : m_ticks[along].places) {
                    Corner from{}, to{};
                    from[face] = to[face] = m_far[face];
                    from[along] = to[along] = partOf(along, place);
                    from[other] = -1, to[other] = 1;
                    line(from, to);
                }
        }
        // Edges of the faces behind; those in front would only cover the points.
        m_painter.setPen(QPen(m_theme.axis, m_theme.axisWidth));
        for (std::size_t a = 0; a < 3; ++a)
            for (const double s : {-1.0, 1.0})
                for (const double t : {-1.0, 1.0}) {
                    const std::size_t b = (a + 1) % 3, c = (a + 2) % 3;
                    if (s != m_far[b] && t != m_far[c]) continue;
                    Corner from{}, to{};
                    from[b] = to[b] = s;
                    from[c] = to[c] = t;
                    from[a] = -1, to[a] = 1;
                    line(from, to);
                }
    }

    void words() {
        m_painter.setFont(m_theme.small);
        for (std::size_t a = 0; a < 3; ++a) axis(a);
    }

  private:
    struct Edge {
        Corner from{}, to{};
        QPointF a, b, outwards;
        double length = 0;
    };

    QPointF pixel(const Corner& corner) const {
        const auto& axes = m_model.axes;
        return m_arranged.pixel(
            Vector{corner[0] * axes[0].half, corner[1] * axes[1].half, corner[2] * axes[2].half});
    }

    double partOf(std::size_t a, double place) const {
        const SceneAxis& axis = m_model.axes[a];
        return axis.place(axis.scale.value(place)) / axis.half;
    }

    void line(const Corner& from, const Corner& to) {
        QPointF a = pixel(from), b = pixel(to);
        if (clipSegment(a, b, m_arranged.area)) m_painter.drawLine(a, b);
    }

    /// Of the two edges at the outline the lower one, for the upright axis the left one.
    Edge edgeOf(std::size_t a) const {
        const std::size_t b = (a + 1) % 3, c = (a + 2) % 3;
        Edge best;
        double most = -INFINITY;
        for (const bool isFirst : {true, false}) {
            Edge edge;
            edge.from[b] = edge.to[b] = isFirst ? m_far[b] : -m_far[b];
            edge.from[c] = edge.to[c] = isFirst ? -m_far[c] : m_far[c];
            edge.from[a] = -1, edge.to[a] = 1;
            edge.a = pixel(edge.from), edge.b = pixel(edge.to);
            const QPointF middle = (edge.a + edge.b) / 2, along = edge.b - edge.a;
            edge.length = std::hypot(along.x(), along.y());
            const double rank = a == 2 ? -middle.x() : middle.y();
            if (rank <= most) continue;
            most = rank;
            const QPointF away = middle - m_arranged.middle, side(-along.y(), along.x());
            const double sign = side.x() * away.x() + side.y() * away.y() < 0 ? -1 : 1;
            edge.outwards = edge.length > 0 ? side * (sign / edge.length) : QPointF(0, 1);
            best = edge;
        }
        return best;
    }

    AxisTicks ticksOf(std::size_t a) const {
        const Edge& edge = m_edges[a];
        const SceneAxis& axis = m_model.axes[a];
        const double length = std::max(edge.length, kShortest_px);
        const double dx = std::abs(edge.b.x() - edge.a.x()) / length,
                     dy = std::abs(edge.b.y() - edge.a.y()) / length;
        const TickRoom room{.length_px = length,
                            .leastGap_px = kFewTicks_px,
                            .clear_px = kClear_px,
                            .extent_px = [&](const QString& words) {
                                return std::min(dx > 0.01 ? m_metrics.horizontalAdvance(words) / dx : 1e9,
                                                dy > 0.01 ? m_metrics.height() / dy : 1e9);
                            }};
        return axisTicks(axis.scale, axis.axis->categories, axis.scale.place(axis.range.low),
                         axis.scale.place(axis.range.high), room);
    }

    /// How far a level rectangle reaches along a direction from its middle.
    double halfAlong(const QPointF& direction, const QSizeF& size) const {
        return (std::abs(direction.x()) * size.width() + std::abs(direction.y()) * size.height()) / 2;
    }

    void write(const QString& words, const QPointF& middle) {
        m_painter.drawText(QPointF(middle.x() - m_metrics.horizontalAdvance(words) / 2,
                                   middle.y() + (m_metrics.ascent() - m_metrics.descent()) / 2),
                           words);
    }

    void axis(std::size_t a) {
        const Edge& edge = m_edges[a];
        if (edge.length < kShortest_px) return;
        const AxisTicks& ticks = m_ticks[a];
        double reach = 0;
        for (std::size_t i = 0; i < ticks.places.size(); ++i) {
            const QPointF at = edge.a + (edge.b - edge.a) * ((partOf(a, ticks.places[i]) + 1) / 2);
            const QSizeF size(m_metrics.horizontalAdvance(ticks.labels[i]), m_metrics.ascent());
            const double half = halfAlong(edge.outwards, size);
            reach = std::max(reach, 2 * half);
            if (!m_arranged.area.contains(at)) continue;
            m_painter.setPen(QPen(m_theme.axis, m_theme.axisWidth));
            m_painter.drawLine(at, at + edge.outwards * kTick_px);
            // Where two axes meet, the number of the first one stays.
            const QPointF middle = at + edge.outwards * (kTick_px + kGap_px + half);
            const QRectF room(middle - QPointF(size.width() / 2, size.height() / 2), size);
            if (std::any_of(m_taken.begin(), m_taken.end(), [&](const QRectF& other) {
                    return other.adjusted(-6, -2, 6, 2).intersects(room);
                }))
                continue;
            m_taken.push_back(room);
            m_painter.setPen(m_theme.muted);
            write(ticks.labels[i], middle);
        }
        const QString all = QString::fromStdString(m_model.axes[a].axis->text());
        if (all.isEmpty()) return;
        const QRectF area = m_arranged.area.adjusted(2, 2, -2, -2);
        // The upright axis is upright on the screen too; its title is turned as in the plane.
        const bool isUpright = a == 2;
        const QString title =
            m_metrics.elidedText(all, Qt::ElideRight, isUpright ? area.height() - 4 : area.width() * 0.5);
        const QSizeF level(m_metrics.horizontalAdvance(title), m_metrics.height()),
            size = isUpright ? level.transposed() : level;
        QPointF middle = (edge.a + edge.b) / 2 + edge.outwards * (kTick_px + kGap_px + reach + kTitleGap_px +
                                                                  halfAlong(edge.outwards, size));
        middle.setX(std::clamp(middle.x(), area.left() + size.width() / 2,
                               std::max(area.left() + size.width() / 2, area.right() - size.width() / 2)));
        middle.setY(std::clamp(middle.y(), area.top() + size.height() / 2,
                               std::max(area.top() + size.height() / 2, area.bottom() - size.height() / 2)));
        m_painter.setPen(m_theme.muted);
        m_painter.save();
        m_painter.translate(middle);
        if (isUpright) m_painter.rotate(-90);
        write(title, QPointF());
        m_painter.restore();
    }

    QPainter& m_painter;
    const SceneModel& m_model;
    const SceneArrangement& m_arranged;
    const Theme& m_theme;
    QFontMetricsF m_metrics;
    std::array<double, 3> m_far{};
    std::array<Edge, 3> m_edges;
    std::array<AxisTicks, 3> m_ticks;
    std::vector<QRectF> m_taken;  ///< by numbers
};

}  // namespace

void drawBox(QPainter& painter, const SceneModel& model, const SceneArrangement& arranged) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    BoxPen pen(painter, model, arranged);
    pen.grid();
    pen.words();
    painter.restore();
}

}  // namespace latent::desktop

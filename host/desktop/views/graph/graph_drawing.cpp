// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_drawing.hpp"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "desktop/views/field/raster_drawing.hpp"
#include "desktop/views/graph/edge_edit.hpp"
#include "desktop/views/graph/label_room.hpp"
#include "desktop/views/plot/colour_bar.hpp"
#include "desktop/views/plot/polyline_clip.hpp"

namespace latent::desktop {

using engine::figures::Graph;

namespace {

constexpr double kThinnest_px = 0.8, kThickest_px = 4, kPlain_px = 1.2;
constexpr std::size_t kMostLabels = 600, kMostArrows = 4000, kMostSmooth = 20'000;
constexpr double kArrow_px = 7, kCross_px = 5;

QColor mixed(const QColor& a, const QColor& b, double part) {
    const auto mix = [part](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * part)); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

class GraphPen {
  public:
    GraphPen(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
             const Theme& theme)
        : m_painter(painter),
          m_content(content),
          m_graph(content.graph()),
          m_arranged(arranged),
          m_theme(theme) {}

    void edge(std::size_t e, const QColor& colour, double wider = 0) {
        const auto& ends = m_graph.edges[e];
        const bool isPlain = !m_content.isBent[e] && ends.from != ends.to;
        QPointF a = m_arranged.at[ends.from], b = m_arranged.at[ends.to];
        if (isPlain && !(std::isfinite(a.x() + b.x()) && clipSegment(a, b, m_arranged.area))) return;
        const QPolygonF way = wayOf(m_content, m_arranged, e);
        if (way.size() < 2) return;
        const double width = widthOf(e) + wider;
        QPen pen(colour, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
        if (m_graph.weighted && ends.weight < 0)
            pen.setDashPattern({std::max(2.0, 5 / width), std::max(1.5, 3 / width)});
        const bool hasArrow = m_graph.directed && m_graph.edges.size() <= kMostArrows;
        m_painter.setPen(pen);
        m_painter.setBrush(Qt::NoBrush);
        // SVG knows no clipping here, so that what leaves the area is cut.
        QPolygonF drawn = way;
        const QPointF tip = way.last();
        const double size = kArrow_px + 1.5 * (width - 1);
        if (hasArrow) {
            // The line ends within the arrow; on a bent one the arrow points along the last stretch of its own length.
            while (drawn.size() > 2 && std::hypot(drawn[drawn.size() - 2].x() - tip.x(),
                                                  drawn[drawn.size() - 2].y() - tip.y()) < size)
                drawn.remove(drawn.size() - 2);
            const QPointF back = drawn[drawn.size() - 2] - tip;
            const double length = std::hypot(back.x(), back.y());
            if (length > 0) drawn.last() = tip + back * std::min(1.0, 0.7 * size / length);
        }
        if (m_arranged.area.contains(drawn.boundingRect())) {
            m_painter.drawPolyline(drawn);
        } else {
            for (qsizetype i = 1; i < drawn.size(); ++i) {
                QPointF from = drawn[i - 1], to = drawn[i];
                if (clipSegment(from, to, m_arranged.area)) m_painter.drawLine(from, to);
            }
        }
        const QPointF along = tip - drawn[drawn.size() - 2];
        const double length = std::hypot(along.x(), along.y());
        if (hasArrow && length > 0 && m_arranged.area.contains(tip)) arrow(tip, along / length, size, colour);
    }

    void node(std::size_t i, bool isFocus = false) {
        if (!m_arranged.isSeen(i)) return;
        const double r = m_arranged.radius_px[i];
        const QColor fill = fillOf(i);
        const bool isMissing = m_content.hasColours() && !std::isfinite(m_graph.colour[i]);
        m_painter.setPen(isMissing ? QPen(m_theme.hatch, std::min(2.0, r * 0.6))
                         : r >= 3  ? QPen(m_theme.panel, 1.2)
                                   : QPen(Qt::NoPen));
        m_painter.setBrush(isMissing ? m_theme.panel : fill);
        m_painter.drawEllipse(m_arranged.at[i], r, r);
        if (!isFocus) return;
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_theme.accent, 2));
        m_painter.drawEllipse(m_arranged.at[i], r + 2.5, r + 2.5);
    }

    /// Inside of large nodes, else beside them where there is room; `always`: even without room.
    void name(std::size_t i, LabelRoom& room, bool always = false) {
        const QString words = m_content.name(i);
        if (words.isEmpty() || !m_arranged.isSeen(i)) return;
        const QFontMetricsF metrics(m_theme.small);
        const QSizeF size(metrics.horizontalAdvance(words), metrics.ascent() + metrics.descent());
        const QPointF at = m_arranged.at[i];
        const double r = m_arranged.radius_px[i], away = r + 2;
        const bool isMissing = m_content.hasColours() && !std::isfinite(m_graph.colour[i]);
        if (size.width() <= 2 * r - 4 && metrics.ascent() <= 2 * r - 3) {
            m_painter.setPen(isMissing ? m_theme.text : inkOn(fillOf(i)));
            m_painter.drawText(
                QPointF(at.x() - size.width() / 2, at.y() + (metrics.ascent() - metrics.descent()) / 2),
                words);
            return;
        }
        const QRectF places[] = {QRectF(at + QPointF(away, -size.height() / 2), size),
                                 QRectF(at + QPointF(-size.width() / 2, -away - size.height()), size),
                                 QRectF(at + QPointF(-away - size.width(), -size.height() / 2), size),
                                 QRectF(at + QPointF(-size.width() / 2, away), size)};
        for (const QRectF& place : places) {
            if (!room.isFree(place.adjusted(-1, 0, 1, 0))) continue;
            room.take(place);
            return write(place, words);
        }
        if (always) write(places[0].right() > m_arranged.area.right() ? places[2] : places[0], words);
    }

    void takeNodes(LabelRoom& room) {
        for (std::size_t i = 0; i < m_graph.nodes; ++i) {
            const double r = m_arranged.radius_px[i];
            if (m_arranged.isSeen(i))
                room.take(QRectF(m_arranged.at[i] - QPointF(r, r), QSizeF(2 * r, 2 * r)));
        }
    }

    /// Paler the more edges there are, so that the nodes stay the figure.
    QColor edgeColour() const {
        const double density = std::clamp(
            std::log10(static_cast<double>(std::max<std::size_t>(m_graph.edges.size(), 1))) / 5, 0.0, 1.0);
        return mixed(m_theme.muted, m_theme.panel, 0.15 + 0.6 * density);
    }

  private:
    double widthOf(std::size_t e) const {
        return m_graph.weighted ? kThinnest_px + (kThickest_px - kThinnest_px) * m_content.weight(e)
               : m_graph.edges.size() > 2000 ? kThinnest_px
                                             : kPlain_px;
    }

    QColor fillOf(std::size_t i) const {
        QColor fill =
            m_content.hasColours() ? QColor(m_content.map.at(m_graph.colour[i])) : m_theme.categories[0];
        // What is far away is paler, unless colours stand for values.
        return m_arranged.near.empty() || m_content.hasColours()
                   ? fill
                   : mixed(fill, m_theme.panel, 0.5 * std::clamp(0.5 - m_arranged.near[i] / 2, 0.0, 1.0));
    }

    void arrow(const QPointF& tip, const QPointF& along, double size, const QColor& colour) {
        const QPointF side(-along.y(), along.x());
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(colour);
        m_painter.drawPolygon(QPolygonF{tip, tip - along * size + side * (size * 0.42),
                                        tip - along * size - side * (size * 0.42)});
    }

    void write(const QRectF& place, const QString& words) {
        const QFontMetricsF metrics(m_theme.small);
        const QPointF baseline(place.left(), place.top() + metrics.ascent());
        // A rim of the ground, so that names stay readable over edges.
        QPainterPath letters;
        letters.addText(baseline, m_theme.small, words);
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_theme.panel, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        m_painter.drawPath(letters);
        m_painter.setPen(m_theme.text);
        m_painter.drawText(baseline, words);
    }

    QPainter& m_painter;
    const GraphContent& m_content;
    const Graph& m_graph;
    const GraphArrangement& m_arranged;
    const Theme& m_theme;
};

void drawFoot(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
              const Theme& theme) {
    if (content.withoutPlace == 0) return;
    const QFontMetricsF metrics(theme.small);
    painter.setPen(theme.muted);
    painter.drawText(
        QPointF(arranged.area.left() + 4, arranged.area.bottom() + 2 + metrics.ascent()),
        QCoreApplication::translate("latent::desktop::GraphCanvas", "Nodes without a position: %1.")
            .arg(content.withoutPlace));
}

void fade(QPainter& painter, const QRectF& area, const Theme& theme) {
    QColor ground = theme.panel;
    ground.setAlphaF(0.78f);
    painter.fillRect(area, ground);
}

}  // namespace

void drawGraph(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
               const Theme& theme) {
    const Graph& graph = content.graph();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, graph.edges.size() <= kMostSmooth);
    painter.setFont(theme.small);
    GraphPen pen(painter, content, arranged, theme);
    const QColor colour = pen.edgeColour();
    for (std::size_t e = 0; e < graph.edges.size(); ++e) pen.edge(e, colour);
    painter.setRenderHint(QPainter::Antialiasing);
    std::vector<std::size_t> order(graph.nodes);
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Far nodes first; in the plane large ones first, so that small ones are not hidden behind them.
    if (!arranged.near.empty())
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return arranged.near[a] < arranged.near[b]; });
    else
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return arranged.radius_px[a] > arranged.radius_px[b];
        });
    for (const std::size_t node : order) pen.node(node);
    LabelRoom room(arranged.area);
    pen.takeNodes(room);
    for (std::size_t i = 0; i < std::min(content.byImportance.size(), kMostLabels); ++i)
        pen.name(content.byImportance[i], room);
    if (!arranged.bar.isEmpty()) ColourBar(graph.colours, content.map, theme).draw(painter, arranged.bar);
    drawFoot(painter, content, arranged, theme);
    painter.restore();
}

void drawNeighbourhood(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                       std::size_t node, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    fade(painter, arranged.area, theme);
    GraphPen pen(painter, content, arranged, theme);
    const Neighbours& neighbours = content.neighbours;
    for (std::size_t i = 0; i < neighbours.degree(node); ++i)
        pen.edge(neighbours.edge(node, i), theme.accent, 0.5);
    LabelRoom room(arranged.area);
    for (const std::size_t* next = neighbours.begin(node); next != neighbours.end(node); ++next)
        pen.node(*next);
    pen.node(node, true);
    pen.takeNodes(room);
    pen.name(node, room, true);
    for (const std::size_t* next = neighbours.begin(node); next != neighbours.end(node); ++next)
        pen.name(*next, room);
    painter.restore();
}

void drawOneEdge(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                 std::size_t edge, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    GraphPen pen(painter, content, arranged, theme);
    pen.edge(edge, theme.accent, 1);
    LabelRoom room(arranged.area);
    for (const std::size_t end : {content.graph().edges[edge].from, content.graph().edges[edge].to}) {
        pen.node(end, true);
        pen.name(end, room, true);
    }
    painter.restore();
}

void drawConnection(QPainter& painter, const GraphContent& content, const GraphArrangement& arranged,
                    std::size_t end, std::optional<std::size_t> other, std::optional<QPointF> pointer,
                    const Theme& theme) {
    if (!std::isfinite(arranged.at[end].x())) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    const bool isPair = other && *other != end && arranged.isSeen(*other);
    const bool goes = isPair && hasEdge(content.graph(), end, *other);
    std::vector<std::size_t> ends{end};
    if (isPair) ends.push_back(*other);
    GraphPen pen(painter, content, arranged, theme);
    LabelRoom room(arranged.area);
    pen.takeNodes(room);
    for (const std::size_t node : ends) pen.name(node, room, true);
    QPointF from = arranged.at[end], to = isPair ? arranged.at[*other] : pointer.value_or(from);
    if (clipSegment(from, to, arranged.area)) {
        painter.setPen(
            QPen(goes ? theme.bad : theme.accent, 2, isPair && !goes ? Qt::SolidLine : Qt::DashLine));
        painter.drawLine(from, to);
        if (goes) {
            const QPointF middle = (from + to) / 2;
            painter.setPen(QPen(theme.bad, 2));
            for (const QPointF& arm : {QPointF(kCross_px, kCross_px), QPointF(kCross_px, -kCross_px)})
                painter.drawLine(middle - arm, middle + arm);
        }
    }
    for (const std::size_t node : ends) pen.node(node, true);
    painter.restore();
}

}  // namespace latent::desktop

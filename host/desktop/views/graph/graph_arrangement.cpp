// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_arrangement.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "desktop/views/plot/colour_bar.hpp"

namespace latent::desktop {

using engine::figures::Graph;

namespace {

constexpr double kEdge_px = 8, kBarGap_px = 16, kLongestBar_px = 240;
constexpr double kReach_px = 6, kEdgeReach_px = 4;
constexpr std::size_t kMostEdgesAsked = 20'000;
constexpr double kBend = 0.14;  ///< of an edge's length
constexpr int kBendPoints = 24;

double plainRadius(std::size_t nodes) {
    if (nodes <= 30) return 11;
    if (nodes <= 80) return 8;
    if (nodes <= 250) return 5.5;
    return nodes <= 1000 ? 4 : nodes <= 5000 ? 2.5 : 1.5;
}

struct Extent {
    double left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;
    void add(const QPointF& place) {
        if (!std::isfinite(place.x() + place.y())) return;
        left = std::min(left, place.x()), right = std::max(right, place.x());
        bottom = std::min(bottom, place.y()), top = std::max(top, place.y());
    }
    bool isEmpty() const { return !(right >= left); }
    QPointF middle() const { return {(left + right) / 2, (bottom + top) / 2}; }
};

double distanceTo(const QPointF& p, const QPointF& a, const QPointF& b) {
    const QPointF d = b - a, e = p - a;
    const double length2 = d.x() * d.x() + d.y() * d.y();
    const double t = length2 > 0 ? std::clamp((e.x() * d.x() + e.y() * d.y()) / length2, 0.0, 1.0) : 0;
    return std::hypot(e.x() - t * d.x(), e.y() - t * d.y());
}

/// From the rim of one disc to the rim of the other; arrows need their tip outside of the node.
QPolygonF between(const QPolygonF& way, double fromRadius, double toRadius) {
    QPolygonF cut;
    for (qsizetype i = 0; i < way.size(); ++i) {
        const double a = std::hypot(way[i].x() - way.first().x(), way[i].y() - way.first().y());
        const double b = std::hypot(way[i].x() - way.last().x(), way[i].y() - way.last().y());
        if (i > 0 && i + 1 < way.size() && (a < fromRadius || b < toRadius)) continue;
        cut << way[i];
    }
    const auto shorten = [](QPointF& end, const QPointF& next, double by) {
        const double length = std::hypot(next.x() - end.x(), next.y() - end.y());
        if (length > by) end += (next - end) * (by / length);
    };
    shorten(cut.first(), cut[1], fromRadius);
    shorten(cut.last(), cut[cut.size() - 2], toRadius);
    return cut;
}

}  // namespace

QPointF GraphArrangement::pixel(const QPointF& place) const {
    return {area.center().x() + (place.x() - middle.x()) * perUnit,
            area.center().y() - (place.y() - middle.y()) * perUnit};
}

QPointF GraphArrangement::place(const QPointF& pixel) const {
    return {middle.x() + (pixel.x() - area.center().x()) / perUnit,
            middle.y() - (pixel.y() - area.center().y()) / perUnit};
}

bool GraphArrangement::isSeen(std::size_t node) const {
    const double r = radius_px[node];
    return std::isfinite(at[node].x()) && area.adjusted(-r, -r, r, r).contains(at[node]);
}

std::optional<std::size_t> GraphArrangement::nodeAt(const QPointF& position) const {
    std::optional<std::size_t> best;
    double least = kReach_px;
    if (!area.contains(position)) return best;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const double away = std::hypot(at[i].x() - position.x(), at[i].y() - position.y()) - radius_px[i];
        // Of several the nearer one to the eye, else the one drawn last, which lies on top.
        if (!(away <= least)) continue;
        if (best && away < 0 && least <= 0 && !near.empty() && near[i] < near[*best]) continue;
        least = std::max(away, 0.0);
        best = i;
    }
    return best;
}

GraphArrangement arrange(const GraphContent& content, const GraphView& view, const QRectF& area,
                         const Theme& theme) {
    const Graph& graph = content.graph();
    GraphArrangement made;
    made.area = area;
    if (content.hasBar()) {
        const double height = std::min(area.height() - 2 * kEdge_px, kLongestBar_px);
        const double width = ColourBar(graph.colours, content.map, theme).width(height);
        made.area.setRight(std::max(area.left() + 40, area.right() - width - kBarGap_px));
        made.bar = QRectF(made.area.right() + kBarGap_px, area.top() + kEdge_px, width, height);
    }
    if (content.withoutPlace > 0)
        made.area.setBottom(
            std::max(area.top() + 40, area.bottom() - std::ceil(QFontMetricsF(theme.small).height()) - 4));
    std::vector<QPointF> places = *content.places;
    Extent extent;
    if (content.isInSpace()) {
        const Eye eye(view.camera);
        made.near.resize(graph.nodes);
        for (std::size_t i = 0; i < graph.nodes; ++i) {
            const Seen seen = eye.see(content.space[i]);
            places[i] = {seen.across, seen.up};
            made.near[i] = seen.near;
        }
        // The same scale from wherever it is looked at.
        double reach = 0.1;
        for (const Vector& p : content.space)
            if (std::isfinite(p.x + p.y + p.z))
                reach = std::max(reach, std::sqrt(p.x * p.x + p.y * p.y + p.z * p.z));
        extent = {-reach, reach, -reach, reach};
    } else {
        for (const QPointF& place : places) extent.add(place);
        for (const auto& [node, place] : view.moved)
            if (node < places.size() && std::isfinite(places[node].x())) places[node] = place;
    }
    if (extent.isEmpty()) extent = {0, 1, 0, 1};
    const double spacing = std::sqrt(made.area.width() * made.area.height() /
                                     static_cast<double>(std::max<std::size_t>(graph.nodes, 1)));
    const double paper = theme.kind == Theme::Kind::Paper ? 0.8 : 1;
    const double plain = std::min(plainRadius(graph.nodes) * paper,
                                  std::max(1.5, spacing * (content.isInSpace() ? 0.14 : 0.28))) *
                         std::clamp(std::sqrt(view.zoom), 0.7, 3.0);
    const bool hasSizes = graph.size.size() == graph.nodes;
    made.radius_px.resize(graph.nodes);
    for (std::size_t i = 0; i < graph.nodes; ++i)
        made.radius_px[i] = hasSizes ? std::max(2.0, 1.6 * plain * std::sqrt(graph.size[i])) : plain;
    const bool hasLoops = std::any_of(graph.edges.begin(), graph.edges.end(),
                                      [](const auto& edge) { return edge.from == edge.to; });
    const double margin =
        (hasSizes ? 1.6 : 1) * plain * (hasLoops ? 2.6 : 1) + kEdge_px + (graph.nodes <= 250 ? 12 : 0);
    const double width = extent.right - extent.left, height = extent.top - extent.bottom;
    const double home =
        std::min(std::max(20.0, made.area.width() - 2 * margin) / std::max(width, 1e-9 * (1 + height)),
                 std::max(20.0, made.area.height() - 2 * margin) / std::max(height, 1e-9 * (1 + width)));
    made.perUnit = (width == 0 && height == 0 ? 1 : home) * view.zoom;
    made.extent = width == 0 && height == 0 ? 1 : std::max(width, height);
    made.middle = extent.middle() + view.shift * made.extent;
    made.at.resize(graph.nodes);
    for (std::size_t i = 0; i < graph.nodes; ++i) made.at[i] = made.pixel(places[i]);
    return made;
}

QPolygonF wayOf(const GraphContent& content, const GraphArrangement& arranged, std::size_t edge) {
    const auto& ends = content.graph().edges[edge];
    const QPointF from = arranged.at[ends.from], to = arranged.at[ends.to];
    if (!std::isfinite(from.x() + from.y() + to.x() + to.y())) return {};
    if (ends.from == ends.to) {
        // A loop stands above its node.
        const double r = std::max(4.0, arranged.radius_px[ends.from]);
        QPolygonF loop;
        for (int i = 0; i <= 2 * kBendPoints; ++i) {
            const double angle = M_PI / 2 + 0.6 + (2 * M_PI - 1.2) * i / (2 * kBendPoints);
            loop << from + QPointF(0.9 * r * std::cos(angle), -1.5 * r + 0.9 * r * std::sin(angle));
        }
        return loop;
    }
    QPolygonF way{from, to};
    if (content.isBent[edge]) {
        const QPointF along = to - from, side(-along.y(), along.x());
        way.clear();
        for (int i = 0; i <= kBendPoints; ++i) {
            const double t = static_cast<double>(i) / kBendPoints;
            way << from + along * t + side * (4 * kBend * t * (1 - t));
        }
    }
    const double length = std::hypot(to.x() - from.x(), to.y() - from.y());
    const double a = arranged.radius_px[ends.from], b = arranged.radius_px[ends.to];
    return length > a + b + 1 ? between(way, a, b) : way;
}

std::optional<std::size_t> edgeAt(const GraphContent& content, const GraphArrangement& arranged,
                                  const QPointF& position) {
    const auto& edges = content.graph().edges;
    if (edges.size() > kMostEdgesAsked || !arranged.area.contains(position)) return std::nullopt;
    std::optional<std::size_t> best;
    double least = kEdgeReach_px;
    for (std::size_t e = 0; e < edges.size(); ++e) {
        if (!content.isBent[e] && edges[e].from != edges[e].to) {
            const double away = distanceTo(position, arranged.at[edges[e].from], arranged.at[edges[e].to]);
            if (away < least) least = away, best = e;
            continue;
        }
        const QPolygonF way = wayOf(content, arranged, e);
        for (qsizetype i = 1; i < way.size(); ++i)
            if (const double away = distanceTo(position, way[i - 1], way[i]); away < least)
                least = away, best = e;
    }
    return best;
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/graph_content.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <numeric>
#include <set>

#include "desktop/views/graph/layer_layout.hpp"

namespace latent::desktop {

using engine::figures::Graph;

namespace {

constexpr std::size_t kRemembered = 16, kQuickNodes = 200;

/// What a layout depends on; its edges as one number.
struct Structure {
    std::size_t nodes = 0, edges = 0;
    std::uint64_t ends = 0;
    std::string layout;
    bool directed = false;
    bool operator==(const Structure&) const = default;
};

Structure structureOf(const Graph& graph) {
    Structure structure{graph.nodes, graph.edges.size(), 1469598103934665603ull, graph.layout,
                        graph.directed};
    for (const auto& edge : graph.edges)
        for (const std::size_t end : {edge.from, edge.to})
            structure.ends = (structure.ends ^ end) * 1099511628211ull;
    return structure;
}

class Remembered {
  public:
    NodePlaces find(const Structure& structure) {
        const std::lock_guard lock(m_mutex);
        for (const auto& [known, places] : m_known)
            if (known == structure) return places;
        return nullptr;
    }
    void keep(const Structure& structure, const NodePlaces& places) {
        const std::lock_guard lock(m_mutex);
        m_known.emplace_front(structure, places);
        if (m_known.size() > kRemembered) m_known.pop_back();
    }

  private:
    std::mutex m_mutex;
    std::deque<std::pair<Structure, NodePlaces>> m_known;
};

Remembered& remembered() {
    static Remembered all;
    return all;
}

NodePlaces layoutOf(const Graph& graph) {
    const Structure structure = structureOf(graph);
    if (NodePlaces known = remembered().find(structure)) return known;
    auto places = std::make_shared<const std::vector<QPointF>>(layOutNodes(graph));
    remembered().keep(structure, places);
    return places;
}

NodePlaces givenOf(const Graph& graph) {
    std::vector<QPointF> places(graph.nodes, QPointF(NAN, NAN));
    for (std::size_t i = 0; i < std::min({graph.nodes, graph.x.size(), graph.y.size()}); ++i)
        if (std::isfinite(graph.x[i]) && std::isfinite(graph.y[i])) places[i] = {graph.x[i], graph.y[i]};
    return std::make_shared<const std::vector<QPointF>>(std::move(places));
}

/// One scale for all three, so that distances mean the same in every direction.
std::vector<Vector> spaceOf(const Graph& graph) {
    if (graph.z.size() != graph.nodes || graph.x.size() != graph.nodes || graph.nodes == 0) return {};
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    const std::vector<double>* all[3] = {&graph.x, &graph.y, &graph.z};
    for (int axis = 0; axis < 3; ++axis)
        for (const double value : *all[axis])
            if (std::isfinite(value))
                low[axis] = std::min(low[axis], value), high[axis] = std::max(high[axis], value);
    const double reach = std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2], 1e-300}) / 2;
    std::vector<Vector> space(graph.nodes);
    for (std::size_t i = 0; i < graph.nodes; ++i) {
        const auto part = [&](int axis) { return ((*all[axis])[i] - (low[axis] + high[axis]) / 2) / reach; };
        space[i] = {part(0), part(1), part(2)};
    }
    return space;
}

std::vector<bool> bentOf(const Graph& graph, const std::vector<QPointF>& places) {
    std::vector<bool> bent(graph.edges.size(), false);
    if (graph.x.empty() && graph.layout == "layers")
        for (std::size_t e = 0; e < graph.edges.size(); ++e)
            bent[e] =
                std::abs(places[graph.edges[e].from].x() - places[graph.edges[e].to].x()) > 1.5 * kLayerGap;
    if (!graph.directed) return bent;
    std::set<std::pair<std::size_t, std::size_t>> known;
    for (const auto& edge : graph.edges) known.emplace(edge.from, edge.to);
    for (std::size_t e = 0; e < graph.edges.size(); ++e)
        bent[e] = bent[e] || (graph.edges[e].from != graph.edges[e].to &&
                              known.contains({graph.edges[e].to, graph.edges[e].from}));
    return bent;
}

}  // namespace

GraphContent::GraphContent(FigurePtr drawn, const Theme& inTheme, NodePlaces known)
    : figure(std::move(drawn)),
      theme(inTheme.kind),
      map(graph().colours, inTheme),
      neighbours(graph()),
      places(known       ? std::move(known)
             : isGiven() ? givenOf(graph())
                         : layoutOf(graph())),
      space(spaceOf(graph())),
      isBent(bentOf(graph(), *places)),
      byImportance(graph().nodes) {
    heaviest = 0;
    for (const auto& edge : graph().edges)
        if (std::isfinite(edge.weight)) heaviest = std::max(heaviest, std::abs(edge.weight));
    for (std::size_t i = 0; i < graph().nodes; ++i) {
        const bool isThere = isInSpace() ? std::isfinite(space[i].x + space[i].y + space[i].z)
                                         : std::isfinite((*places)[i].x());
        if (!isThere) ++withoutPlace;
    }
    std::iota(byImportance.begin(), byImportance.end(), std::size_t{0});
    const auto sizeOf = [&](std::size_t node) { return node < graph().size.size() ? graph().size[node] : 0; };
    std::stable_sort(byImportance.begin(), byImportance.end(), [&](std::size_t a, std::size_t b) {
        if (sizeOf(a) != sizeOf(b)) return sizeOf(a) > sizeOf(b);
        return neighbours.degree(a) > neighbours.degree(b);
    });
}

QString GraphContent::name(std::size_t node) const {
    return node < graph().text.size() ? QString::fromStdString(graph().text[node]) : QString::number(node);
}

double GraphContent::weight(std::size_t edge) const {
    const double own = graph().edges[edge].weight;
    return graph().weighted && heaviest > 0 && std::isfinite(own) ? std::abs(own) / heaviest : 1;
}

GraphContentPtr makeGraphContent(const FigurePtr& figure, const Theme& theme, NodePlaces places) {
    if (!figure || figure->isEmpty) return nullptr;
    const auto* graph = std::get_if<Graph>(&figure->body);
    if (!graph || graph->nodes == 0) return nullptr;
    return std::make_shared<const GraphContent>(figure, theme, std::move(places));
}

bool isSlowToLayOut(const Graph& graph) {
    return graph.x.empty() && (graph.layout == "spring" || graph.layout == "layers") &&
           graph.nodes > kQuickNodes && !remembered().find(structureOf(graph));
}

}  // namespace latent::desktop

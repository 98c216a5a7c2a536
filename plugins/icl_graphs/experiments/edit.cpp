// SPDX-License-Identifier: Apache-2.0
#include "experiments/edit.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

constexpr int kMostPainted = 256;  // nodes: more have no cells that one could hit

/// The edges as the parameter `edges` takes them.
std::string edgeList(const Graph& graph) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [a, b] : graph.edges) list.push_back({a, b});
    return list.dump();
}

Graph paintable(const Parameters& p) {
    Graph graph = graphOf(p);
    if (graph.nodes > kMostPainted)
        throw RunError("The graph has " + std::to_string(graph.nodes) + " nodes; up to " +
                       std::to_string(kMostPainted) + " can be changed here.");
    return graph;
}

}  // namespace

Schema Edit::parameters() {
    Schema schema;
    addGraphParameters(schema);
    return schema;
}

Outputs Edit::outputs(const Parameters& p) {
    const Graph graph = paintable(p);
    std::vector<std::string> names;
    for (int i = 0; i < graph.nodes; ++i) names.push_back(std::to_string(i));
    const Dimension node = fixed("node", graph.nodes), other = fixed("other", graph.nodes);
    Outputs o;
    declareGraph(o, graph, names);
    o.array("other", I32, {other}).label("other node").categories(names);
    o.array("adjacency", F64, {node, other}).units("1").label("edge").description("1 where there is one.");
    o.array("degree", F64, {node}).units("1").label("neighbours");
    o.array("components", I64, {}).label("connected components");
    o.figure(view::heatmap("adjacency")
                 .title("Adjacency: paint to change")
                 .caption("Painted pairs change: their edge goes, or comes. Brush size 1 hits one cell; the "
                          "right button "
                          "takes paint away. Either of the two cells of a pair will do.")
                 .group("Graph")
                 .z("adjacency")
                 .across("other")
                 .down("node")
                 .colours({.limits = {0.0, 1.0}, .title = "edge"})
                 .gesture(view::brush("icl/edit").bind("mask", "changed").label("Take away or add edges")));
    o.figure(
        view::text("parts")
            .group("Graph")
            .words("Connected components: **{components}**. A walk stays in one of them; a node without any "
                   "neighbour is refused.")
            .value("components", "components"));
    return o;
}

void Edit::answer(const Parameters& p, Reply& reply) {
    const Graph graph = paintable(p);
    const auto n = static_cast<std::size_t>(graph.nodes);
    std::vector<double> adjacency(n * n, 0), degree;
    for (const auto& [a, b] : graph.edges)
        for (const auto& [i, j] : {std::pair{a, b}, {b, a}})
            adjacency[static_cast<std::size_t>(i) * n + static_cast<std::size_t>(j)] = 1;
    for (const int d : graph.degrees()) degree.push_back(d);
    const auto components = static_cast<std::int64_t>(graph.components().second);
    describeGraph(graph, [&](const char* name, const ArrayView& view) { reply.array(name, view); });
    reply.array("other", counted(n));
    reply.array("adjacency", {adjacency, {graph.nodes, graph.nodes}});
    reply.array("degree", degree);
    reply.array("components", scalar(components));
    reply.values({{"edges", graph.edges.size()}, {"edge list", edgeList(graph)}});
}

}  // namespace icl_graphs

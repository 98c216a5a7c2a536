// SPDX-License-Identifier: Apache-2.0
#include "experiments/edit.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

constexpr int kMostCells = 256;  // nodes: a larger matrix has no cells that one could see

}  // namespace

Schema Edit::parameters() {
    Schema schema;
    addGraphParameters(schema);
    return schema;
}

Outputs Edit::outputs(const Parameters& p) {
    const Graph graph = graphOf(p);
    std::vector<std::string> names;
    for (int i = 0; i < graph.nodes; ++i) names.push_back(std::to_string(i));
    const Dimension node = fixed("node", graph.nodes), other = fixed("other", graph.nodes);
    Outputs o;
    declareGraph(o, graph, names, "icl/edit", Eigenvectors::LeftOut);
    o.array("degree", F64, {node}).units("1").label("neighbours");
    o.array("components", I64, {}).label("connected components");
    o.figure(
        view::text("parts")
            .group("Graph")
            .words("Connected components: **{components}**. A walk stays in one of them; a node without any "
                   "neighbour is refused.")
            .value("components", "components"));
    if (graph.nodes > kMostCells) return o;
    o.array("other", I32, {other}).label("other node").categories(names);
    o.array("adjacency", F64, {node, other}).units("1").label("edge").description("1 where there is one.");
    o.figure(view::heatmap("adjacency")
                 .title("Adjacency")
                 .group("Graph")
                 .z("adjacency")
                 .across("other")
                 .down("node")
                 .colours({.limits = {0.0, 1.0}, .title = "edge"}));
    return o;
}

void Edit::answer(const Parameters& p, Reply& reply) {
    const Graph graph = graphOf(p);
    const auto n = static_cast<std::size_t>(graph.nodes);
    std::vector<double> degree;
    for (const int d : graph.degrees()) degree.push_back(d);
    const auto components = static_cast<std::int64_t>(graph.components().second);
    describeGraph(
        graph, [&](const char* name, const ArrayView& view) { reply.array(name, view); },
        Eigenvectors::LeftOut);
    reply.array("degree", degree);
    reply.array("components", scalar(components));
    reply.values({{"edges", graph.edges.size()}, {"edge list", nlohmann::json(graph.edges).dump()}});
    if (graph.nodes > kMostCells) return;
    std::vector<double> adjacency(n * n, 0);
    for (const auto& [a, b] : graph.edges)
        for (const auto& [i, j] : {std::pair{a, b}, {b, a}})
            adjacency[static_cast<std::size_t>(i) * n + static_cast<std::size_t>(j)] = 1;
    reply.array("other", counted(n));
    reply.array("adjacency", {adjacency, {graph.nodes, graph.nodes}});
}

}  // namespace icl_graphs

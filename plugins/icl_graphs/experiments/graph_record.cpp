// SPDX-License-Identifier: Apache-2.0
// The graph, and what remembering alone would know of it, as arrays and figures of a run or a reply.
#include <numeric>

#include "experiments/graph_parameters.hpp"
#include "graphs/spectrum.hpp"
#include "measures/baselines.hpp"

namespace icl_graphs {

using namespace latent;

std::vector<std::int32_t> counted(std::size_t count) {
    std::vector<std::int32_t> all(count);
    std::iota(all.begin(), all.end(), 0);
    return all;
}

std::vector<std::int32_t> positionsOf(int length) {
    std::vector<std::int32_t> all(static_cast<std::size_t>(length));
    std::iota(all.begin(), all.end(), 1);
    return all;
}

void declareLayout(Outputs& o, const Graph& graph, const std::vector<std::string>& words) {
    const Dimension node = fixed("node", graph.nodes), edge = fixed("edge", graph.edges.size());
    o.array("node", I32, {node}).label("node").categories(words);
    o.array("edges", I32, {edge, fixed("end", 2)}).label("edge").description("Nodes that each edge joins.");
    o.array("layout_x", F64, {node})
        .units("1")
        .label("x")
        .description(graph.hasCoordinates ? "True coordinates; edges have length 1."
                                          : "A place to draw each node.");
    o.array("layout_y", F64, {node}).units("1").label("y");
}

void sendEdges(const char* name, const Graph& graph, const Send& send) {
    std::vector<std::int32_t> ends;
    for (const auto& [a, b] : graph.edges) ends.insert(ends.end(), {a, b});
    send(name, {ends, {static_cast<std::int64_t>(graph.edges.size()), 2}});
}

void sendLayout(const Graph& graph, const Send& send) {
    std::vector<double> x, y;
    for (const auto& at : graph.position) x.push_back(at[0]), y.push_back(at[1]);
    send("node", counted(static_cast<std::size_t>(graph.nodes)));
    sendEdges("edges", graph, send);
    send("layout_x", x);
    send("layout_y", y);
}

std::string editOf(const Graph& graph) {
    if (graph.edgesGone + graph.edgesAdded == 0) return {};
    return "The edges are those of 'edited_edges': of the " +
           std::to_string(graph.edges.size() + graph.edgesGone - graph.edgesAdded) + " of 'family' " +
           std::to_string(graph.edgesGone) + " are gone, and " + std::to_string(graph.edgesAdded) +
           " others have come.";
}

void declareGraph(Outputs& o, const Graph& graph, const std::vector<std::string>& words, const char* asks,
                  Eigenvectors vectors) {
    const Dimension node = fixed("node", graph.nodes), mode = fixed("mode", graph.nodes);
    declareLayout(o, graph, words);
    o.array("mode", I32, {mode}).label("Laplacian eigenvector");
    o.array("laplacian_value", F64, {mode}).units("1").label("Laplacian eigenvalue");
    if (vectors == Eigenvectors::Kept)
        o.array("laplacian_vector", F64, {mode, node}).units("1").label("Laplacian eigenvector");
    o.array("rayleigh_minimal", F64, {}).units("1").label("λ₂");
    o.array("rayleigh_isotropic", F64, {}).units("1").label("isotropic, tr(L)/(n−1)");
    o.array("rayleigh_maximal", F64, {}).units("1").label("λₙ");
    view::Graph picture = view::graph("graph");
    picture.title("The graph")
        .group("Graph")
        .nodes("node")
        .positions("layout_x", "layout_y")
        .edges("edges")
        .textBy("node");
    if (const std::string edit = editOf(graph); !edit.empty()) picture.caption(edit);
    if (asks)
        picture.gesture(
            view::connect(asks).bind("edges", "edited_edges").label("Add edges or take them away"));
    o.figure(picture);
    o.figure(view::lines("spectrum")
                 .title("Spectrum of the Laplacian")
                 .group("Graph")
                 .x("mode", {.title = "eigenvector, from 0"})
                 .y({.title = "eigenvalue"})
                 .series(view::series("laplacian_value").marker(view::Marker::Circle)));
}

void describeGraph(const Graph& graph, const Send& send, Eigenvectors vectors) {
    const Spectrum s = vectors == Eigenvectors::Kept ? spectrumOf(graph) : Spectrum{eigenvaluesOf(graph), {}};
    const std::vector<double> values(s.values.data(), s.values.data() + s.values.size());
    const RayleighLines lines = rayleighLinesOf(s.values);
    sendLayout(graph, send);
    send("mode", counted(values.size()));
    send("laplacian_value", values);
    if (vectors == Eigenvectors::Kept) {  // a column of Eigen's is a row of the array
        const std::vector<double> rows(s.vectors.data(), s.vectors.data() + s.vectors.size());
        send("laplacian_vector", {rows, {graph.nodes, graph.nodes}});
    }
    send("rayleigh_minimal", scalar(lines.minimal));
    send("rayleigh_isotropic", scalar(lines.isotropic));
    send("rayleigh_maximal", scalar(lines.maximal));
}

void declareSecondGraph(Outputs& o, const GraphStudy& study) {
    if (!study.isMixture()) return;
    o.array("edges_second", I32, {fixed("edge_second", study.graphs[1].edges.size()), fixed("end", 2)})
        .label("edge of the second graph");
    o.array("rayleigh_second_minimal", F64, {}).units("1").label("λ₂ of the second graph");
    o.array("rayleigh_second_isotropic", F64, {}).units("1").label("isotropic, second graph");
    o.figure(view::graph("graph_second")
                 .title("The second graph")
                 .caption("Over the same words, drawn where the first graph has them.")
                 .group("Graph")
                 .nodes("node")
                 .positions("layout_x", "layout_y")
                 .edges("edges_second")
                 .textBy("node"));
}

void describeSecondGraph(const GraphStudy& study, const Send& send) {
    if (!study.isMixture()) return;
    const Graph& graph = study.graphs[1];
    sendEdges("edges_second", graph, send);
    const RayleighLines lines = rayleighLinesOf(graph);
    send("rayleigh_second_minimal", scalar(lines.minimal));
    send("rayleigh_second_isotropic", scalar(lines.isotropic));
}

void declareMemorisation(Outputs& o, std::size_t contexts) {
    const Dimension context = fixed("context", contexts);
    o.array("memorised_once", F64, {context})
        .units("1")
        .label("p₁: a node seen at least once")
        .description("Equation 4.");
    o.array("memorised_twice", F64, {context})
        .units("1")
        .label("p₂: at least twice")
        .description("Equation 5.");
}

void sendMemorisation(int nodes, const std::vector<std::int64_t>& contexts, const Send& send) {
    std::vector<double> once, twice;
    for (const std::int64_t c : contexts) {
        const auto [p1, p2] = memorisation(nodes, static_cast<double>(c));
        once.push_back(p1);
        twice.push_back(p2);
    }
    send("memorised_once", once);
    send("memorised_twice", twice);
}

}  // namespace icl_graphs

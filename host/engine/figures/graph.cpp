// SPDX-License-Identifier: Apache-2.0
// Nodes and edges, from a list of pairs or a matrix.
#include <algorithm>
#include <cmath>

#include "engine/figures/resolver.hpp"

namespace latent::engine::figures {

namespace {

constexpr std::size_t kMostEdges = 200'000;  ///< more cannot be told apart by anybody

}  // namespace

Status Resolver::graph() {
    Graph graph;
    graph.dimension = m_view.at("nodes").get<std::string>();
    graph.layout = textIn(m_view, "layout");
    if (graph.layout.empty() && !m_view.contains("x")) graph.layout = "circle";
    graph.directed = m_view.value("directed", false);
    if (m_view.contains("edges") == m_view.contains("matrix"))
        return refused("a graph needs either \"edges\" or \"matrix\".");
    if (m_view.contains("x") != m_view.contains("y"))
        return refused("\"x\" and \"y\" of the nodes belong together.");

    // How many nodes: as many as the arrays of this figure have along their dimension.
    std::vector<KeptDimension> nodes{{graph.dimension, ~std::uint64_t{0}, 0, 1, 0}};
    std::map<std::string, Picked> parts;
    for (const char* key : {"x", "y", "z", "colour", "size", "text"}) {
        if (!m_view.contains(key)) continue;
        LATENT_TRY(Picked part, m_picker.pick(m_view[key]));
        LATENT_CHECK(m_picker.leave(part, 1, key));
        LATENT_CHECK(m_picker.within(part, nodes, key));
        if (part) parts.emplace(key, part);
    }
    if (nodes[0].size == ~std::uint64_t{0}) nodes[0].size = 0;
    if (const char* key = "matrix"; nodes[0].size == 0 && m_view.contains(key)) {
        LATENT_TRY(const Picked matrix, m_picker.pick(m_view[key]));
        if (const KeptDimension* d = matrix.find(graph.dimension)) nodes[0].size = d->size;
    }
    if (nodes[0].size == 0) nodes[0].size = m_picker.arrays().extentOf(graph.dimension);
    const std::uint64_t count = nodes[0].size;
    LATENT_CHECK(m_picker.take(count));
    graph.nodes = static_cast<std::size_t>(count);

    const auto numbersOf = [&](const char* key, std::vector<double>& to) -> Status {
        const auto part = parts.find(key);
        if (part == parts.end()) return ok();
        LATENT_TRY(to, m_picker.numbers(part->second, nodes));
        return ok();
    };
    if (parts.contains("x") && parts.contains("y")) {
        LATENT_CHECK(numbersOf("x", graph.x));
        LATENT_CHECK(numbersOf("y", graph.y));
        LATENT_CHECK(numbersOf("z", graph.z));
    } else if (graph.layout.empty()) {
        graph.layout = "circle";  // until the positions are there
    }
    LATENT_CHECK(numbersOf("colour", graph.colour));
    LATENT_CHECK(numbersOf("size", graph.size));
    double largest = 0;
    for (const double size : graph.size)
        if (std::isfinite(size)) largest = std::max(largest, size);
    for (double& size : graph.size) size = std::isfinite(size) && size > 0 ? size / largest : 0;

    std::vector<double> names;
    LATENT_CHECK(numbersOf("text", names));
    const LoadedArray* words =
        parts.contains("text") ? parts.at("text").array : m_picker.arrays().coordinateOf(graph.dimension);
    if (!parts.contains("text") && words) names = m_picker.coordinate(nullptr, nodes[0]).values;
    const bool isIndex = !words || (!parts.contains("text") && words->categories.empty());
    for (std::size_t i = 0; i < graph.nodes; ++i)
        graph.text.push_back(isIndex || i >= names.size() ? std::to_string(i) : valueText(words, names[i]));

    graph.colours = coloursOf(m_view, parts.contains("colour") ? parts.at("colour").array : nullptr);
    DataRange range;
    range.add(graph.colour);
    range.put(graph.colours);
    LATENT_CHECK(m_view.contains("edges") ? edges(graph) : matrix(graph));
    if (graph.edges.size() > kMostEdges) {
        const auto heavier = [](const Edge& a, const Edge& b) {
            return std::abs(a.weight) > std::abs(b.weight);
        };
        std::nth_element(graph.edges.begin(), graph.edges.begin() + kMostEdges, graph.edges.end(), heavier);
        m_picker.note("Only the " + std::to_string(kMostEdges) + " heaviest of " +
                      std::to_string(graph.edges.size()) + " edges are drawn.");
        graph.edges.resize(kMostEdges);
    }
    m_figure.isEmpty = graph.nodes == 0;
    m_figure.body = std::move(graph);
    return ok();
}

Status Resolver::edges(Graph& graph) {
    LATENT_TRY(Picked pairs, m_picker.pick(m_view["edges"]));
    LATENT_CHECK(m_picker.leave(pairs, 2, "edges"));
    if (!pairs) return ok();
    if (pairs.dims[1].size != 2)
        return refused("edges has " + std::to_string(pairs.dims[1].size) +
                       " entries an edge; it needs 2 (from and to).");
    std::vector<KeptDimension> list{pairs.dims[0]};
    LATENT_TRY(Picked weights, pickIn(m_view, "weights"));
    LATENT_CHECK(m_picker.within(weights, list, "weights"));
    LATENT_TRY(const std::vector<double> ends,
               m_picker.numbers(pairs, std::vector<KeptDimension>{list[0], pairs.dims[1]}));
    std::vector<double> values;
    if (weights) {
        LATENT_TRY(values, m_picker.numbers(weights, list));
        graph.weighted = true;
    }
    std::size_t outside = 0;
    const auto isNode = [&](double end) {
        return end >= 0 && end < static_cast<double>(graph.nodes) && end == std::floor(end);
    };
    for (std::size_t i = 0; 2 * i + 1 < ends.size(); ++i) {
        if (!isNode(ends[2 * i]) || !isNode(ends[2 * i + 1])) {
            ++outside;
            continue;
        }
        graph.edges.push_back({static_cast<std::size_t>(ends[2 * i]),
                               static_cast<std::size_t>(ends[2 * i + 1]), values.empty() ? 1 : values[i]});
    }
    if (outside > 0)
        m_picker.note(std::to_string(outside) +
                      " edges lead to nodes that are not there, of which there are " +
                      std::to_string(graph.nodes) + ".");
    return ok();
}

Status Resolver::matrix(Graph& graph) {
    LATENT_TRY(Picked matrix, m_picker.pick(m_view["matrix"]));
    LATENT_CHECK(m_picker.leave(matrix, 2, "matrix"));
    if (!matrix) return ok();
    if (matrix.dims[0].size != matrix.dims[1].size) return refused("the matrix of edges is not square.");
    const std::size_t n = std::min<std::size_t>(graph.nodes, matrix.dims[0].size);
    std::vector<KeptDimension> over = matrix.dims;
    over[0].size = over[1].size = n;
    LATENT_TRY(const std::vector<double> entries, m_picker.numbers(matrix, over));
    const auto isEdge = [](double weight) { return weight != 0 && std::isfinite(weight); };
    bool symmetric = true;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = graph.directed ? 0 : i; j < n; ++j) {
            double weight = entries[i * n + j];
            if (!graph.directed) {
                const double back = entries[j * n + i];
                symmetric = symmetric && (weight == back || (std::isnan(weight) && std::isnan(back)));
                if (!isEdge(weight) || (isEdge(back) && std::abs(back) > std::abs(weight))) weight = back;
            }
            if (!isEdge(weight)) continue;
            graph.weighted = graph.weighted || weight != 1;
            graph.edges.push_back({i, j, weight});
        }
    }
    if (!symmetric)
        m_picker.note("The matrix is not symmetric; an edge shows the larger of its two entries.");
    return ok();
}

}  // namespace latent::engine::figures

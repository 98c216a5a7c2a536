// SPDX-License-Identifier: Apache-2.0
// The families of graphs. Lattices carry their coordinates; edges have length 1 there.
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <map>
#include <numbers>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>

#include "graphs/graph.hpp"

namespace icl_graphs {
namespace {

constexpr int kDraws = 1000, kTries = 1000;
constexpr double kMostPairs = 2e8;  // that are asked for a random graph in all: a second

void requireAtLeast(int value, int least, const char* what) {
    if (value < least)
        throw std::invalid_argument(std::string(what) + " must be at least " + std::to_string(least) +
                                    ", not " + std::to_string(value) + ".");
}

Graph withPositions(Graph graph, std::vector<std::array<double, 2>> position) {
    graph.position = std::move(position);
    graph.hasCoordinates = true;
    return graph;
}

std::vector<std::array<double, 2>> gridPositions(int rows, int columns) {
    std::vector<std::array<double, 2>> at;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) at.push_back({static_cast<double>(c), static_cast<double>(-r)});
    return at;
}

/// One edge at a time between free ends of nodes that are not joined yet (Steger and Wormald, 1999): nearly uniform. Nothing when the last free
/// ends are all of nodes that are joined already.
std::optional<std::vector<Edge>> regularEdges(int nodes, int degree, latent::learn::RandomStream& random) {
    std::vector<int> ends;  // each node once for each neighbour that it lacks
    for (int i = 0; i < nodes; ++i) ends.insert(ends.end(), static_cast<std::size_t>(degree), i);
    std::set<Edge> edges;
    const auto fits = [&](int a, int b) { return a != b && !edges.count({std::min(a, b), std::max(a, b)}); };
    while (!ends.empty()) {
        std::size_t i = 0, j = 0;
        int tries = 0;
        do {
            i = random.below(ends.size());
            j = random.below(ends.size());
        } while (!fits(ends[i], ends[j]) && ++tries < kTries);
        if (tries == kTries) {  // few are left: look at all of them
            std::vector<std::pair<std::size_t, std::size_t>> possible;
            for (i = 0; i < ends.size(); ++i)
                for (j = i + 1; j < ends.size(); ++j)
                    if (fits(ends[i], ends[j])) possible.emplace_back(i, j);
            if (possible.empty()) return std::nullopt;
            std::tie(i, j) = possible[random.below(possible.size())];
        }
        edges.insert({std::min(ends[i], ends[j]), std::max(ends[i], ends[j])});
        for (const std::size_t used : {std::max(i, j), std::min(i, j)}) {
            ends[used] = ends.back();
            ends.pop_back();
        }
    }
    return std::vector<Edge>(edges.begin(), edges.end());
}

}  // namespace

Graph makeGrid(int rows, int columns) {
    requireAtLeast(rows, 1, "The rows of a grid");
    requireAtLeast(columns, 1, "The columns of a grid");
    std::vector<Edge> edges;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            const int here = r * columns + c;
            if (c + 1 < columns) edges.emplace_back(here, here + 1);
            if (r + 1 < rows) edges.emplace_back(here, here + columns);
        }
    return withPositions(fromEdges(rows * columns, edges), gridPositions(rows, columns));
}

Graph makeTorus(int rows, int columns) {
    requireAtLeast(rows, 3, "The rows of a torus");
    requireAtLeast(columns, 3, "The columns of a torus");
    std::vector<Edge> edges;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            edges.emplace_back(r * columns + c, r * columns + (c + 1) % columns);
            edges.emplace_back(r * columns + c, (r + 1) % rows * columns + c);
        }
    Graph graph = fromEdges(rows * columns, edges);
    graph.position = gridPositions(rows, columns);  // to draw on only: a torus does not lie in the plane
    return graph;
}

Graph makeRing(int nodes) {
    requireAtLeast(nodes, 3, "The nodes of a ring");
    std::vector<Edge> edges;
    for (int i = 0; i < nodes; ++i) edges.emplace_back(i, (i + 1) % nodes);
    Graph graph = fromEdges(nodes, edges);
    const double radius = .5 / std::sin(std::numbers::pi / nodes);
    std::vector<std::array<double, 2>> at;
    for (int i = 0; i < nodes; ++i)
        at.push_back({radius * std::cos(2 * std::numbers::pi * i / nodes),
                      radius * std::sin(2 * std::numbers::pi * i / nodes)});
    return withPositions(std::move(graph), std::move(at));
}

Graph makePath(int nodes) { return makeGrid(1, nodes); }

Graph makeHoneycomb(int rows, int columns) {
    requireAtLeast(rows, 1, "The rows of a honeycomb");
    requireAtLeast(columns, 1, "The columns of a honeycomb");
    // Zigzag lines of vertices at whole x; where x + line is odd the vertex points up, to the next line. Each row of cells is moved by one.
    std::map<std::pair<int, int>, int> number;  // (line, x)
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c)
            for (int x = r + 1 + 2 * c; x <= r + 3 + 2 * c; ++x) number[{r, x}] = number[{r + 1, x}] = 0;
    int count = 0;
    std::vector<std::array<double, 2>> at;
    for (auto& [place, index] : number) {
        const auto [line, x] = place;
        index = count++;
        at.push_back({x * std::sqrt(3.) / 2, 1.5 * line + ((x + line) % 2 != 0 ? .5 : 0.)});
    }
    std::vector<Edge> edges;
    for (const auto& [place, index] : number) {
        const auto [line, x] = place;
        if (const auto right = number.find({line, x + 1}); right != number.end())
            edges.emplace_back(index, right->second);
        if ((x + line) % 2 == 0) continue;
        if (const auto up = number.find({line + 1, x}); up != number.end())
            edges.emplace_back(index, up->second);
    }
    return withPositions(fromEdges(count, edges), std::move(at));
}

Graph makeHoneycombTorus(int rows, int columns) {
    requireAtLeast(rows, 2, "The rows of a honeycomb torus");
    requireAtLeast(columns, 2, "The columns of a honeycomb torus");
    std::vector<Edge> edges;
    std::vector<std::array<double, 2>> at;
    const auto cell = [&](int r, int c) { return (r + rows) % rows * columns + (c + columns) % columns; };
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            for (const int other : {cell(r, c), cell(r - 1, c), cell(r, c - 1)})
                edges.emplace_back(2 * cell(r, c), 2 * other + 1);
            at.push_back({c * std::sqrt(3.) + r * std::sqrt(3.) / 2, 1.5 * r});
            at.push_back({at.back()[0] + std::sqrt(3.) / 2, 1.5 * r + .5});
        }
    Graph graph = fromEdges(2 * rows * columns, edges);
    graph.position = std::move(at);
    return graph;
}

Graph makeTree(int branching, int depth) {
    requireAtLeast(branching, 1, "The branching of a tree");
    requireAtLeast(depth, 0, "The depth of a tree");
    std::vector<Edge> edges;
    std::vector<std::array<double, 2>> at{{0, 0}};
    int first = 0, level = 1;
    for (int d = 1; d <= depth; ++d) {
        if (static_cast<std::int64_t>(level) * branching > 100'000)
            throw std::invalid_argument(
                "A tree of this branching and depth has more than 100,000 leaves; lower one of them.");
        const int start = first + level;
        for (int i = 0; i < level * branching; ++i) {
            edges.emplace_back(first + i / branching, start + i);
            at.push_back({(i + .5) / (level * branching) - .5, static_cast<double>(-d)});
        }
        first = start;
        level *= branching;
    }
    Graph graph = fromEdges(first + level, edges);
    graph.position = std::move(at);  // to draw on only
    return graph;
}

Graph makeErdosRenyi(int nodes, double p, std::uint64_t seed) {
    requireAtLeast(nodes, 2, "The nodes of a random graph");
    if (!(p > 0 && p <= 1))
        throw std::invalid_argument("The edge probability must be above 0 and at most 1.");
    const double pairs = .5 * nodes * (nodes - 1.);
    const int draws = std::clamp(static_cast<int>(std::min(kMostPairs / pairs, 1e9)), 10, kDraws);
    for (int draw = 0; draw < draws; ++draw) {
        latent::learn::RandomStream random(seed, "icl/erdos_renyi", static_cast<std::uint64_t>(draw));
        std::vector<Edge> edges;
        for (int a = 0; a < nodes; ++a)
            for (int b = a + 1; b < nodes; ++b)
                if (random.uniform() < p) edges.emplace_back(a, b);
        Graph graph = fromEdges(nodes, edges);
        if (graph.connected()) return graph;
    }
    throw std::invalid_argument(
        std::to_string(draws) +
        " draws with this edge probability were not connected; raise it above ln(n)/n = " +
        std::to_string(std::log(nodes) / nodes) + ".");
}

Graph makeRegular(int nodes, int degree, std::uint64_t seed) {
    requireAtLeast(nodes, 3, "The nodes of a regular graph");
    requireAtLeast(degree, 2, "The degree of a regular graph");
    if (degree >= nodes || static_cast<std::int64_t>(nodes) * degree % 2 != 0)
        throw std::invalid_argument("There is no regular graph of " + std::to_string(nodes) +
                                    " nodes and degree " + std::to_string(degree) +
                                    ": nodes × degree must be even, and the degree below the nodes.");
    for (int draw = 0; draw < kDraws; ++draw) {
        latent::learn::RandomStream random(seed, "icl/regular", static_cast<std::uint64_t>(draw));
        const auto edges = regularEdges(nodes, degree, random);
        if (!edges) continue;
        Graph graph = fromEdges(nodes, *edges);
        if (graph.connected()) return graph;
    }
    throw std::invalid_argument(
        "No connected regular graph was found in 1,000 draws; change the degree or the seed.");
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "experiments/graph_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "graphs/nth_seed.hpp"

namespace icl_graphs {
namespace {

constexpr int kMostNodes = 4096;

/// The rows [from, to] of a parameter.
std::vector<Edge> edgesIn(const latent::Parameters& p, const std::string& name) {
    std::vector<Edge> edges;
    for (const auto& row : p.matrix(name)) {
        if (row.size() != 2 || row[0] != std::floor(row[0]) || row[1] != std::floor(row[1]) || row[0] < 0 ||
            row[1] < 0 || row[0] >= kMostNodes || row[1] >= kMostNodes)
            throw std::invalid_argument("Each row of '" + name +
                                        "' holds two nodes, whole numbers from 0 to " +
                                        std::to_string(kMostNodes - 1) + ".");
        edges.emplace_back(static_cast<int>(row[0]), static_cast<int>(row[1]));
    }
    return edges;
}

Graph familyOf(const latent::Parameters& p, const std::string& family) {
    const auto size = [&](const char* name) { return static_cast<int>(p.integer(name)); };
    if (family == "grid") return makeGrid(size("rows"), size("columns"));
    if (family == "torus") return makeTorus(size("rows"), size("columns"));
    if (family == "ring") return makeRing(size("nodes"));
    if (family == "path") return makePath(size("nodes"));
    if (family == "honeycomb") return makeHoneycomb(size("rows"), size("columns"));
    if (family == "honeycomb_torus") return makeHoneycombTorus(size("rows"), size("columns"));
    if (family == "tree") return makeTree(size("branching"), size("depth"));
    if (family == "erdos_renyi")
        return makeErdosRenyi(size("nodes"), p.number("edge_probability"), p.seed("graph_seed"));
    if (family == "regular") return makeRegular(size("nodes"), size("degree"), p.seed("graph_seed"));
    if (!p.has("edges"))
        throw std::invalid_argument(
            "The family 'edges' needs the parameter 'edges': one row [from, to] for each edge.");
    const std::vector<Edge> edges = edgesIn(p, "edges");
    int nodes = 0;
    for (const auto& [a, b] : edges) nodes = std::max({nodes, a + 1, b + 1});
    return fromEdges(nodes, edges);
}

}  // namespace

void addGraphParameters(latent::Schema& schema) {
    using namespace latent;
    schema.group("Graph")
        .add(choice("family",
                    {{"grid", "square grid"},
                     {"torus", "torus"},
                     {"ring", "ring"},
                     {"path", "path"},
                     {"honeycomb", "honeycomb"},
                     {"honeycomb_torus", "honeycomb, wrapped"},
                     {"tree", "tree"},
                     {"erdos_renyi", "random: Erdős–Rényi"},
                     {"regular", "random: regular"},
                     {"edges", "own edges"}},
                    "grid")
                 .help("The graph that the walk is on. The paper has a 4 × 4 grid, a ring of 10 and a "
                       "honeycomb of 30 (3 × 3 cells)."))
        .add(integer("rows", 4)
                 .range(1, 64)
                 .unit("1")
                 .help("Rows of nodes, or of cells of a honeycomb.")
                 .visibleWhen("family",
                              std::vector<nlohmann::json>{"grid", "torus", "honeycomb", "honeycomb_torus"}))
        .add(integer("columns", 4)
                 .range(1, 64)
                 .unit("1")
                 .help("Columns of nodes, or of cells of a honeycomb.")
                 .visibleWhen("family",
                              std::vector<nlohmann::json>{"grid", "torus", "honeycomb", "honeycomb_torus"}))
        .add(
            integer("nodes", 10)
                .range(2, kMostNodes)
                .unit("1")
                .help("Nodes of the graph.")
                .visibleWhen("family", std::vector<nlohmann::json>{"ring", "path", "erdos_renyi", "regular"}))
        .add(integer("branching", 2)
                 .range(1, 16)
                 .unit("1")
                 .help("Children of each node.")
                 .visibleWhen("family", "tree"))
        .add(integer("depth", 3)
                 .range(1, 10)
                 .unit("1")
                 .help("Levels below the root.")
                 .visibleWhen("family", "tree"))
        .add(number("edge_probability", .3)
                 .above(0)
                 .atMost(1)
                 .unit("1")
                 .help("Each pair of nodes has an edge with this probability; drawn until connected.")
                 .visibleWhen("family", "erdos_renyi"))
        .add(integer("degree", 3)
                 .range(2, 64)
                 .unit("1")
                 .help("Neighbours of each node.")
                 .visibleWhen("family", "regular"))
        .add(matrix("edges")
                 .optional()
                 .atLeast(0)
                 .shape(Extent::any(), 2)
                 .help("Own edges, one row [from, to] each; nodes are counted from 0.")
                 .visibleWhen("family", "edges"))
        .add(matrix("edited_edges")
                 .optional()
                 .atLeast(0)
                 .shape(Extent::any(), 2)
                 .help("The edges as they were edited in the picture of the graph, one row [from, to] each: "
                       "they stand for those above, the nodes stay. A click on one node and on another there "
                       "makes their edge come or go.")
                 .advanced())
        .add(latent::seed("graph_seed", 0)
                 .help("Draws a random graph; all replicates share it.")
                 .visibleWhen("family", std::vector<nlohmann::json>{"erdos_renyi", "regular"}));
}

void addWordParameters(latent::Schema& schema) {
    using namespace latent;
    schema.group("Words")
        .add(choice("words",
                    {{"grid16", "the paper's 16"},
                     {"objects", "64 objects"},
                     {"days", "days of the week"},
                     {"months", "months"},
                     {"own", "own list"}},
                    "objects")
                 .help("The words on the nodes. Each must be one token of the model."))
        .add(texts("own_words", {}).help("One word for each node.").visibleWhen("words", "own"))
        .add(choice("placement",
                    {{"random", "at random"},
                     {"listed", "in the order of the list"},
                     {"permuted", "a new cycle"}},
                    "random")
                 .help("Which word stands on which node. 'A new cycle' puts days or months in an order that "
                       "no multiple of the calendar's is."));
}

void addSequenceParameters(latent::Schema& schema) {
    using namespace latent;
    schema.group("Sequence")
        .add(choice("reading", {{"walk", "random walk"}, {"pairs", "pairs of neighbours"}}, "walk")
                 .help("The paper reads walks on grids and honeycombs, and independent pairs of neighbours "
                       "on rings."))
        .add(integer("length", 1400).range(8, 100'000).unit("words").help("Words of a sequence."))
        .add(number("teleport", 0)
                 .range(0, 1)
                 .unit("1")
                 .help("Probability that a step goes to any node instead of a neighbour.")
                 .visibleWhen("reading", "walk")
                 .advanced())
        .add(choice("second_graph",
                    {{"none", "none"},
                     {"ring", "a ring over the same words"},
                     {"regular", "a random 3-regular graph"}},
                    "none")
                 .help("A second graph over the same words that takes turns with the first.")
                 .advanced())
        .add(number("switching", .02)
                 .range(0, 1)
                 .unit("1")
                 .help("Probability at each step that the other graph takes over.")
                 .visibleWhen("second_graph", std::vector<nlohmann::json>{"ring", "regular"})
                 .advanced())
        .add(latent::seed("seed", 0).help("Draws placements and sequences."));
}

Graph graphOf(const latent::Parameters& p) {
    try {
        Graph graph = familyOf(p, p.choice("family"));
        // Runs from before there was this parameter do not name it, and has() takes declared names only.
        if (p.json().contains("edited_edges") && p.has("edited_edges"))
            graph = withEdges(graph, edgesIn(p, "edited_edges"));
        if (graph.nodes > kMostNodes)
            throw std::invalid_argument("The graph has " + std::to_string(graph.nodes) + " nodes; at most " +
                                        std::to_string(kMostNodes) + " are possible.");
        return graph;
    } catch (const std::invalid_argument& e) {
        throw latent::RunError(e.what());
    }
}

GraphStudy GraphStudy::of(const latent::Parameters& p) {
    GraphStudy s;
    s.graphs.push_back(graphOf(p));
    s.seed = p.seed();
    try {
        if (const std::string second = p.choice("second_graph"); second == "ring")
            s.graphs.push_back(makeRing(s.nodes()));
        else if (second == "regular")
            s.graphs.push_back(makeRegular(s.nodes(), 3, s.seed));
        s.spec.reading = p.choice("reading") == "pairs" ? Reading::Pairs : Reading::Walk;
        s.spec.length = static_cast<int>(p.integer("length"));
        s.spec.teleport = p.number("teleport");
        s.spec.switching = s.graphs.size() == 2 ? p.number("switching") : 0;
        s.list = p.choice("words") == "own" ? p.texts("own_words") : wordList(p.choice("words"));
        const std::string placement = p.choice("placement");
        s.placement = placement == "listed"     ? Placement::Listed
                      : placement == "permuted" ? Placement::NonAffine
                                                : Placement::Random;
        s.words(0);
        SequenceSpec brief = s.spec;
        brief.length = 8;
        makeSequence(s.graphs, brief, s.seed, 0);
    } catch (const std::invalid_argument& e) {
        throw latent::RunError(e.what());
    }
    return s;
}

std::vector<std::string> GraphStudy::words(std::int64_t replicate) const {
    return placed(list, nodes(), placement, nthSeed(seed, static_cast<std::uint64_t>(replicate)));
}

Sequence GraphStudy::sequence(std::int64_t replicate, std::int64_t prompt) const {
    SequenceSpec with = spec;
    if (spec.reading == Reading::Walk) {
        std::int64_t stride = 7;  // far apart on a grid; and every node has its turn before one comes again
        while (std::gcd(stride, static_cast<std::int64_t>(nodes())) != 1) ++stride;
        with.start = static_cast<int>((prompt * stride + replicate) % nodes());
    }
    return makeSequence(graphs, with, seed,
                        static_cast<std::uint64_t>(replicate) * 100'003 + static_cast<std::uint64_t>(prompt));
}

std::vector<int> GraphStudy::cyclePlaces(std::int64_t replicate) const {
    std::vector<int> places;
    if (static_cast<int>(list.size()) != nodes() || (list != wordList("days") && list != wordList("months")))
        return places;
    for (const std::string& word : words(replicate))
        places.push_back(static_cast<int>(std::find(list.begin(), list.end(), word) - list.begin()));
    return places;
}

}  // namespace icl_graphs

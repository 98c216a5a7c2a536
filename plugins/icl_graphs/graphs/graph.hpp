// SPDX-License-Identifier: Apache-2.0
#pragma once
// The graphs behind a context (arXiv 2501.00070, section 2): undirected, without loops, with coordinates where the family has them.
//
// Nodes are 0 … nodes-1; the grids count row by row. A plain value; any thread. Impossible sizes throw std::invalid_argument
// with a sentence.
//
//     const Graph grid = makeGrid(4, 4);                  // 16 nodes, 24 edges
//     grid.neighbours()[0];                               // {1, 4}
//     const Graph mine = fromEdges(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace icl_graphs {

using Edge = std::pair<int, int>;  ///< the smaller node first

struct Graph {
    int nodes = 0;
    std::vector<Edge> edges;  ///< sorted, each once
    std::vector<std::array<double, 2>>
        position;  ///< true coordinates [nodes]; where hasCoordinates is false, a circle to draw on
    bool hasCoordinates = false;                ///< whether Procrustes R² to `position` means anything
    std::size_t edgesGone = 0, edgesAdded = 0;  ///< by withEdges()

    std::vector<std::vector<int>> neighbours() const;
    std::vector<int> degrees() const;
    bool adjacent(int a, int b) const;
    /// The number of the connected component of each node, and how many there are.
    std::pair<std::vector<int>, int> components() const;
    bool connected() const { return components().second == 1; }
    /// The graph on some of the nodes, in their order; for nodes that were never seen.
    Graph induced(const std::vector<int>& kept) const;
};

Graph makeGrid(int rows, int columns);   ///< 4 neighbours, no wrap
Graph makeTorus(int rows, int columns);  ///< the same, wrapped; sides of at least 3
Graph makeRing(int nodes);               ///< at least 3
Graph makePath(int nodes);
/// A rhombus of hexagons: 2(rows+1)(columns+1) − 2 nodes; 3 by 3 has the paper's 30.
Graph makeHoneycomb(int rows, int columns);
/// Wrapped: 2·rows·columns nodes of degree 3; sides of at least 2.
Graph makeHoneycombTorus(int rows, int columns);
/// Levels 0 … depth; every node but those of the last level has `branching` children.
Graph makeTree(int branching, int depth);
/// Each pair with probability p, drawn again until connected. Throws when none of up to 1,000 draws is (fewer for large graphs).
Graph makeErdosRenyi(int nodes, double p, std::uint64_t seed);
/// Every node has `degree` neighbours; drawn again until connected.
Graph makeRegular(int nodes, int degree, std::uint64_t seed);
Graph fromEdges(int nodes, const std::vector<Edge>& edges);
/// The nodes where they are, with these edges instead; how many of the graph's are not among them, and how many others are,
/// stands in the result. With an edge that the graph did not have, coordinates say nothing of the neighbours any longer. Throws std::invalid_argument for a node that is not there, a loop, or where no edge is left.
Graph withEdges(const Graph& graph, const std::vector<Edge>& edges);
/// The edges of all, over the same nodes; positions of the first.
Graph unionOf(std::span<const Graph> graphs);

}  // namespace icl_graphs

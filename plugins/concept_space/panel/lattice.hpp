// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The combinations of s concepts as a lattice: who contains whom, where each is drawn, and where losses break its order.
//
// A combination is a number whose bit p says whether concept p is in it, as in the arrays of the plugin. Drawn as a Hasse
// diagram: one level for each number of concepts, the empty combination at the bottom, an edge where one concept is added.
// Positions are from 0 to 1 across and upwards. Pure values; any thread.
//
//     const Lattice cube(3);
//     for (const Edge& e : cube.edges()) draw(cube.place(e.part), cube.place(e.whole));
//     std::vector<bool> broken = cube.brokenEdges(losses, 1e-9);    // loss(part) > loss(whole) + 1e-9

#include <cstddef>
#include <span>
#include <vector>

namespace concept_space {

struct Place {
    double across = 0.5, up = 0.5;
};

/// `whole` is `part` and one concept more.
struct Edge {
    std::size_t part = 0, whole = 0;
};

class Lattice {
  public:
    static constexpr int kMostConcepts = 8;  ///< 256 nodes and 1,024 edges still can be told apart
    explicit Lattice(int concepts = 0);

    int concepts() const { return m_concepts; }
    std::size_t nodes() const { return m_places.size(); }
    int level(std::size_t node) const;
    /// Nodes of the widest level.
    int widest() const { return m_widest; }
    const Place& place(std::size_t node) const { return m_places[node]; }
    const std::vector<Edge>& edges() const { return m_edges; }
    /// All pairs of a part and a whole, not only neighbours: 3^s − 2^s.
    long pairs() const;

    /// One for each edge.
    std::vector<bool> brokenEdges(std::span<const double> losses, double tolerance) const;
    /// How many of pairs() are broken. Losses that are no number break nothing.
    long brokenPairs(std::span<const double> losses, double tolerance) const;

  private:
    int m_concepts;
    int m_widest = 1;
    std::vector<Place> m_places;
    std::vector<Edge> m_edges;
};

}  // namespace concept_space

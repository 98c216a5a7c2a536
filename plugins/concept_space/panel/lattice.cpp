// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/lattice.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace concept_space {
namespace {

/// Within a level, combinations of early concepts come first: {1} {2} {3}, then {1,2} {1,3} {2,3}, so that the diagram of
/// three concepts is the familiar hexagon.
bool before(std::size_t a, std::size_t b) {
    while (a != b) {
        const std::size_t lowA = a & (~a + 1), lowB = b & (~b + 1);
        if (lowA != lowB) return lowA < lowB;
        a ^= lowA;
        b ^= lowB;
    }
    return false;
}

}  // namespace

Lattice::Lattice(int concepts)
    : m_concepts(std::clamp(concepts, 0, kMostConcepts)), m_places(std::size_t{1} << m_concepts) {
    std::vector<std::vector<std::size_t>> levels(static_cast<std::size_t>(m_concepts) + 1);
    for (std::size_t node = 0; node < nodes(); ++node) {
        levels[static_cast<std::size_t>(level(node))].push_back(node);
        for (int p = 0; p < m_concepts; ++p)
            if (const std::size_t bit = std::size_t{1} << p; !(node & bit))
                m_edges.push_back({node, node | bit});
    }
    for (std::size_t l = 0; l < levels.size(); ++l) {
        std::vector<std::size_t>& row = levels[l];
        std::sort(row.begin(), row.end(), before);
        m_widest = std::max(m_widest, static_cast<int>(row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            m_places[row[i]] = {(static_cast<double>(i) + 0.5) / static_cast<double>(row.size()),
                                m_concepts == 0 ? 0.5 : static_cast<double>(l) / m_concepts};
    }
    // Each level as wide as its number of nodes asks for, around the middle.
    for (const auto& row : levels)
        for (const std::size_t node : row)
            m_places[node].across =
                0.5 + (m_places[node].across - 0.5) * static_cast<double>(row.size()) / m_widest;
}

int Lattice::level(std::size_t node) const { return std::popcount(node); }

long Lattice::pairs() const { return std::lround(std::pow(3, m_concepts)) - (1L << m_concepts); }

std::vector<bool> Lattice::brokenEdges(std::span<const double> losses, double tolerance) const {
    std::vector<bool> broken(m_edges.size());
    for (std::size_t i = 0; i < m_edges.size() && losses.size() == nodes(); ++i)
        broken[i] = losses[m_edges[i].part] > losses[m_edges[i].whole] + tolerance;
    return broken;
}

long Lattice::brokenPairs(std::span<const double> losses, double tolerance) const {
    if (losses.size() != nodes()) return 0;
    long broken = 0;
    for (std::size_t whole = 1; whole < nodes(); ++whole) {
        for (std::size_t part = (whole - 1) & whole;;
             part = (part - 1) & whole) {  // every proper part, the empty one last
            if (losses[part] > losses[whole] + tolerance) ++broken;
            if (part == 0) break;
        }
    }
    return broken;
}

}  // namespace concept_space

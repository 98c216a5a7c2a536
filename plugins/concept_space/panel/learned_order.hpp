// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is learned when: the frame from which a combination counts as learned, its rank, and what it grew from.
//
// A combination is learned when its loss first falls to (1 − q)² of what it was at the first frame: the loss is quadratic, so
// that is when every concept of it has passed the fraction q of its target from a start near zero. The empty combination has
// nothing to learn. Pure; any thread.
//
//     const LearnedOrder order = findLearnedOrder(cube, curves, 0.9);   // curves[node][frame]
//     if (order.frame[node] <= now) drawBadge(node, order.rank[node]);
//     if (order.grownFrom[node] != LearnedOrder::kNone) drawArrow(order.grownFrom[node], node);

#include <cstddef>
#include <limits>
#include <vector>

#include "panel/lattice.hpp"

namespace concept_space {

struct LearnedOrder {
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> frame;  ///< kNone: never
    std::vector<std::size_t>
        rank;  ///< 1 for the first; equal frames have equal ranks; kNone: never, or the empty one
    std::vector<std::size_t>
        grownFrom;  ///< the part with one concept less that was learned last before it; kNone: none was
};

LearnedOrder findLearnedOrder(const Lattice& lattice, const std::vector<std::vector<double>>& curves,
                              double fraction);

}  // namespace concept_space

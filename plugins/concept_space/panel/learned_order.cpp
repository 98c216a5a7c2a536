// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/learned_order.hpp"

#include <algorithm>

namespace concept_space {

LearnedOrder findLearnedOrder(const Lattice& lattice, const std::vector<std::vector<double>>& curves,
                              double fraction) {
    const std::size_t nodes = lattice.nodes();
    LearnedOrder order{std::vector(nodes, LearnedOrder::kNone), std::vector(nodes, LearnedOrder::kNone),
                       std::vector(nodes, LearnedOrder::kNone)};
    const double share = (1 - fraction) * (1 - fraction) * (1 + 1e-9);  // 1 − 0.9 is not quite 0.1
    for (std::size_t node = 0; node < nodes && curves.size() == nodes; ++node) {
        const std::vector<double>& curve = curves[node];
        if (node == 0 || curve.empty()) continue;
        const auto found = std::find_if(curve.begin(), curve.end(),
                                        [&](double loss) { return loss <= share * curve.front(); });
        if (found != curve.end()) order.frame[node] = static_cast<std::size_t>(found - curve.begin());
    }
    if (nodes > 0) order.frame[0] = 0;

    std::vector<std::size_t> learned;
    for (std::size_t node = 1; node < nodes; ++node)
        if (order.frame[node] != LearnedOrder::kNone) learned.push_back(node);
    std::sort(learned.begin(), learned.end(),
              [&](std::size_t a, std::size_t b) { return order.frame[a] < order.frame[b]; });
    for (std::size_t i = 0; i < learned.size(); ++i)
        order.rank[learned[i]] = i > 0 && order.frame[learned[i]] == order.frame[learned[i - 1]]
                                     ? order.rank[learned[i - 1]]
                                     : i + 1;

    for (const Edge& edge : lattice.edges()) {
        const std::size_t part = order.frame[edge.part], whole = order.frame[edge.whole];
        if (part == LearnedOrder::kNone || whole == LearnedOrder::kNone || part > whole) continue;
        std::size_t& from = order.grownFrom[edge.whole];
        if (from == LearnedOrder::kNone || order.frame[from] < part) from = edge.part;
    }
    return order;
}

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#include "measures/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace icl_graphs {

std::pair<double, double> memorisation(int nodes, double context) {
    const double n = nodes, missing = (n - 1) / n, p1 = 1 - std::pow(missing, context);
    return {p1, p1 - context / n * std::pow(missing, context - 1)};
}

WalkMemorisation walkMemorisation(std::span<const Graph> graphs, const SequenceSpec& spec, int walks,
                                  std::uint64_t seed) {
    const auto length = static_cast<std::size_t>(spec.length), n = static_cast<std::size_t>(graphs[0].nodes);
    WalkMemorisation curves{std::vector<double>(length, 0), std::vector<double>(length, 0)};
    for (int w = 0; w < walks; ++w) {
        const Sequence s = makeSequence(graphs, spec, seed, static_cast<std::uint64_t>(w));
        std::vector<int> count(n, 0);
        double once = 0, twice = 0;
        for (std::size_t t = 0; t < length; ++t) {
            const int now = ++count[static_cast<std::size_t>(s.nodes[t])];
            once += now == 1;
            twice += now == 2;
            curves.once[t] += once / static_cast<double>(n) / walks;
            curves.twice[t] += twice / static_cast<double>(n) / walks;
        }
    }
    return curves;
}

CountBaselines countBaselines(std::span<const Graph> graphs, const Sequence& sequence) {
    const std::size_t n = static_cast<std::size_t>(graphs[0].nodes), length = sequence.nodes.size();
    CountBaselines b{std::vector<double>(length, std::numeric_limits<double>::quiet_NaN()),
                     std::vector<double>(length, std::numeric_limits<double>::quiet_NaN())};
    std::vector<double> seen(n, 0), pairs(n * n, 0);
    for (std::size_t t = 0; t < length; ++t) {
        const auto now = static_cast<std::size_t>(sequence.nodes[t]);
        seen[now] += 1;
        if (t > 0) pairs[static_cast<std::size_t>(sequence.nodes[t - 1]) * n + now] += 1;
        if (!sequence.follows[t]) continue;
        const Graph& graph = graphs[sequence.stepsIn(t)];
        double valid = 0, all = 0, validAfter = 0, after = 0;
        for (std::size_t v = 0; v < n; ++v) {
            const bool neighbour = v != now && graph.adjacent(static_cast<int>(now), static_cast<int>(v));
            all += seen[v];
            after += pairs[now * n + v];
            if (neighbour) {
                valid += seen[v];
                validAfter += pairs[now * n + v];
            }
        }
        b.unigram[t] = valid / all;
        b.induction[t] = after > 0 ? validAfter / after : b.unigram[t];
    }
    return b;
}

ObservedEdges observedEdges(const Graph& graph, const Sequence& sequence) {
    const std::vector<int>& nodes = sequence.nodes;
    ObservedEdges o;
    std::vector<int> parent(static_cast<std::size_t>(graph.nodes)),
        size(static_cast<std::size_t>(graph.nodes), 1);
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](int i) {
        while (parent[static_cast<std::size_t>(i)] != i)
            i = parent[static_cast<std::size_t>(i)] =
                parent[static_cast<std::size_t>(parent[static_cast<std::size_t>(i)])];
        return i;
    };
    std::vector<bool> known(graph.edges.size(), false);
    int largest = 1;
    double count = 0;
    for (std::size_t t = 0; t < nodes.size(); ++t) {
        if (t > 0 && sequence.follows[t - 1]) {
            const Edge edge{std::min(nodes[t], nodes[t - 1]), std::max(nodes[t], nodes[t - 1])};
            const auto found = std::lower_bound(graph.edges.begin(), graph.edges.end(), edge);
            if (found != graph.edges.end() && *found == edge &&
                !known[static_cast<std::size_t>(found - graph.edges.begin())]) {
                known[static_cast<std::size_t>(found - graph.edges.begin())] = true;
                ++count;
                const int a = root(edge.first), b = root(edge.second);
                if (a != b) {
                    parent[static_cast<std::size_t>(a)] = b;
                    size[static_cast<std::size_t>(b)] += size[static_cast<std::size_t>(a)];
                    largest = std::max(largest, size[static_cast<std::size_t>(b)]);
                }
            }
        }
        o.fraction.push_back(count / static_cast<double>(std::max<std::size_t>(graph.edges.size(), 1)));
        o.giant.push_back(static_cast<double>(largest) / graph.nodes);
    }
    return o;
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "experiments/context_turns.hpp"

#include <algorithm>
#include <cmath>

namespace markov_mixtures {
namespace {

/// How much nearer a kind is than the nearest of the others; below 0: it is not the nearest.
double lead(const std::array<double, 3>& distance, std::size_t kind) {
    return std::min(distance[(kind + 1) % 3], distance[(kind + 2) % 3]) - distance[kind];
}

}  // namespace

double sizeOf(const Turn& turn, std::span<const double> curve, double sign) {
    return std::min(sign * (curve[turn.place] - curve[turn.start]),
                    sign * (curve[turn.place] - curve.back()));
}

std::optional<Turn> largestTurn(std::span<const double> curve, double sign) {
    if (!std::all_of(curve.begin(), curve.end(), [](double x) { return std::isfinite(x); }))
        return std::nullopt;
    std::optional<Turn> best;
    std::size_t start = 0;  // the earlier length that lies farthest on the other side
    for (std::size_t place = 1; place + 1 < curve.size(); ++place) {
        if (sign * curve[place - 1] < sign * curve[start]) start = place - 1;
        Turn turn{start, place, 0};
        turn.size = sizeOf(turn, curve, sign);
        if (!best || turn.size > best->size) best = turn;
    }
    return best;
}

double sizeOf(const Change& change, std::span<const std::array<double, 3>> kinds) {
    return std::min(lead(kinds[change.before], change.from), lead(kinds[change.after], change.to));
}

std::optional<Change> largestChange(std::span<const std::array<double, 3>> kinds) {
    for (const auto& distance : kinds)
        for (const double d : distance)
            if (!std::isfinite(d)) return std::nullopt;
    std::optional<Change> best;
    for (std::size_t before = 0; before < kinds.size(); ++before)
        for (std::size_t after = before + 1; after < kinds.size(); ++after)
            for (std::size_t from = 0; from < 3; ++from)
                for (std::size_t to = 0; to < 3; ++to) {
                    if (from == to) continue;
                    Change change{before, after, from, to, 0};
                    change.size = sizeOf(change, kinds);
                    if (!best || change.size > best->size) best = change;
                }
    return best;
}

}  // namespace markov_mixtures

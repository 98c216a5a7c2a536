// SPDX-License-Identifier: Apache-2.0
#include "model/training/course.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace markov_mixtures {
namespace {

/// First and last number of a curve, if it rises between them.
std::optional<std::pair<double, double>> risingEnds(std::span<const double> curve) {
    const auto isNumber = [](double x) { return std::isfinite(x); };
    const auto first = std::find_if(curve.begin(), curve.end(), isNumber);
    if (first == curve.end()) return std::nullopt;
    const auto last = std::find_if(curve.rbegin(), curve.rend(), isNumber);
    if (!(*last > *first)) return std::nullopt;
    return std::pair{*first, *last};
}

}  // namespace

std::vector<std::int64_t> checkpointSteps(std::int64_t first, std::int64_t steps, std::int64_t count) {
    if (first < 1 || count < 1 || steps < first)
        throw std::invalid_argument(
            "Checkpoints go from 'first_checkpoint' (at least 1) to 'steps', which must not be smaller.");
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) {
        const double share = count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 1.0;
        const auto step = std::clamp<std::int64_t>(
            std::llround(static_cast<double>(first) *
                         std::pow(static_cast<double>(steps) / static_cast<double>(first), share)),
            first, steps);
        if (all.empty() || step > all.back()) all.push_back(step);
    }
    if (all.back() != steps) all.push_back(steps);
    return all;
}

std::optional<double> crossing(std::span<const std::int64_t> steps, std::span<const double> curve,
                               double level) {
    if (steps.size() != curve.size())
        throw std::invalid_argument("A curve needs one number for each checkpoint.");
    std::optional<std::size_t> before;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        if (!std::isfinite(curve[i])) continue;
        const double now = std::log10(static_cast<double>(steps[i]));
        if (curve[i] >= level) {
            if (!before) return now;
            const double then = std::log10(static_cast<double>(steps[*before]));
            return then + (now - then) * (level - curve[*before]) / (curve[i] - curve[*before]);
        }
        before = i;
    }
    return std::nullopt;
}

std::optional<double> halfRise(std::span<const std::int64_t> steps, std::span<const double> curve) {
    const auto ends = risingEnds(curve);
    return ends ? crossing(steps, curve, (ends->first + ends->second) / 2) : std::nullopt;
}

std::optional<double> riseWidth(std::span<const std::int64_t> steps, std::span<const double> curve) {
    const auto ends = risingEnds(curve);
    if (!ends) return std::nullopt;
    const double way = ends->second - ends->first;
    const auto low = crossing(steps, curve, ends->first + .2 * way),
               high = crossing(steps, curve, ends->first + .8 * way);
    if (!low || !high) return std::nullopt;
    return *high - *low;
}

std::optional<std::size_t> lowest(std::span<const double> curve) {
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < curve.size(); ++i)
        if (std::isfinite(curve[i]) && (!place || curve[i] < curve[*place])) place = i;
    return place;
}

}  // namespace markov_mixtures

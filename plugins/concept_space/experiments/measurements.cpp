// SPDX-License-Identifier: Apache-2.0
#include "experiments/measurements.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/theory/metrics.hpp"

namespace concept_space {
namespace {

std::vector<int> sortedIndices(std::size_t count, const auto& before) {
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return before(static_cast<std::size_t>(a), static_cast<std::size_t>(b));
    });
    return order;
}

}  // namespace

bool allFinite(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::vector<int> orderByStrength(std::span<const double> strength) {
    return sortedIndices(strength.size(),
                         [&](std::size_t a, std::size_t b) { return strength[a] > strength[b]; });
}

std::vector<int> orderByTime(std::span<const double> time) {
    const auto rank = [&](std::size_t i) {
        return std::isnan(time[i]) ? std::numeric_limits<double>::infinity() : time[i];
    };
    return sortedIndices(time.size(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
}

bool orderIsKnown(std::span<const double> time) {
    const std::vector<int> order = orderByTime(time);
    for (std::size_t i = 1; i < order.size(); ++i) {
        const double before = time[static_cast<std::size_t>(order[i - 1])],
                     after = time[static_cast<std::size_t>(order[i])];
        if (std::isnan(before) || before == after) return false;
    }
    return true;
}

bool endedTooEarly(std::span<const double> time) {
    return std::count_if(time.begin(), time.end(), [](double t) { return std::isnan(t); }) >= 2;
}

bool orderIsGiven(std::span<const double> strength) {
    std::vector<double> sorted(strength.begin(), strength.end());
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end(),
                              [](double a, double b) { return b - a <= 1e-9 * std::abs(b); }) == sorted.end();
}

std::vector<double> medianTimes(std::span<const double> times, std::size_t concepts) {
    std::vector<double> medians;
    for (std::size_t p = 0; p < concepts; ++p) {
        std::vector<double> column;
        for (std::size_t i = p; i < times.size(); i += concepts)
            column.push_back(std::isnan(times[i]) ? std::numeric_limits<double>::infinity() : times[i]);
        std::sort(column.begin(), column.end());
        const double median = (column[(column.size() - 1) / 2] + column[column.size() / 2]) / 2;
        medians.push_back(std::isfinite(median) ? median : std::numeric_limits<double>::quiet_NaN());
    }
    return medians;
}

double learnedFirst(std::span<const double> places, std::size_t concepts) {
    std::vector<int> votes(concepts, 0);
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] == 1) ++votes[i % concepts];
    const auto most = std::max_element(votes.begin(), votes.end());
    return *most == 0 ? 0 : static_cast<double>(most - votes.begin() + 1);
}

double violationShare(std::span<const double> time, std::span<const double> nodeLoss, int concepts,
                      double tolerance) {
    if (!allFinite(nodeLoss))
        return std::numeric_limits<double>::quiet_NaN();  // no comparison with NaN is true
    const std::size_t nodes = std::size_t{1} << concepts, last = time.size() - 1;
    double pairs = 1;
    for (int p = 0; p < concepts; ++p) pairs *= 3;
    pairs -= static_cast<double>(nodes);  // ordered pairs u ⊂ v, u ≠ v: 3^s − 2^s
    double broken = 0;
    for (std::size_t frame = 0; frame <= last; ++frame) {
        const double stands = (time[std::min(frame + 1, last)] - time[frame > 0 ? frame - 1 : 0]) / 2;
        broken += stands * static_cast<double>(theory::topologicalViolations(
                               nodeLoss.subspan(frame * nodes, nodes), tolerance));
    }
    return broken / (pairs * (time[last] - time[0]));
}

std::vector<double> withComplements(std::span<const double> nodeLoss, int concepts) {
    const std::size_t nodes = std::size_t{1} << concepts;
    std::vector<double> exchanged(nodeLoss.size());
    for (std::size_t i = 0; i < nodeLoss.size(); ++i)
        exchanged[i] = nodeLoss[i / nodes * nodes + (nodes - 1 - i % nodes)];
    return exchanged;
}

std::vector<double> speedsOver(std::span<const double> time, std::span<const double> output,
                               std::size_t width, std::size_t stretches) {
    const double part = time.back() / static_cast<double>(stretches);
    std::size_t after = 1;  // the first frame at or beyond the time that is asked
    const auto at = [&](double when) {
        while (after + 1 < time.size() && time[after] < when) ++after;
        const double share = std::min(1.0, (when - time[after - 1]) / (time[after] - time[after - 1]));
        std::vector<double> point;
        for (std::size_t p = 0; p < width; ++p)
            point.push_back(std::lerp(output[(after - 1) * width + p], output[after * width + p], share));
        return point;
    };
    std::vector<double> speeds, before = at(0);
    for (std::size_t i = 1; i <= stretches; ++i) {
        const std::vector<double> here = at(part * static_cast<double>(i));
        double square = 0;
        for (std::size_t p = 0; p < width; ++p) square += (here[p] - before[p]) * (here[p] - before[p]);
        speeds.push_back(std::sqrt(square) / part);
        before = here;
    }
    return speeds;
}

double slope(std::span<const double> x, std::span<const double> y) {
    const double n = static_cast<double>(x.size());
    const double mx = std::accumulate(x.begin(), x.end(), 0.0) / n,
                 my = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xy = 0, xx = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
    }
    return xy / xx;
}

double logSlope(std::span<const double> time, std::span<const double> value,
                std::span<const double> remaining, double low, double high) {
    std::vector<double> x, y;
    for (std::size_t i = 0; i < time.size(); ++i) {
        if (!(remaining[i] >= low && remaining[i] <= high) || !(value[i] > 0)) continue;
        x.push_back(time[i]);
        y.push_back(std::log(value[i]));
    }
    return x.size() < 8 ? std::numeric_limits<double>::quiet_NaN() : slope(x, y);
}

}  // namespace concept_space

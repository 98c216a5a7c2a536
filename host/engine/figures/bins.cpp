// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/bins.hpp"

#include <algorithm>
#include <cmath>

namespace latent::engine::figures {
namespace {

constexpr std::size_t kMostBins = 256;  ///< of our own choice; a view may ask for more
constexpr double kMostWhole = 64;       ///< so many whole numbers get a bin each

double quantile(std::vector<double>& values, double at) {
    const auto place =
        values.begin() + static_cast<std::ptrdiff_t>(at * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

/// Bins that this series would like over the range, by Freedman and Diaconis or Sturges.
double binsWanted(std::vector<double> values, double range) {
    const auto n = static_cast<double>(values.size());
    const double upper = quantile(values, 0.75), lower = quantile(values, 0.25);
    const double width = 2 * (upper - lower) / std::cbrt(n);
    return width > 0 && std::isfinite(range / width) ? range / width : std::log2(n) + 1;
}

}  // namespace

std::vector<double> binEdges(const std::vector<std::span<const double>>& series,
                             std::optional<std::size_t> bins, BinRule rule) {
    double low = INFINITY, high = -INFINITY;
    std::vector<std::vector<double>> counted;
    for (const auto& values : series) {
        std::vector<double> own;
        for (const double value : values) {
            if (!std::isfinite(value) || (rule.logarithmic && value <= 0)) continue;
            own.push_back(rule.logarithmic ? std::log10(value) : value);
            low = std::min(low, own.back());
            high = std::max(high, own.back());
        }
        if (!own.empty()) counted.push_back(std::move(own));
    }
    if (counted.empty()) return {0, 1};
    std::size_t count = bins.value_or(1);
    if (!bins && rule.whole && !rule.logarithmic && high - low < kMostWhole) {
        count = static_cast<std::size_t>(high - low) + 1;
        low -= 0.5;
        high += 0.5;
    } else if (!bins) {
        double wanted = 1;
        for (auto& own : counted) wanted = std::max(wanted, binsWanted(std::move(own), high - low));
        count = static_cast<std::size_t>(std::clamp(std::ceil(wanted), 1.0, double(kMostBins)));
    }
    if (!(high > low)) {  // one value many times: a bin around it
        const double half = std::max(std::abs(low) * 1e-3, 0.5);
        low -= half;
        high += half;
    }
    std::vector<double> edges(count + 1);
    for (std::size_t i = 0; i <= count; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(count);
        const double edge = std::isfinite(high - low)
                                ? low + static_cast<double>(i) * ((high - low) / static_cast<double>(count))
                                : low * (1 - part) + high * part;
        edges[i] = rule.logarithmic ? std::pow(10, edge) : edge;
    }
    return edges;
}

std::vector<double> binCounts(std::span<const double> values, std::span<const double> edges) {
    std::vector<double> counts(edges.size() - 1, 0);
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        const auto above = std::upper_bound(edges.begin(), edges.end(), value);
        auto bin = above - edges.begin() - 1;
        // The ends belong to the outer bins; a rounded logarithm may lie a hair beyond them.
        const double slack = 1e-12 * (std::abs(edges.front()) + std::abs(edges.back()));
        if (bin < 0 && value >= edges.front() - slack) bin = 0;
        if (above == edges.end())
            bin = value <= edges.back() + slack ? static_cast<std::ptrdiff_t>(counts.size()) - 1 : -1;
        if (bin >= 0) counts[static_cast<std::size_t>(bin)] += 1;
    }
    return counts;
}

}  // namespace latent::engine::figures

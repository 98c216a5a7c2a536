// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/smoothing.hpp"

#include <algorithm>
#include <cmath>

namespace latent::engine::figures {
namespace {

constexpr double kExactProducts = 1 << 26;  ///< above it a Gaussian is made of three boxes, in linear time

/// A weighted mean of the past, with weights that sum to one from the first value on.
std::vector<double> exponential(double past, std::span<const double> values) {
    std::vector<double> smooth(values.size(), NAN);
    double sum = 0, weight = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) continue;
        sum = past * sum + (1 - past) * values[i];
        weight = past * weight + (1 - past);
        smooth[i] = sum / weight;
    }
    return smooth;
}

/// Sums over [i - half, i + half], cut at the ends.
void box(std::vector<double>& values, std::size_t half) {
    std::vector<double> sums(values.size() + 1, 0);
    for (std::size_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + values[i];
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t begin = i > half ? i - half : 0, end = std::min(values.size(), i + half + 1);
        values[i] = (sums[end] - sums[begin]) / static_cast<double>(2 * half + 1);
    }
}

std::vector<double> gaussian(double sigma, std::span<const double> values) {
    const std::size_t n = values.size();
    std::vector<double> sum(n), weight(n);
    for (std::size_t i = 0; i < n; ++i) {
        weight[i] = std::isfinite(values[i]) ? 1 : 0;
        sum[i] = weight[i] != 0 ? values[i] : 0;
    }
    if (3 * sigma * static_cast<double>(n) <= kExactProducts) {
        const auto half = std::min(static_cast<std::size_t>(std::ceil(3 * sigma)), n);
        std::vector<double> taps(half + 1);
        for (std::size_t k = 0; k <= half; ++k)
            taps[k] = std::exp(-0.5 * std::pow(static_cast<double>(k) / sigma, 2));
        std::vector<double> smoothSum(n, 0), smoothWeight(n, 0);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t begin = i > half ? i - half : 0, end = std::min(n, i + half + 1);
            for (std::size_t j = begin; j < end; ++j) {
                const double tap = taps[j > i ? j - i : i - j];
                smoothSum[i] += tap * sum[j];
                smoothWeight[i] += tap * weight[j];
            }
        }
        sum = std::move(smoothSum);
        weight = std::move(smoothWeight);
    } else {
        // Three boxes of this width have the variance sigma²: each has (width² - 1) / 12.
        const double width = std::sqrt(4 * std::min(sigma, 1e9) * std::min(sigma, 1e9) + 1);
        const auto half = std::min(static_cast<std::size_t>(width / 2), n);
        for (int pass = 0; pass < 3; ++pass) {
            box(sum, half);
            box(weight, half);
        }
    }
    std::vector<double> smooth(n, NAN);
    for (std::size_t i = 0; i < n; ++i)
        if (std::isfinite(values[i]) && weight[i] > 0) smooth[i] = sum[i] / weight[i];
    return smooth;
}

/// Counts of ranks, with the k-th smallest found in logarithmic time (a Fenwick tree).
class RankCounts {
  public:
    explicit RankCounts(std::size_t ranks) : m_tree(ranks + 1, 0) {
        while (2 * m_top <= ranks) m_top *= 2;
    }
    void add(std::size_t rank, int change) {
        for (std::size_t i = rank + 1; i < m_tree.size(); i += i & (~i + 1)) m_tree[i] += change;
    }
    std::size_t kth(int k) const {
        std::size_t at = 0;
        for (std::size_t step = m_top; step > 0; step /= 2) {
            if (at + step >= m_tree.size() || m_tree[at + step] > k) continue;
            at += step;
            k -= m_tree[at];
        }
        return at;
    }

  private:
    std::vector<int> m_tree;
    std::size_t m_top = 1;
};

std::vector<double> median(double width, std::span<const double> values) {
    const std::size_t n = values.size(),
                      half = static_cast<std::size_t>(std::min(width, 2.0 * static_cast<double>(n)) / 2);
    std::vector<double> sorted, smooth(n, NAN);
    for (const double value : values)
        if (std::isfinite(value)) sorted.push_back(value);
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::vector<std::size_t> rank(n, 0);
    for (std::size_t i = 0; i < n; ++i)
        if (std::isfinite(values[i]))
            rank[i] = static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), values[i]) -
                                               sorted.begin());
    RankCounts window(sorted.size());
    int held = 0;
    const auto change = [&](std::size_t i, int by) {
        if (!std::isfinite(values[i])) return;
        window.add(rank[i], by);
        held += by;
    };
    for (std::size_t i = 0; i < std::min(half, n); ++i) change(i, 1);
    for (std::size_t i = 0; i < n; ++i) {
        if (i + half < n) change(i + half, 1);
        if (i > half) change(i - half - 1, -1);
        if (!std::isfinite(values[i])) continue;
        smooth[i] = (sorted[window.kth((held - 1) / 2)] + sorted[window.kth(held / 2)]) / 2;
    }
    return smooth;
}

}  // namespace

std::vector<double> smoothed(SmoothingKind kind, double strength, std::span<const double> values) {
    switch (kind) {
        case SmoothingKind::Exponential:
            return exponential(strength, values);
        case SmoothingKind::Gaussian:
            return gaussian(strength, values);
        case SmoothingKind::Median:
            break;
    }
    return median(strength, values);
}

}  // namespace latent::engine::figures

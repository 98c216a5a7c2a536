// SPDX-License-Identifier: Apache-2.0
#include "pipeline/labels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <latent/error.hpp>
#include <utility>

namespace hyperspectral_shadows {
namespace {

/// First and last whole number of 0 … n − 1 that lies in [low, high], whatever numbers a person gave; first above last: none does.
std::pair<std::int64_t, std::int64_t> within(double low, double high, std::int64_t n) {
    const auto most = static_cast<double>(n);
    if (!(low <= high) || low >= most || high < 0) return {n, -1};
    return {static_cast<std::int64_t>(std::ceil(std::max(low, 0.0))),
            std::min(n - 1, static_cast<std::int64_t>(std::floor(std::min(high, most))))};
}

}  // namespace

Labels labelsFromCoverage(const std::vector<float>& coverage) {
    Labels labels(coverage.size(), -1);
    for (std::size_t i = 0; i < coverage.size(); ++i)
        if (coverage[i] < kLitBelow)
            labels[i] = 0;
        else if (coverage[i] > kShadowAbove)
            labels[i] = 1;
    return labels;
}

Labels labelsFromMask(const std::vector<float>& mask, std::int64_t lines, std::int64_t samples, int border) {
    Labels labels(mask.size(), -1);
    const auto at = [&](std::int64_t y, std::int64_t x) {
        return mask[static_cast<std::size_t>(y * samples + x)];
    };
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t x = 0; x < samples; ++x) {
            if (!std::isfinite(at(y, x))) continue;
            const bool shadow = at(y, x) > .5F;
            bool alike = true;
            for (std::int64_t yy = std::max<std::int64_t>(0, y - border);
                 yy <= std::min(lines - 1, y + border) && alike; ++yy)
                for (std::int64_t xx = std::max<std::int64_t>(0, x - border);
                     xx <= std::min(samples - 1, x + border); ++xx)
                    alike = alike && (at(yy, xx) > .5F) == shadow;
            if (alike) labels[static_cast<std::size_t>(y * samples + x)] = shadow ? 1 : 0;
        }
    return labels;
}

Labels labelsFromRegions(const std::vector<Region>& lit, const std::vector<Region>& shadow,
                         std::int64_t lines, std::int64_t samples) {
    Labels labels(static_cast<std::size_t>(lines * samples), -1);
    const auto paint = [&](const std::vector<Region>& regions, std::int8_t value) {
        for (const Region& r : regions) {
            const auto [top, bottom] = within(r.yLow, r.yHigh, lines);
            const auto [left, right] = within(r.xLow, r.xHigh, samples);
            for (std::int64_t y = top; y <= bottom; ++y)
                for (std::int64_t x = left; x <= right; ++x)
                    labels[static_cast<std::size_t>(y * samples + x)] = value;
        }
    };
    paint(lit, 0);
    paint(shadow, 1);
    return labels;
}

Otsu otsu(const std::vector<float>& values) {
    constexpr std::size_t kBins = 512;
    float low = 3e38F, high = -3e38F;
    for (const float v : values)
        if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    if (!(low < high))
        throw latent::RunError(
            "All pixels are equally bright, so brightness cannot tell lit from shadow. Choose another rule "
            "for the labels.");
    std::array<double, kBins> count{};
    const double width = (static_cast<double>(high) - low) / kBins;
    for (const float v : values)
        if (std::isfinite(v))
            count[std::min<std::size_t>(
                kBins - 1, static_cast<std::size_t>((static_cast<double>(v) - low) / width))] += 1;
    double all = 0, sum = 0;
    for (std::size_t b = 0; b < kBins; ++b) all += count[b], sum += count[b] * static_cast<double>(b);
    double below = 0, sumBelow = 0, best = -1;
    Otsu result{};
    for (std::size_t b = 0; b + 1 < kBins; ++b) {
        below += count[b], sumBelow += count[b] * static_cast<double>(b);
        if (below == 0 || below == all) continue;
        const double m0 = sumBelow / below, m1 = (sum - sumBelow) / (all - below),
                     between = below * (all - below) * (m1 - m0) * (m1 - m0);
        if (between > best)
            best = between, result = {low + (static_cast<double>(b) + 1) * width, low + (m0 + .5) * width,
                                      low + (m1 + .5) * width};
    }
    return result;
}

Labels labelsFromBrightness(const std::vector<float>& mean, double ambiguous) {
    const Otsu split = otsu(mean);
    const double shadowBelow = split.threshold - ambiguous * (split.threshold - split.meanBelow),
                 litAbove = split.threshold + ambiguous * (split.meanAbove - split.threshold);
    Labels labels(mean.size(), -1);
    for (std::size_t i = 0; i < mean.size(); ++i)
        if (mean[i] < shadowBelow)
            labels[i] = 1;
        else if (mean[i] > litAbove)
            labels[i] = 0;
    return labels;
}

}  // namespace hyperspectral_shadows

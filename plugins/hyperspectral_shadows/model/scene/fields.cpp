// SPDX-License-Identifier: Apache-2.0
#include "model/scene/fields.hpp"

#include <algorithm>
#include <cmath>

namespace hyperspectral_shadows {
namespace {

std::size_t at(std::int64_t y, std::int64_t x, std::int64_t samples) {
    return static_cast<std::size_t>(y * samples + x);
}

/// Running mean of 2 radius + 1 pixels along one axis.
void runningMean(std::vector<float>& image, std::int64_t lines, std::int64_t samples, std::int64_t radius,
                 bool alongLines) {
    const std::int64_t length = alongLines ? lines : samples, others = alongLines ? samples : lines;
    std::vector<double> sum(static_cast<std::size_t>(length) + 1);
    for (std::int64_t o = 0; o < others; ++o) {
        const auto place = [&](std::int64_t i) { return alongLines ? at(i, o, samples) : at(o, i, samples); };
        for (std::int64_t i = 0; i < length; ++i)
            sum[static_cast<std::size_t>(i) + 1] = sum[static_cast<std::size_t>(i)] + image[place(i)];
        for (std::int64_t i = 0; i < length; ++i) {
            const std::int64_t low = std::max<std::int64_t>(0, i - radius),
                               high = std::min(length, i + radius + 1);
            image[place(i)] = static_cast<float>(
                (sum[static_cast<std::size_t>(high)] - sum[static_cast<std::size_t>(low)]) /
                static_cast<double>(high - low));
        }
    }
}

/// Convolution with a small kernel along one axis, edges repeated.
void along(std::vector<float>& image, std::int64_t lines, std::int64_t samples,
           const std::vector<double>& kernel, bool alongLines) {
    const auto radius = static_cast<std::int64_t>(kernel.size() / 2);
    const std::vector<float> from = image;
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t x = 0; x < samples; ++x) {
            double sum = 0;
            for (std::int64_t k = -radius; k <= radius; ++k) {
                const std::int64_t yy = alongLines ? std::clamp<std::int64_t>(y + k, 0, lines - 1) : y,
                                   xx = alongLines ? x : std::clamp<std::int64_t>(x + k, 0, samples - 1);
                sum += kernel[static_cast<std::size_t>(k + radius)] * from[at(yy, xx, samples)];
            }
            image[at(y, x, samples)] = static_cast<float>(sum);
        }
}

}  // namespace

std::vector<float> smoothField(latent::learn::RandomStream random, std::int64_t lines, std::int64_t samples,
                               double width) {
    std::vector<float> field(static_cast<std::size_t>(lines * samples));
    for (float& v : field) v = static_cast<float>(random.normal());
    // Three running means of 2r + 1 have the variance ((2r + 1)² − 1)/4.
    const auto radius = std::max<std::int64_t>(1, std::llround((std::sqrt(4 * width * width + 1) - 1) / 2));
    for (int pass = 0; pass < 3; ++pass)
        for (const bool alongLines : {false, true}) runningMean(field, lines, samples, radius, alongLines);
    double mean = 0, square = 0;
    for (const float v : field) mean += v / static_cast<double>(field.size());
    for (const float v : field) square += (v - mean) * (v - mean) / static_cast<double>(field.size());
    for (float& v : field) v = static_cast<float>((v - mean) / std::sqrt(std::max(square, 1e-30)));
    return field;
}

std::vector<float> penumbra(const std::vector<float>& mask, std::int64_t lines, std::int64_t samples,
                            double diskRadius, double deviation) {
    std::vector<float> image = mask;
    const auto reach = static_cast<std::int64_t>(std::ceil(diskRadius + .5));
    std::vector<double> weight;
    double total = 0;
    for (std::int64_t dy = -reach; dy <= reach; ++dy)
        for (std::int64_t dx = -reach; dx <= reach; ++dx) {
            weight.push_back(std::clamp(diskRadius + .5 - std::hypot(dy, dx), 0.0, 1.0));
            total += weight.back();
        }
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t x = 0; x < samples; ++x) {
            double sum = 0;
            std::size_t w = 0;
            for (std::int64_t dy = -reach; dy <= reach; ++dy)
                for (std::int64_t dx = -reach; dx <= reach; ++dx, ++w)
                    if (weight[w] > 0)
                        sum +=
                            weight[w] * mask[at(std::clamp<std::int64_t>(y + dy, 0, lines - 1),
                                                std::clamp<std::int64_t>(x + dx, 0, samples - 1), samples)];
            image[at(y, x, samples)] = static_cast<float>(sum / total);
        }
    const auto radius = static_cast<std::int64_t>(std::ceil(4 * deviation));
    std::vector<double> kernel;
    double sum = 0;
    for (std::int64_t k = -radius; k <= radius; ++k)
        kernel.push_back(std::exp(-.5 * static_cast<double>(k * k) / (deviation * deviation))),
            sum += kernel.back();
    for (double& k : kernel) k /= sum;
    for (const bool alongLines : {false, true}) along(image, lines, samples, kernel, alongLines);
    return image;
}

}  // namespace hyperspectral_shadows

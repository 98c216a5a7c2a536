// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/diffusion/losses.hpp"

#include <cmath>
#include <numbers>

namespace latent::learn::diffusion {

std::vector<double> antitheticTimes(double first, std::size_t n) {
    std::vector<double> times(n);
    for (std::size_t i = 0; i < n; ++i)
        times[i] = std::fmod(first + static_cast<double>(i) / static_cast<double>(n), 1.0);
    return times;
}

double weightOf(const Noise& noise) { return 0.5 * noise.slope / std::numbers::ln2; }

double latentLoss(const Schedule& schedule, std::span<const float> x) {
    const Noise end = schedule.at(1);
    double squares = 0;
    for (const float v : x) squares += static_cast<double>(v) * static_cast<double>(v);
    const double alpha2 = end.alpha * end.alpha, sigma2 = end.sigma * end.sigma;
    // σ² − 1 = −α², and ln σ² = log1p(−α²): no difference of numbers near 1.
    const double nats =
        0.5 * (alpha2 * squares / static_cast<double>(x.size()) - alpha2 - std::log1p(-alpha2));
    return (sigma2 > 0 ? nats : INFINITY) / std::numbers::ln2;
}

double reconstructionLoss(const Schedule& schedule, double deviation) {
    const double nats = 0.5 * std::exp(schedule.at(0).gamma) / (deviation * deviation) +
                        std::log(deviation * std::sqrt(2 * std::numbers::pi));
    return nats / std::numbers::ln2;
}

void diffuse(const Noise& noise, std::span<const float> x, std::span<const float> epsilon,
             std::span<float> z) {
    const float alpha = static_cast<float>(noise.alpha), sigma = static_cast<float>(noise.sigma);
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = alpha * x[i] + sigma * epsilon[i];
}

void LineGradient::add(const Schedule& schedule, double time, std::span<const float> x,
                       std::span<const float> epsilon, double squaredError, std::span<const float> dz,
                       double dinput, std::size_t n) {
    const Noise noise = schedule.at(time);
    // dα/dγ = −½·α·σ², dσ/dγ = ½·σ·α²
    const double dalpha = -0.5 * noise.alpha * noise.sigma * noise.sigma,
                 dsigma = 0.5 * noise.sigma * noise.alpha * noise.alpha;
    double dgamma = dinput / (schedule.options().gammaMax - schedule.options().gammaMin);
    for (std::size_t i = 0; i < x.size(); ++i)
        dgamma += static_cast<double>(dz[i]) *
                  (dalpha * static_cast<double>(x[i]) + dsigma * static_cast<double>(epsilon[i]));
    const double sign = schedule.slope() < 0 ? -1.0 : 1.0;
    intercept += dgamma;
    slope += sign * (dgamma * time + 0.5 * squaredError / std::numbers::ln2 / static_cast<double>(n));
}

void LineGradient::addEnds(const Schedule& schedule, std::span<const float> x, double deviation,
                           std::size_t n) {
    const Noise end = schedule.at(1);
    double squares = 0;
    for (const float v : x) squares += static_cast<double>(v) * static_cast<double>(v);
    const double alpha2 = end.alpha * end.alpha, sigma2 = end.sigma * end.sigma,
                 scale = 1.0 / (std::numbers::ln2 * static_cast<double>(n));
    const double latent = 0.5 * alpha2 * (sigma2 * (1 - squares / static_cast<double>(x.size())) - 1) * scale;
    const double reconstruction = 0.5 * std::exp(schedule.at(0).gamma) / (deviation * deviation) * scale;
    intercept += latent + reconstruction;
    slope += (schedule.slope() < 0 ? -1.0 : 1.0) * latent;
}

}  // namespace latent::learn::diffusion

// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/diffusion/schedule.hpp"

#include <cmath>
#include <latent/error.hpp>
#include <numbers>

namespace latent::learn::diffusion {

double alphaOf(double gamma) { return 1.0 / std::sqrt(1.0 + std::exp(gamma)); }
double sigmaOf(double gamma) { return 1.0 / std::sqrt(1.0 + std::exp(-gamma)); }

Schedule::Schedule(const ScheduleOptions& options)
    : m_options(options), m_intercept(options.gammaMin), m_slope(options.gammaMax - options.gammaMin) {
    if (!(options.gammaMin < options.gammaMax && options.gammaMin >= -60 && options.gammaMax <= 60))
        throw UsageError("A noise schedule needs γ_min < γ_max within ±60.");
    // α = cos(½π·u) means γ = 2 ln tan(½π·u).
    const auto angle = [](double gamma) { return std::atan(std::exp(gamma / 2)); };
    m_first = angle(options.gammaMin);
    m_range = angle(options.gammaMax) - m_first;
}

void Schedule::setLine(double intercept, double slope) {
    if (m_options.kind == ScheduleKind::Cosine) throw UsageError("A cosine schedule has no line to set.");
    if (!std::isfinite(intercept) || !std::isfinite(slope))
        throw UsageError("The line of a noise schedule must be finite.");
    m_intercept = intercept;
    m_slope = slope;
}

Noise Schedule::at(double time) const {
    Noise n{};
    if (m_options.kind == ScheduleKind::Cosine) {
        const double angle = m_first + m_range * time;
        n.gamma = 2 * std::log(std::tan(angle));
        n.slope = 2 * m_range / (std::sin(angle) * std::cos(angle));
    } else {
        n.gamma = m_intercept + std::abs(m_slope) * time;
        n.slope = std::abs(m_slope);
    }
    n.alpha = alphaOf(n.gamma);
    n.sigma = sigmaOf(n.gamma);
    n.input = (n.gamma - m_options.gammaMin) / (m_options.gammaMax - m_options.gammaMin);
    return n;
}

}  // namespace latent::learn::diffusion

// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/diffusion/sampler.hpp"

#include <cmath>
#include <latent/error.hpp>

namespace latent::learn::diffusion {

Sampler::Sampler(const Schedule& schedule, const SamplerOptions& options, std::size_t n, std::size_t d,
                 std::uint64_t seed, std::uint64_t first)
    : m_schedule(schedule), m_options(options), m_each(d), m_z(n * d), m_eps(n * d) {
    if (options.steps < 1) throw UsageError("A sampler takes one step at least.");
    if (options.kind == SamplerKind::Heun) {
        m_other.resize(n * d);
        m_moved.resize(n * d);
    }
    for (std::size_t i = 0; i < n; ++i) {
        m_noise.emplace_back(seed, "diffusion/sample", first + i);
        m_noise.back().fillNormal(std::span(m_z).subspan(i * d, d));
    }
}

bool Sampler::step(const Denoiser& denoiser) {
    if (done()) return false;
    const double steps = m_options.steps;
    const Noise from = m_schedule.at((steps - m_done) / steps),
                to = m_schedule.at((steps - m_done - 1) / steps);
    ++m_done;
    denoiser(m_z, from.input, m_eps);
    if (m_options.kind == SamplerKind::Ancestral) {
        const double c = -std::expm1(to.gamma - from.gamma);
        const float keep = static_cast<float>(to.alpha / from.alpha),
                    out = static_cast<float>(to.alpha / from.alpha * c * from.sigma);
        const double fresh = to.sigma * std::sqrt(c);
        for (std::size_t i = 0; i < m_z.size(); ++i)
            m_z[i] =
                keep * m_z[i] - out * m_eps[i] + static_cast<float>(fresh * m_noise[i / m_each].normal());
        return !done();
    }
    // z_s = α_s·(z_t/α_t + (ρ_s − ρ_t)·ε̂) with ρ = σ/α
    const double change = to.sigma / to.alpha - from.sigma / from.alpha;
    const float keep = static_cast<float>(to.alpha / from.alpha),
                move = static_cast<float>(to.alpha * change);
    if (m_options.kind == SamplerKind::Ddim) {
        for (std::size_t i = 0; i < m_z.size(); ++i) m_z[i] = keep * m_z[i] + move * m_eps[i];
        return !done();
    }
    for (std::size_t i = 0; i < m_z.size(); ++i) m_moved[i] = keep * m_z[i] + move * m_eps[i];
    denoiser(m_moved, to.input, m_other);
    for (std::size_t i = 0; i < m_z.size(); ++i)
        m_z[i] = keep * m_z[i] + move * 0.5F * (m_eps[i] + m_other[i]);
    return !done();
}

Denoiser guided(Denoiser conditional, Denoiser unconditional, double strength) {
    if (strength == 0) return conditional;
    return [conditional = std::move(conditional), unconditional = std::move(unconditional),
            w = static_cast<float>(strength), null = std::vector<float>()](
               std::span<const float> z, double input, std::span<float> eps) mutable {
        null.resize(eps.size());
        conditional(z, input, eps);
        unconditional(z, input, null);
        for (std::size_t i = 0; i < eps.size(); ++i) eps[i] += w * (eps[i] - null[i]);
    };
}

}  // namespace latent::learn::diffusion

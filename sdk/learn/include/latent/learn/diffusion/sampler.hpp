// SPDX-License-Identifier: Apache-2.0
#pragma once
// Samplers: from noise at t = 1 to data at t = 0 in equal steps of time, for any denoiser ε̂(z, t).
//
//     Ancestral  z_s = α_s/α_t·(z_t − c·σ_t·ε̂) + σ_s·√c·ξ,  c = 1 − e^{γ_s − γ_t}              (arXiv 2107.00630, equation 34)
//     Ddim       z_s = α_s·(z_t − σ_t·ε̂)/α_t + σ_s·ε̂: Euler's step of the probability flow       (arXiv 2010.02502)
//     Heun       its trapezoidal correction in y = z/α over σ/α: two evaluations a step            (arXiv 2206.00364)
//
// Noise of sample i comes from a stream of its own, so a sample does not depend on what is drawn beside it. The result is z_0 itself, as in
// the paper's code: it still holds the noise σ(0). Guidance: ε̂ = (1 + w)·ε̂(condition) − w·ε̂(null) (arXiv 2207.12598); w = 0 asks for the
// conditional one only. One thread at a time; the denoiser may use more.
//
//     Sampler sampler(schedule, {.kind = SamplerKind::Ddim, .steps = 20}, 16, 768, seed);
//     while (sampler.step([&](std::span<const float> z, double input, std::span<float> eps) { model.predict(…); })) if (reply.cancelled()) return;
//     sampler.z();                                                             // [16, 768]

#include <cstddef>
#include <cstdint>
#include <functional>
#include <latent/learn/random.hpp>
#include <span>
#include <vector>

#include "latent/learn/diffusion/schedule.hpp"

namespace latent::learn::diffusion {

enum class SamplerKind { Ancestral, Ddim, Heun };

struct SamplerOptions {
    SamplerKind kind = SamplerKind::Ancestral;
    int steps = 50;
};

/// eps [n, d] from z [n, d] at Noise::input.
using Denoiser = std::function<void(std::span<const float> z, double input, std::span<float> eps)>;

class Sampler {
  public:
    /// n samples of d numbers. `first` is the number of the first one: samples first … first + n − 1 are the same in any batch.
    Sampler(const Schedule& schedule, const SamplerOptions& options, std::size_t n, std::size_t d,
            std::uint64_t seed, std::uint64_t first = 0);

    /// One step; false when there are no more. Throws UsageError when asked for less than one step.
    bool step(const Denoiser& denoiser);
    bool done() const { return m_done == m_options.steps; }
    int stepsDone() const { return m_done; }
    std::span<const float> z() const { return m_z; }

  private:
    Schedule m_schedule;
    SamplerOptions m_options;
    std::size_t m_each;
    int m_done = 0;
    std::vector<float> m_z, m_eps, m_other, m_moved;
    std::vector<RandomStream> m_noise;
};

/// Denoiser with classifier-free guidance of strength w from a conditional and an unconditional one.
Denoiser guided(Denoiser conditional, Denoiser unconditional, double strength);

}  // namespace latent::learn::diffusion

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The variational bound of a continuous-time diffusion model and its parts, in bits per dimension (arXiv 2107.00630, equations 11–18).
//
//     diffusion       ½·E_t γ'(t)·‖ε − ε̂‖²       weight(t)·‖ε − ε̂‖²/d is its term for one time
//     latent          KL(q(z_1|x) ‖ N(0, 1))
//     reconstruction  −E log N(x; z_0/α_0, s²)
//
// Each divided by d·ln 2. With a learned schedule the bound is minimised over b and w too: LineGradient adds up its derivatives, from what
// the network's backward pass gives. Plain functions; any thread.
//
//     std::vector<double> t = antitheticTimes(stream.uniform(), batch);
//     double bits = weightOf(schedule.at(t[i])) * squaredError;                 // squared error: mean over dimensions

#include <cstddef>
#include <span>
#include <vector>

#include "latent/learn/diffusion/schedule.hpp"

namespace latent::learn::diffusion {

/// (first + i/n) mod 1: low-variance times of a batch (appendix I.1).
std::vector<double> antitheticTimes(double first, std::size_t n);

/// ½·γ'(t)/ln 2: times the mean squared error of ε̂ it is the diffusion loss in bits per dimension.
double weightOf(const Noise& noise);

/// KL(q(z_1|x) ‖ N(0, 1)) in bits per dimension.
double latentLoss(const Schedule& schedule, std::span<const float> x);

/// −E_ε log N(x; z_0/α_0, s²) in bits per dimension: ½·e^γ(0)/s² + ln(s·√2π), independent of x.
double reconstructionLoss(const Schedule& schedule, double deviation);

/// z [d] = α·x + σ·ε.
void diffuse(const Noise& noise, std::span<const float> x, std::span<const float> epsilon,
             std::span<float> z);

/// ∂(bound)/∂b and ∂/∂w of γ = b + |w|·t for a batch.
struct LineGradient {
    double intercept = 0, slope = 0;

    /// One image of n: its time, x, ε, squared error (mean over dimensions), and the gradients of the batch's loss with respect to z and
    /// to Noise::input.
    void add(const Schedule& schedule, double time, std::span<const float> x, std::span<const float> epsilon,
             double squaredError, std::span<const float> dz, double dinput, std::size_t n);
    /// The latent and reconstruction losses of one image of n.
    void addEnds(const Schedule& schedule, std::span<const float> x, double deviation, std::size_t n);
};

}  // namespace latent::learn::diffusion

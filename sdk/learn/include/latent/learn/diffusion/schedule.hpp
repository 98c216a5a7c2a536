// SPDX-License-Identifier: Apache-2.0
#pragma once
// Noise schedules of continuous-time diffusion: the log noise-to-signal ratio γ(t) over time t in [0, 1] (Kingma et al., "Variational
// Diffusion Models", arXiv 2107.00630).
//
//     z_t = α(t)·x + σ(t)·ε,   α² = sigmoid(−γ),   σ² = sigmoid(γ),   γ(0) = gammaMin (clean), γ(1) = gammaMax (noise)
//
// Linear and LearnedLinear: γ = b + |w|·t, of which the latter's b and w are trained (losses.hpp). Cosine: α = cos(½π·u), u affine in t so
// that both ends are met (Nichol and Dhariwal, arXiv 2102.09672). A plain value; any thread.
//
//     const Schedule schedule({.kind = ScheduleKind::Linear});                 // −5 … 10, as arXiv 2406.19370
//     const Noise n = schedule.at(0.5);                                        // n.alpha, n.sigma, n.gamma, n.slope

#include <cstdint>

namespace latent::learn::diffusion {

enum class ScheduleKind { Linear, LearnedLinear, Cosine };

struct ScheduleOptions {
    ScheduleKind kind = ScheduleKind::Linear;
    double gammaMin = -5;
    double gammaMax = 10;
};

/// The noise at one time.
struct Noise {
    double gamma;
    double slope;  ///< dγ/dt
    double alpha;  ///< √sigmoid(−γ): of the data
    double sigma;  ///< √sigmoid(γ): of the noise
    double input;  ///< what a network is told: (γ − γ_min)/(γ_max − γ_min) of the options, 0 … 1
};

/// √sigmoid(−γ) and √sigmoid(γ), exact also where one of them is tiny.
double alphaOf(double gamma);
double sigmaOf(double gamma);

class Schedule {
  public:
    /// Throws UsageError unless gammaMin < gammaMax and both are within ±60.
    explicit Schedule(const ScheduleOptions& options = {});

    const ScheduleOptions& options() const { return m_options; }
    Noise at(double time) const;

    /// b and w of γ = b + |w|·t (linear kinds). Setting them throws UsageError for the other kinds.
    double intercept() const { return m_intercept; }
    double slope() const { return m_slope; }
    void setLine(double intercept, double slope);

  private:
    ScheduleOptions m_options;
    double m_intercept, m_slope;      // of the line
    double m_first = 0, m_range = 0;  // of the cosine's angle
};

}  // namespace latent::learn::diffusion

// SPDX-License-Identifier: Apache-2.0
#pragma once
// A complete claim to start from, noise to feed it, and the one control that holds.
//
//     latent::Claim claim = example("a").greaterThan(0, 0.1);
//     latent::Evidence out;
//     out.claim("a").values({…});
//     goodControl(out, "a");
#include <cmath>
#include <latent/claim.hpp>
#include <random>
#include <vector>

namespace claims_test {

inline latent::Claim example(const std::string& id) {
    return latent::Claim(id, "The number is larger than nothing.")
        .source("arXiv:0000.00000", "Fig. 1")
        .estimand("the number")
        .unit("1")
        .each(latent::Replication::Seed)
        .greaterThan(0)
        .control(latent::Control("nothing", "Nothing is seen where there is nothing.").equals(0, 1));
}

inline void goodControl(latent::Evidence& out, const std::string& id) {
    out.claim(id).control("nothing").values({0.01, -0.02, 0.03, 0.0, -0.01, 0.02, 0.01, -0.03});
}

/// Noise whose mean, median or chance of success is known to be the null's.
enum class Noise { Normal, Cauchy, StudentT3, Uniform, Exponential, LogNormal, Poisson, Rounded };
inline constexpr int kNoises = 8;

/// A draw with the given centre removed: the mean, or the median where `median` is set. Cauchy has no mean
/// but its centre.
inline double draw(Noise noise, bool median, std::mt19937_64& random) {
    switch (noise) {
        case Noise::Normal:
            return std::normal_distribution<>()(random);
        case Noise::Cauchy:
            return std::cauchy_distribution<>()(random);
        case Noise::StudentT3:
            return std::student_t_distribution<>(3)(random);
        case Noise::Uniform:
            return std::uniform_real_distribution<>(-1, 1)(random);
        case Noise::Exponential:
            return std::exponential_distribution<>()(random) - (median ? std::log(2.0) : 1.0);
        case Noise::LogNormal:
            return std::lognormal_distribution<>(0, 0.5)(random) - (median ? 1.0 : std::exp(0.125));
        // The median of Poisson(3) is 3, with many ties there.
        case Noise::Poisson:
            return std::poisson_distribution<>(3)(random) - 3.0;
        default:
            return std::round(std::normal_distribution<>()(random));
    }
}

inline std::vector<double> draws(Noise noise, bool median, std::size_t n, std::mt19937_64& random) {
    std::vector<double> all(n);
    for (double& x : all) x = draw(noise, median, random);
    return all;
}

}  // namespace claims_test

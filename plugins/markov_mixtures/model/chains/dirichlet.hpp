// SPDX-License-Identifier: Apache-2.0
#pragma once
// Gamma and Dirichlet draws from a counter-based stream.
//
// Gamma by Marsaglia and Tsang (2000), exponential where the shape is 1; a shape below 1 is lifted by one and
// scaled back, in logarithms, so that rows of a tiny concentration do not underflow to 0/0. Takes from the stream
// as many words as it needs. Pure but for the stream; any thread.
//
//     RandomStream random(seed, "markov/chain/train", 7);
//     std::vector<double> row = dirichlet(random, std::vector<double>(10, 1.0));   // sums to 1

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <span>
#include <vector>

namespace markov_mixtures {

/// Logarithm of a Gamma(shape, 1) draw; shape > 0.
inline double logGamma(latent::learn::RandomStream& random, double shape) {
    if (shape == 1.0) return std::log(-std::log1p(-random.uniform()));
    if (shape < 1.0) {
        const double lifted = logGamma(random, shape + 1);
        return lifted + std::log1p(-random.uniform()) / shape;
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double x = random.normal(), root = 1.0 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log1p(-random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
    }
}

/// One draw; an entry of concentration 0 is 0. At least one must be positive.
inline std::vector<double> dirichlet(latent::learn::RandomStream& random, std::span<const double> concentration) {
    std::vector<double> row(concentration.size(), 0.0);
    double top = -INFINITY;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (!(concentration[i] > 0)) continue;
        row[i] = logGamma(random, concentration[i]);
        top = std::max(top, row[i]);
    }
    double sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = concentration[i] > 0 ? std::exp(row[i] - top) : 0.0;
        sum += row[i];
    }
    for (double& p : row) p /= sum;
    return row;
}

}  // namespace markov_mixtures

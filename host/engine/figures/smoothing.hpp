// SPDX-License-Identifier: Apache-2.0
#pragma once
// Smoothed curves, drawn over the measured ones and never instead of them.
//
// Values that are no number stay so and weigh nothing. At the ends the window is what there is of it. Work is O(n log n)
// at most, whatever the strength. Pure functions; any thread.
//
//     std::vector<double> smooth = smoothed(SmoothingKind::Gaussian, 5, loss);

#include <span>
#include <vector>

namespace latent::engine::figures {

enum class SmoothingKind { Exponential, Gaussian, Median };

/// `strength`: of Exponential the weight of the past, 0 to below 1; of Gaussian the standard deviation and of Median the
/// width of the window, in points.
std::vector<double> smoothed(SmoothingKind kind, double strength, std::span<const double> values);

}  // namespace latent::engine::figures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What runs publish arrays with. Pure; any thread.

#include <cstdint>
#include <limits>

namespace markov_mixtures {

/// Where nothing was measured.
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The length of a dimension.
inline std::int64_t extent(std::size_t n) { return static_cast<std::int64_t>(n); }

/// Titles of the axes of both divergences.
inline constexpr const char* kMatrixAxis = "KL(prediction‖truth)";
inline constexpr const char* kPositionAxis = "KL(truth‖prediction)";

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Times of a training: when to look, when something happened, how suddenly, and whether it went back.
//
// Curves are numbers at ascending step counts ≥ 1; times are log10 of steps, interpolated linearly in log10. Numbers that are not
// (a score that was not measured) are skipped. Pure; any thread. Nothing is returned for what does not happen.
//
//     std::vector<std::int64_t> at = checkpointSteps(30, 107'979, 50);      // 30 … 107979, by equal factors
//     std::optional<double> when = crossing(at, utilisation, .5);           // log10 of steps
//     std::optional<double> width = riseWidth(at, utilisation);             // decades from 20 % to 80 % of the last value

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace markov_mixtures {

/// `count` numbers of done steps from `first` to `steps` by equal factors, rounded, each once; `steps` is always the last.
std::vector<std::int64_t> checkpointSteps(std::int64_t first, std::int64_t steps, std::int64_t count);

/// log10 of the steps at which the curve first passes `level` from below; the first checkpoint when it starts there.
std::optional<double> crossing(std::span<const std::int64_t> steps, std::span<const double> curve,
                               double level);
/// When the curve has made one half of its way from its first to its last value; it must rise.
std::optional<double> halfRise(std::span<const std::int64_t> steps, std::span<const double> curve);
/// Decades between the crossings of 20 % and 80 % of the way; it must rise.
std::optional<double> riseWidth(std::span<const std::int64_t> steps, std::span<const double> curve);

/// Place of the smallest number; none without numbers.
std::optional<std::size_t> lowest(std::span<const double> curve);

}  // namespace markov_mixtures

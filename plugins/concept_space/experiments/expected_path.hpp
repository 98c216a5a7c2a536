// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way that SIM's theory expects of the held-out class through concept space, to be drawn over the
// measured one (arXiv 2410.08309, section 5 and figure 6).
//
// The symmetric two-layer flow for clusters at the separations of the concepts and one at the origin, with
// the spread of the training conditions. Nothing is fitted: the start is that of the theory's own example
// (weights .02 on, .018 off the diagonal), and only the path is compared, not its pace, for which a diffusion
// model has no counterpart. f_p/μ_p of the theory, 0 … 1, is laid from where the untrained model is to the
// corner. Pure; any thread.
//
//     const std::vector<double> path = expectedPath({.4, .8}, {.03, .06});       // [kPathFrames, 2]
//     laidFrom(path, {.5, .45});                                                 // 0 → the start, 1 → 1

#include <span>
#include <vector>

namespace concept_space {

inline constexpr int kPathFrames = 160;

/// Progress of each concept, [kPathFrames, concept]. Throws std::invalid_argument for separations of 0.
std::vector<double> expectedPath(const std::vector<double>& separations, const std::vector<double>& spreads);

/// The path with 0 at `start` [concept] and 1 at 1.
std::vector<double> laidFrom(std::span<const double> path, std::span<const double> start);

}  // namespace concept_space

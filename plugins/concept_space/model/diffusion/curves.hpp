// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is measured on the curves of a training: learning times and their censoring, the turn of a trajectory, saturation, speed.
//
// Steps rise; curves have one value for each recorded step, trajectories [n, concepts]. A time that was not reached is censored at the last step,
// never set to it. Pure; any thread.
//
//     const std::optional<double> t = learningTime(steps, accuracy, .8);
//     const Turn turn = sharpestTurn(steps, trajectory, 2);
//     const std::vector<double> unlearned = kaplanMeier(times, steps.back(), steps);

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace concept_space {

/// The first of three consecutive steps whose value is at or above the threshold.
std::optional<double> learningTime(std::span<const double> steps, std::span<const double> value,
                                   double threshold, std::size_t inARow = 3);

/// Gaussian smoothing over the index, renormalised at the ends; `columns` values a row.
std::vector<double> smoothed(std::span<const double> values, std::size_t columns, double deviation);

/// Where the smoothed trajectory turns most, after it has first moved by `moved`: the angle (radians) between successive velocities, of steps that
/// are not slower than a twentieth of the fastest.
struct Turn {
    std::optional<double> step;
    double angle = 0;
};
Turn sharpestTurn(std::span<const double> steps, std::span<const double> trajectory, std::size_t concepts,
                  double deviation = 1, double moved = .1);

/// ‖dC/dt‖ by central differences, per step.
std::vector<double> speedOf(std::span<const double> steps, std::span<const double> trajectory,
                            std::size_t concepts);

/// Mean over concepts of (coordinate − 1)²: the distance of the held-out class from its corner.
std::vector<double> conceptMse(std::span<const double> trajectory, std::size_t concepts);

/// Kaplan and Meier's estimate of the probability of not having learned, right after each of `at`; censored times are empty and leave at `end`.
std::vector<double> kaplanMeier(const std::vector<std::optional<double>>& times, double end,
                                std::span<const double> at);
/// Its median: the first time at which it is at or below one half.
std::optional<double> medianTime(const std::vector<std::optional<double>>& times, double end);

/// How much earlier the first of two concepts is learned than the second: the mean over seeds of the difference of their times. A time that was not
/// reached counts as `end`; a seed that learns neither knows no order and is left out. Nothing: all are.
std::optional<double> meanLead(const std::vector<std::optional<double>>& first,
                               const std::vector<std::optional<double>>& second, double end);
/// Mean over seeds of 1/time; one that was not reached has speed 0.
double meanLearningSpeed(const std::vector<std::optional<double>>& times);

/// Two-sided log-rank test of two groups (Mantel, 1966): χ² with one degree of freedom and its p; p = 1 when nothing was learned.
struct LogRank {
    double chiSquare = 0, p = 1;
};
LogRank logRank(const std::vector<std::optional<double>>& a, const std::vector<std::optional<double>>& b,
                double end);

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is read off a learning curve: learning times, order, speed, swing-by, descents, compositional order.
//
// Pure functions over the published arrays, theory and trained networks alike; any thread. Times are in the
// unit of the `time` they are given, losses in that of the losses. Curves must be finite: cut them at
// Outcome::finiteFrames.
//
//     auto t90 = learningTimes(time, output, mu, 0.9);            // one a concept, empty where never reached
//     SwingBy swing = swingBy(loss);                              // swing.magnitude == 0: monotone
//     int n = countDescents(loss, 1e-4);
//     long broken = topologicalViolations(nodeLossOfOneFrame, 1e-6);

#include <optional>
#include <span>
#include <vector>

namespace concept_space::theory {

enum class Crossing {
    FirstFrame,   ///< the first frame with r_p > q: what the paper's checkpoints give
    Interpolated  ///< where the straight line between that frame and the one before crosses q
};

/// t_q(p): when progress r_p = f_p / mu_p first exceeds q. output is [n, d], mu [s] (s <= d, no zeros).
std::vector<std::optional<double>> learningTimes(std::span<const double> time, std::span<const double> output,
                                                 std::span<const double> mu, double q,
                                                 Crossing crossing = Crossing::FirstFrame);

/// Concepts in the order in which they were learned; ties keep their index order, never learned ones come
/// last.
std::vector<int> learningOrder(const std::vector<std::optional<double>>& times);

/// ||df/dt|| at each frame, [n]: second-order differences on the uneven grid, first-order where there is no
/// neighbour.
std::vector<double> speed(std::span<const double> time, std::span<const double> output, int dim);

struct SwingBy {
    double magnitude = 0;  ///< max over t of loss(t) - min over t' <= t of loss(t'); 0: never rises
    int minimum = 0;       ///< frame of that minimum
    int maximum = 0;       ///< frame of that later maximum
};
SwingBy swingBy(std::span<const double> loss);

/// Descents deeper than `prominence`, separated by rises higher than it: 1 for a monotone curve, 0 for a flat
/// one. Every descent but the last ends in a local minimum of at least that prominence.
int countDescents(std::span<const double> loss, double prominence);

/// Pairs u strictly below v (as sets of concepts) with l(u) > l(v) + tolerance, on the 2^s node losses of one
/// frame.
long topologicalViolations(std::span<const double> nodeLoss, double tolerance);

}  // namespace concept_space::theory

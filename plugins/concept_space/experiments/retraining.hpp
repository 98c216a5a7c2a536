// SPDX-License-Identifier: Apache-2.0
#pragma once
// Trains the networks of a design again with other data: what controls of claims on trained networks compare
// with.
//
// The same seeds, starts and order of batches, other signals. The arithmetic of one control is bounded,
// whatever the design: it is shared among its designs, and as many seeds are trained as fit, the first ones
// first, so that which seeds are trained does not depend on how they fare. Uses all cores; results do not
// depend on how many.
//
//     const Retraining again(designs);
//     for (const auto& times : again.halfTimes(plan)) …   // [s] for each seed, in epochs
//     for (double rise : again.rises(plan)) …

#include <vector>

#include "experiments/train_plan.hpp"

namespace concept_space {

class Retraining {
  public:
    /// `designs`: how many plans share the arithmetic.
    explicit Retraining(std::size_t designs);

    /// Epochs until each concept passes one half of its target, interpolated between frames: [seeds] of [s].
    /// A seed is trained until all concepts but one have passed, so that the order is known; NaN: not by then.
    std::vector<std::vector<double>> halfTimes(const TrainPlan& plan) const;
    /// Largest rise of the OOD loss after an earlier minimum over the whole training: [seeds];
    /// NaN where it diverged.
    std::vector<double> rises(const TrainPlan& plan) const;
    /// Seeds of the plan that are trained, the first ones; 0 when not even one fits.
    int seedsOf(const TrainPlan& plan) const;

  private:
    double m_operations;
};

/// Epochs until each concept passes the fraction `q` of its target, interpolated between frames; NaN: never.
/// output is [frames, s], of the first frames of the plan.
std::vector<double> timesOf(const TrainPlan& plan, const std::vector<double>& output, double q);

}  // namespace concept_space

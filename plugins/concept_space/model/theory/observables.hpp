// SPDX-License-Identifier: Apache-2.0
#pragma once
// From weights to what is published: output, losses, node losses, forces and health of each frame of one
// cell.
//
// Used by every solver, on trajectories whose `weights` (and `bias`) are already there. Pure apart from the
// arrays it fills; different cells may be observed on different threads at once.
//
//     Trajectories t = emptyTrajectories(cells, data, schedule, wanted, true, false);
//     … fill t.weights and t.outcomes …
//     observeCell(t, 0, data, moment, wanted);

#include "theory/concept_data.hpp"
#include "theory/schedule.hpp"
#include "theory/trajectories.hpp"

namespace concept_space::theory {

/// Allocates the arrays; throws std::invalid_argument where node losses are asked of too many concepts.
Trajectories emptyTrajectories(int cells, const ConceptData& data, const FrameSchedule& schedule,
                               const Wanted& wanted, bool symmetric, bool withBias);

/// Fills the arrays of `cell` from its weights. `moment` is diagonal [d, d] (A^exponent), or the augmented
/// [d+1, d+1] where the trajectories carry biases. Frames past the outcome's finiteFrames become NaN.
/// `hasEigenvalues`: min_eigenvalue is filled already.
void observeCell(Trajectories& trajectories, int cell, const ConceptData& data,
                 const Eigen::MatrixXd& moment, bool hasEigenvalues = false);

}  // namespace concept_space::theory

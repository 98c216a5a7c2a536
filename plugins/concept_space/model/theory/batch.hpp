// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fixed-step integration of many cells side by side; called by solveSymmetric on the caller's thread.
//
// Cells ride in the lanes of the processor's vectors, as many at a time as the instruction set holds; a
// single cell is vectorised along its columns. Fills `weights` and `outcomes` of the trajectories, nothing
// else.
//
//     integrateBatch(cells, moments, schedule, options, trajectories);

#include <span>
#include <vector>

#include "theory/solve.hpp"

namespace concept_space::theory {

/// Whether integrateBatch also fills min_eigenvalue, side by side, for matrices of this size.
bool givesEigenvalues(int dim);

/// moments: the diagonal of A^exponent for each cell, [cells] of [d].
void integrateBatch(std::span<const Cell> cells, const std::vector<Eigen::VectorXd>& moments,
                    const FrameSchedule& schedule, const SymmetricOptions& options,
                    Trajectories& trajectories);

}  // namespace concept_space::theory

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fixed-step integration of many cells side by side; part of Integration.
//
// Cells ride in the lanes of the processor's vectors, as many at a time as the instruction set holds; a
// single cell is vectorised along its columns. Fills `weights` and `outcomes` of the trajectories, and
// `min_eigenvalue` where givesEigenvalues says so. Everything is borrowed.
//
//     std::unique_ptr<Integrator> flow = fixedSteps(cells, moments, schedule, options, trajectories);

#include <memory>
#include <vector>

#include "theory/integration.hpp"

namespace concept_space::theory {

/// Whether fixedSteps also fills min_eigenvalue, side by side, for matrices of this size.
bool givesEigenvalues(int dim);

/// moments: the diagonal of A^exponent for each cell, [cells] of [d]. Refuses a W0 that the model cannot start from.
std::unique_ptr<Integrator> fixedSteps(const std::vector<Cell>& cells,
                                       const std::vector<Eigen::VectorXd>& moments,
                                       const FrameSchedule& schedule, const SymmetricOptions& options,
                                       Trajectories& trajectories);

}  // namespace concept_space::theory

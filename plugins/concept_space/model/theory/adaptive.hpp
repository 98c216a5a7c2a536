// SPDX-License-Identifier: Apache-2.0
#pragma once
// The symmetric flow by the Dormand–Prince 5(4) pair, with dense output at the requested times.
//
// Integrates U in dU/dt = -BU/2, so W = U U^T is positive semi-definite at every frame, interpolated ones
// included. Error per step: root mean square over the entries of U, relative to `tolerance` * max(|U_ij|,
// |U(0)|_max). Pure; any thread. Time is dimensionless.
//
//     AdaptiveFlow flow{.tolerance = 1e-10};
//     AdaptiveResult r = integrateAdaptive(u0, a, schedule.times(), flow, weights.data());  // [n, d, d]
//     if (r.breakdownTime) …  // frames from r.finiteFrames on were not written

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace concept_space::theory {

struct AdaptiveFlow {
    double tolerance = 1e-10;    ///< 1e-14 … 1e-2
    long maximumSteps = 200000;  ///< accepted and rejected together
};

struct AdaptiveResult {
    long steps = 0;        ///< accepted
    long rejected = 0;
    int finiteFrames = 0;                 ///< frames written
    std::optional<double> breakdownTime;  ///< where the state was lost or the steps ran out
};

/// times: ascending, the first is 0 and its frame is u0 u0^T. weights: room for [times.size(), d, d] doubles.
AdaptiveResult integrateAdaptive(const Eigen::MatrixXd& u0, const Eigen::VectorXd& a,
                                 const std::vector<double>& times, const AdaptiveFlow& options,
                                 double* weights);

}  // namespace concept_space::theory

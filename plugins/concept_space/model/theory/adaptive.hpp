// SPDX-License-Identifier: Apache-2.0
#pragma once
// The symmetric flow by the Dormand–Prince 5(4) pair, with dense output at the requested times.
//
// Integrates U in dU/dt = -BU/2, so W = U U^T is positive semi-definite at every frame, interpolated ones
// included. Error per step: root mean square over the entries of U, relative to `tolerance` * max(|U_ij|,
// |U(0)|_max). Pure; any thread. Time is dimensionless.
//
//     AdaptiveIntegration flow(u0, a, times, {.tolerance = 1e-10}, weights.data());  // [n, d, d]
//     while (!flow.done()) flow.advance();
//     if (flow.result().breakdownTime) …  // frames from result().finiteFrames on were not written

#include <Eigen/Core>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "theory/integration.hpp"

namespace concept_space::theory {

struct AdaptiveFlow {
    double tolerance = 1e-10;                           ///< 1e-14 … 1e-2
    long mostSteps = std::numeric_limits<long>::max();  ///< accepted and rejected together
};

struct AdaptiveResult {
    long steps = 0;  ///< accepted
    long rejected = 0;
    int finiteFrames = 0;                 ///< frames written
    std::optional<double> breakdownTime;  ///< where it ended before the last of the times, by:
    Breakdown breakdown = Breakdown::LeftRange;
};

class AdaptiveIntegration {
  public:
    /// times: ascending, the first is 0 and its frame is u0 u0^T; borrowed, as is weights: room for [times.size(), d, d]
    /// doubles.
    AdaptiveIntegration(const Eigen::MatrixXd& u0, const Eigen::VectorXd& a, const std::vector<double>& times,
                        const AdaptiveFlow& options, double* weights);
    ~AdaptiveIntegration();
    bool done() const;
    /// Some steps.
    void advance();
    double time() const { return m_time; }
    const AdaptiveResult& result() const { return m_result; }
    Halfway save() const;
    void restore(const Halfway& halfway);

  private:
    void step();
    Eigen::MatrixXd m_u;
    const Eigen::VectorXd m_a;
    const std::vector<double>& m_times;
    const AdaptiveFlow m_options;
    double* m_weights;
    double m_floor, m_time = 0, m_h;
    bool m_inRange = true;  ///< the state that the last step came to
    AdaptiveResult m_result;
    std::unique_ptr<struct DormandPrince> m_method;
};

}  // namespace concept_space::theory

// SPDX-License-Identifier: Apache-2.0
#pragma once
// A cheap metric for the optimiser: the factorised Hessian of logistic regression from a part of the pixels.
//
//     const HessianMetric metric(data, curvature, removed, 1 / C, threads);
//     direction = metric.solve(gradient);

#include <Eigen/Cholesky>
#include <span>

#include "model/ilr/logistic.hpp"

namespace hyperspectral_shadows {

class HessianMetric {
  public:
    /// `curvature` [pixels]: c p (1 − p).
    HessianMetric(const Labelled& data, std::span<const float> curvature, const Eigen::MatrixXd& removed,
                  double penalty, int threads);
    Eigen::VectorXd solve(const Eigen::VectorXd& gradient) const;

  private:
    Eigen::LLT<Eigen::MatrixXf> m_factor;
};

}  // namespace hyperspectral_shadows

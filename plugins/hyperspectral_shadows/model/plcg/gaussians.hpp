// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two Gaussians of pure pixels, lit and in shadow, in the space of features.
//
//     const Gaussians pure = fitGaussians(features, shadow, {.trim = .01});

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace hyperspectral_shadows {

struct Gaussians {
    Eigen::VectorXd meanLit, meanShadow;
    Eigen::MatrixXd covarianceLit, covarianceShadow;
};

struct GaussianOptions {
    double shrinkage = 1e-6;  ///< times the mean variance, added to each variance
    double trim =
        0;  ///< share of each class with the largest Mahalanobis distance that is left out (two passes)
};

/// features [pixels, q]. Eigenvalues are floored at `shrinkage` of the mean one. Throws latent::RunError when a class has fewer
/// pixels than q + 2.
Gaussians fitGaussians(const Eigen::MatrixXd& features, const std::vector<std::uint8_t>& shadow,
                       const GaussianOptions& options);

}  // namespace hyperspectral_shadows

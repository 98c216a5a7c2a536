// SPDX-License-Identifier: Apache-2.0
#include "model/plcg/gaussians.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <latent/error.hpp>
#include <string>

namespace hyperspectral_shadows {
namespace {

void momentsOf(const Eigen::MatrixXd& x, Eigen::VectorXd& mean, Eigen::MatrixXd& covariance,
               double shrinkage) {
    mean = x.colwise().mean();
    const Eigen::MatrixXd centred = x.rowwise() - mean.transpose();
    covariance = centred.transpose() * centred / static_cast<double>(std::max<Eigen::Index>(1, x.rows() - 1));
    const double typical = std::max(covariance.trace() / static_cast<double>(covariance.rows()), 1e-300);
    covariance.diagonal().array() += shrinkage * typical;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
    const Eigen::VectorXd floored = eigen.eigenvalues().cwiseMax(shrinkage * typical);
    covariance = eigen.eigenvectors() * floored.asDiagonal() * eigen.eigenvectors().transpose();
}

/// Without the rows that lie furthest from the mean.
Eigen::MatrixXd trimmed(const Eigen::MatrixXd& x, double share, double shrinkage) {
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
    momentsOf(x, mean, covariance, shrinkage);
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
    const Eigen::MatrixXd white = factor.matrixL().solve((x.rowwise() - mean.transpose()).transpose());
    const Eigen::VectorXd distance = white.colwise().squaredNorm();
    std::vector<double> sorted(distance.data(), distance.data() + distance.size());
    const auto kept = static_cast<std::size_t>(static_cast<double>(sorted.size()) * (1 - share));
    if (kept == 0 || kept >= sorted.size()) return x;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(kept), sorted.end());
    Eigen::MatrixXd inner(static_cast<Eigen::Index>(x.rows()), x.cols());
    Eigen::Index row = 0;
    for (Eigen::Index i = 0; i < x.rows(); ++i)
        if (distance(i) < sorted[kept]) inner.row(row++) = x.row(i);
    inner.conservativeResize(row, Eigen::NoChange);
    return inner;
}

}  // namespace

Gaussians fitGaussians(const Eigen::MatrixXd& features, const std::vector<std::uint8_t>& shadow,
                       const GaussianOptions& options) {
    Gaussians pure;
    for (const bool dark : {false, true}) {
        Eigen::MatrixXd x(features.rows(), features.cols());
        Eigen::Index row = 0;
        for (Eigen::Index i = 0; i < features.rows(); ++i)
            if ((shadow[static_cast<std::size_t>(i)] != 0) == dark && features.row(i).allFinite())
                x.row(row++) = features.row(i);
        if (row < features.cols() + 2)
            throw latent::RunError(
                "Only " + std::to_string(row) + " pixels are labelled " + (dark ? "shadow" : "lit") + "; " +
                std::to_string(features.cols() + 2) + " or more are needed for a Gaussian of " +
                std::to_string(features.cols()) + " features. Label more, or lower 'rounds'.");
        x.conservativeResize(row, Eigen::NoChange);
        for (int pass = 0; pass < 2 && options.trim > 0; ++pass)
            x = trimmed(x, options.trim / 2, options.shrinkage);
        momentsOf(x, dark ? pure.meanShadow : pure.meanLit, dark ? pure.covarianceShadow : pure.covarianceLit,
                  options.shrinkage);
    }
    return pure;
}

}  // namespace hyperspectral_shadows

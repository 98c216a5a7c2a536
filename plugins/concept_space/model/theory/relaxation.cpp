// SPDX-License-Identifier: Apache-2.0
#include "theory/relaxation.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <stdexcept>

namespace concept_space::theory {

Relaxation::Relaxation(const Eigen::MatrixXd& target, const Eigen::MatrixXd& initial,
                       const Eigen::MatrixXd& moment)
    : m_target(target) {
    if (moment.rows() != moment.cols() || target.cols() != moment.rows() || initial.rows() != target.rows() ||
        initial.cols() != target.cols()) {
        throw std::invalid_argument(
            "The initial weights, their target and the moment do not have matching shapes.");
    }
    if (!initial.allFinite())
        throw std::invalid_argument("The initial weights hold a value that is not finite.");
    if (moment.isDiagonal(0)) {
        m_rates = moment.diagonal();
        m_deviation = initial - target;
        return;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moment);
    m_rates = solver.eigenvalues();
    m_basis = solver.eigenvectors();
    m_deviation = (initial - target) * m_basis;
}

Eigen::MatrixXd Relaxation::compose(const Eigen::VectorXd& factors, bool withTarget) const {
    Eigen::MatrixXd result = m_deviation * factors.asDiagonal();
    if (m_basis.size() > 0) result = result * m_basis.transpose();
    if (withTarget) result += m_target;
    return result;
}

Eigen::MatrixXd Relaxation::at(double time) const {
    return compose((-m_rates.array() * time).exp().matrix(), true);
}

Eigen::MatrixXd Relaxation::afterSteps(double eta, long steps) const {
    const double n = static_cast<double>(steps);
    const Eigen::VectorXd factors =
        m_rates.unaryExpr([&](double rate) { return std::pow(1 - eta * rate, n); });
    return compose(factors, true);
}

Eigen::MatrixXd Relaxation::velocityAt(double time) const {
    return compose((-m_rates.array() * (-m_rates.array() * time).exp()).matrix(), false);
}

Relaxation oneLayer(const ConceptData& data, const Eigen::MatrixXd& w0, int exponent) {
    return {Eigen::MatrixXd::Identity(data.dim, data.dim), w0, secondMoment(data, exponent).asDiagonal()};
}

Relaxation oneLayerWithBias(const ConceptData& data, const Eigen::MatrixXd& w0, const Eigen::VectorXd& b0) {
    const Eigen::Index d = data.dim;
    if (w0.rows() != d || w0.cols() != d || b0.size() != d) {
        throw std::invalid_argument("The initial weights must be [dim, dim] and the initial biases [dim].");
    }
    Eigen::MatrixXd theta(d, d + 1);
    theta << w0, b0;
    return {Eigen::MatrixXd::Identity(d, d + 1), theta, augmentedMoment(data)};
}

}  // namespace concept_space::theory

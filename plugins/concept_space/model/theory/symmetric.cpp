// SPDX-License-Identifier: Apache-2.0
#include "theory/symmetric.hpp"

namespace concept_space::theory {
namespace {

// B = (W - I)A + A(W - I): half the gradient's factor, grad_U L = B U.
Eigen::MatrixXd gradientFactor(const Eigen::MatrixXd& w, const Eigen::VectorXd& a) {
    Eigen::MatrixXd b = w * a.asDiagonal() + a.asDiagonal() * w;
    b.diagonal() -= 2 * a;
    return b;
}

}  // namespace

Eigen::MatrixXd velocityU(const Eigen::MatrixXd& u, const Eigen::VectorXd& a) {
    return -0.5 * (gradientFactor(u * u.transpose(), a) * u);
}

Eigen::MatrixXd velocity(const Eigen::MatrixXd& w, const Eigen::VectorXd& a) {
    const Eigen::MatrixXd wa = w * a.asDiagonal();
    const Eigen::MatrixXd square = w * w;
    const Eigen::MatrixXd aw = a.asDiagonal() * w;
    return wa + aw - wa * w - 0.5 * (a.asDiagonal() * square + square * a.asDiagonal());
}

Eigen::MatrixXd descentStep(const Eigen::MatrixXd& w, const Eigen::VectorXd& a, double eta) {
    const Eigen::MatrixXd b = gradientFactor(w, a);
    return w + 2 * eta * velocity(w, a) + eta * eta * (b * w * b);
}

double trainingLoss(const Eigen::MatrixXd& w, const Eigen::VectorXd& a) {
    const Eigen::MatrixXd deviation = w - Eigen::MatrixXd::Identity(w.rows(), w.cols());
    return 0.5 * deviation.colwise().squaredNorm().dot(a.transpose());
}

Forces decompose(const Eigen::MatrixXd& w, const Eigen::VectorXd& a) {
    const Eigen::Index d = w.rows();
    Forces forces{Eigen::MatrixXd(d, d), Eigen::MatrixXd(d, d), Eigen::MatrixXd(d, d)};
    for (Eigen::Index j = 0; j < d; ++j) {
        for (Eigen::Index i = 0; i < d; ++i) {
            forces.growth(i, j) = w(i, j) * (a[i] + a[j]);
            double majors = w(i, i) * (3 * a[i] + a[j]);
            if (i != j) majors += w(j, j) * (3 * a[j] + a[i]);
            forces.suppression(i, j) = 0.5 * w(i, j) * majors;
            double minors = 0;
            for (Eigen::Index k = 0; k < d; ++k) {
                if (k != i && k != j) minors += w(k, i) * w(k, j) * (a[i] + a[j] + 2 * a[k]);
            }
            forces.interaction(i, j) = 0.5 * minors;
        }
    }
    return forces;
}

}  // namespace concept_space::theory

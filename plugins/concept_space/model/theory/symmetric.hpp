// SPDX-License-Identifier: Apache-2.0
#pragma once
// The symmetric two-layer model f(x) = U U^T x, W = U U^T: its velocity, its forces, one step of descent.
//
// All functions are pure and take the diagonal a of A ([d], or A^2 for figure replication). The clock is the
// paper's:
//     dW/dt = V(W) = WA + AW - WAW - (A W^2 + W^2 A)/2                                     (equation D.2)
// which is the flow dU/dt = -grad_U L / 2 = -B U / 2 with B = (W-I)A + A(W-I), at half the speed of dU/dt =
// -grad_U L. Written as dU/dt the state stays positive semi-definite whatever the rounding; so U is what we
// integrate. Entry by entry dw_ij/dt = G_ij - S_ij - N_ij: growth, suppression, interaction
// (section 4.3).
//
//     Eigen::MatrixXd du = velocityU(u, a);                 // [d, k]; d/dt (U U^T) = velocity(U U^T, a)
//     Forces f = decompose(w, a);                           // f.growth - f.suppression - f.interaction == V

#include <Eigen/Core>

namespace concept_space::theory {

/// dU/dt = -B U / 2, [d, k].
Eigen::MatrixXd velocityU(const Eigen::MatrixXd& u, const Eigen::VectorXd& a);
/// dW/dt = V(W), [d, d].
Eigen::MatrixXd velocity(const Eigen::MatrixXd& w, const Eigen::VectorXd& a);
/// One step of gradient descent on U at rate eta, seen on W: W + 2 eta V + eta^2 B W B. Keeps W
/// semi-definite.
Eigen::MatrixXd descentStep(const Eigen::MatrixXd& w, const Eigen::VectorXd& a, double eta);
/// L = 1/2 sum_kp a_p (w_kp - delta_kp)^2: population training loss of any linear map.
double trainingLoss(const Eigen::MatrixXd& w, const Eigen::VectorXd& a);

struct Forces {
    Eigen::MatrixXd growth;       ///< G_ij = w_ij (a_i + a_j)
    Eigen::MatrixXd suppression;  ///< S_ij = w_ij [w_ii(3a_i + a_j) + 1{i != j} w_jj(3a_j + a_i)] / 2
    Eigen::MatrixXd interaction;  ///< N_ij = sum_{k not i, j} w_ki w_kj (a_i + a_j + 2a_k) / 2
};
Forces decompose(const Eigen::MatrixXd& w, const Eigen::VectorXd& a);

}  // namespace concept_space::theory

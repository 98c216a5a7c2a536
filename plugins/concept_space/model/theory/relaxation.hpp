// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exact learning dynamics of one linear layer: exponential relaxation towards its target.
//
// Population gradient flow of the loss 1/2 E||theta z - theta* z||^2 with second moment M = E[z z^T] is
//     d theta/dt = -(theta - theta*) M  =>  theta(t) = theta* + (theta(0) - theta*) exp(-M t)  (Theorem 4.1)
// and n steps of gradient descent at rate eta replace exp(-M t) by (1 - eta M)^n, exactly. Without biases
// theta = W, theta* = I and M = A; with biases theta = [W b], theta* = [I 0] and M is the augmented moment.
// Immutable after construction, so any thread may ask at once. Time is dimensionless; eigenvalues in units
// of the data squared.
//
//     Relaxation layer = oneLayer(data, w0);                // theta is [d, d]
//     Eigen::MatrixXd w = layer.at(2.5);
//     Relaxation biased = oneLayerWithBias(data, w0, b0);   // theta is [d, d+1], the last column is the bias
//     double slowest = biased.rates().minCoeff();

#include "theory/concept_data.hpp"

namespace concept_space::theory {

class Relaxation {
  public:
    /// target and initial are [rows, m]; moment is symmetric [m, m] (a diagonal one is used as it is).
    Relaxation(const Eigen::MatrixXd& target, const Eigen::MatrixXd& initial, const Eigen::MatrixXd& moment);

    /// theta(t) under gradient flow.
    Eigen::MatrixXd at(double time) const;
    /// theta after n steps of gradient descent; stable while eta * max rate < 2.
    Eigen::MatrixXd afterSteps(double eta, long steps) const;
    /// d theta/dt at time t.
    Eigen::MatrixXd velocityAt(double time) const;
    /// Eigenvalues of the moment: the decay rates, [m].
    const Eigen::VectorXd& rates() const { return m_rates; }

  private:
    Eigen::MatrixXd compose(const Eigen::VectorXd& factors, bool withTarget) const;

    Eigen::MatrixXd m_target;
    Eigen::MatrixXd m_deviation;  // (theta(0) - theta*) Q: the deviation in the eigenbasis
    Eigen::MatrixXd m_basis;      // Q, or empty where the moment is diagonal
    Eigen::VectorXd m_rates;
};

/// W alone: any W0 [d, d].
Relaxation oneLayer(const ConceptData& data, const Eigen::MatrixXd& w0, int exponent = 1);
/// [W b] on the augmented moment: the dynamics of the layer that the paper's code trains.
Relaxation oneLayerWithBias(const ConceptData& data, const Eigen::MatrixXd& w0, const Eigen::VectorXd& b0);

}  // namespace concept_space::theory

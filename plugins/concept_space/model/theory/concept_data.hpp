// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data of the structured identity mapping (SIM) task, as far as its theory needs it: first and second
// moments.
//
// Cluster p of s puts x ~ N(mu_p e_p, diag(sigma^2)) in d dimensions and the target is x itself. Optionally
// one more cluster lies at the origin. With C equally weighted clusters in all, E[x x^T] = diag(a), a_p =
// mu_p^2/C + sigma_p^2, and E[x]_p = mu_p/C. Called by the experiments and the probe on any thread; plain
// values, no shared state. Units: mu and sigma in units of the data (sigma is a standard deviation); moments
// in their square.
//
//     ConceptData data{.dim = 3, .mu = {1, 1.5}, .sigma = {.05, .05, .05}, .clusters = 2};
//     Eigen::VectorXd a = secondMoment(data);               // diagonal of A, [d]
//     Eigen::MatrixXd m = augmentedMoment(data);            // [[A, m], [m^T, 1]], [d+1, d+1]
//     Eigen::VectorXd x = oodPoint(data);                   // sum_p mu_p e_p, [d]

#include <Eigen/Core>
#include <vector>

namespace concept_space::theory {

struct ConceptData {
    int dim = 0;                ///< d, dimensions of the input and of the output
    std::vector<double> mu;     ///< [s] distances of the cluster centres; s = number of concepts <= d
    std::vector<double> sigma;  ///< standard deviations, [s], or up to [d] with noise outside the concepts
    int clusters = 0;           ///< C >= s: s, or s + 1 with the cluster at the origin

    int concepts() const { return static_cast<int>(mu.size()); }
};

/// Throws std::invalid_argument with a sentence that names what is wrong; every function below calls it.
void requireValid(const ConceptData& data);

/// Diagonal of A = E[x x^T] raised to `exponent`: 1 is the theory, 2 is what the paper's figure scripts
/// iterate with.
Eigen::VectorXd secondMoment(const ConceptData& data, int exponent = 1);
/// E[x], [d].
Eigen::VectorXd meanInput(const ConceptData& data);
/// E[(x,1)(x,1)^T] = [[A, m], [m^T, 1]]: what decides the dynamics of a layer with biases, [d+1, d+1].
Eigen::MatrixXd augmentedMoment(const ConceptData& data);
/// The out-of-distribution point that holds every concept at once: sum_p mu_p e_p, [d].
Eigen::VectorXd oodPoint(const ConceptData& data);

}  // namespace concept_space::theory

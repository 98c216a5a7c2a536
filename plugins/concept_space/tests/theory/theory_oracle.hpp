// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of the theory share: cells to solve, views into trajectories, and an integrator of our
// equations' right-hand sides that has nothing in common with the solvers (RK4 in long double).

#include <Eigen/Core>

#include "theory/solve.hpp"

namespace theory_test {

using namespace concept_space::theory;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

inline Cell cellOf(const ConceptData& data, const Eigen::MatrixXd& w0) {
    return {data, InitialWeights::matrix(w0)};
}

inline Eigen::MatrixXd weightsAt(const Trajectories& t, int frame, int cell = 0) {
    const Eigen::Index square = static_cast<Eigen::Index>(t.dim) * t.dim;
    const Eigen::Index row = static_cast<Eigen::Index>(cell) * t.frames + frame;
    return Eigen::Map<const RowMajor>(t.weights.data() + row * square, t.dim, t.dim);
}

/// Classical RK4 in long double: an oracle good to about 1e-15 with enough steps.
template <class Derivative>
LongMatrix integrate(LongMatrix state, long double time, int steps, Derivative&& derivative) {
    const long double h = time / steps;
    for (int n = 0; n < steps; ++n) {
        const LongMatrix k1 = derivative(state);
        const LongMatrix k2 = derivative(LongMatrix(state + h / 2 * k1));
        const LongMatrix k3 = derivative(LongMatrix(state + h / 2 * k2));
        const LongMatrix k4 = derivative(LongMatrix(state + h * k3));
        state += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    return state;
}

inline double distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    return (a - b).cwiseAbs().maxCoeff();
}

}  // namespace theory_test

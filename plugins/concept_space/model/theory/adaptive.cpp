// SPDX-License-Identifier: Apache-2.0
#include "theory/adaptive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "theory/lane_group.hpp"
#include "theory/symmetric.hpp"

namespace concept_space::theory {
namespace {

using Eigen::MatrixXd;

// Dormand and Prince (1980); the continuous extension is that of Hairer, Nørsett and Wanner, Solving ODEs I,
// II.6.
struct DormandPrince {
    MatrixXd k1, k2, k3, k4, k5, k6, k7, next, error;
    MatrixXd difference, slopeIn, slopeOut, bend;

    void step(const MatrixXd& u, const Eigen::VectorXd& a, double h) {
        k2 = velocityU(u + h * (1.0 / 5) * k1, a);
        k3 = velocityU(u + h * (3.0 / 40 * k1 + 9.0 / 40 * k2), a);
        k4 = velocityU(u + h * (44.0 / 45 * k1 - 56.0 / 15 * k2 + 32.0 / 9 * k3), a);
        k5 = velocityU(
            u + h * (19372.0 / 6561 * k1 - 25360.0 / 2187 * k2 + 64448.0 / 6561 * k3 - 212.0 / 729 * k4), a);
        k6 = velocityU(u + h * (9017.0 / 3168 * k1 - 355.0 / 33 * k2 + 46732.0 / 5247 * k3 + 49.0 / 176 * k4 -
                                5103.0 / 18656 * k5),
                       a);
        next = u + h * (35.0 / 384 * k1 + 500.0 / 1113 * k3 + 125.0 / 192 * k4 - 2187.0 / 6784 * k5 +
                        11.0 / 84 * k6);
        k7 = velocityU(next, a);
        error = h * (71.0 / 57600 * k1 - 71.0 / 16695 * k3 + 71.0 / 1920 * k4 - 17253.0 / 339200 * k5 +
                     22.0 / 525 * k6 - 1.0 / 40 * k7);
    }

    void prepareDense(const MatrixXd& u, double h) {
        difference = next - u;
        slopeIn = h * k1 - difference;
        slopeOut = difference - h * k7 - slopeIn;
        bend = h * (-12715105075.0 / 11282082432 * k1 + 87487479700.0 / 32700410799 * k3 -
                    10690763975.0 / 1880347072 * k4 + 701980252875.0 / 199316789632 * k5 -
                    1453857185.0 / 822651844 * k6 + 69997945.0 / 29380423 * k7);
    }

    MatrixXd dense(const MatrixXd& u, double share) const {
        const double rest = 1 - share;
        return u + share * (difference + rest * (slopeIn + share * (slopeOut + rest * bend)));
    }
};

void keepGram(const MatrixXd& u, double* weights, std::size_t frame) {
    const Eigen::Index d = u.rows();
    Eigen::Map<MatrixXd>(weights + static_cast<Eigen::Index>(frame) * d * d, d, d).noalias() =
        u * u.transpose();
}

}  // namespace

AdaptiveResult integrateAdaptive(const MatrixXd& u0, const Eigen::VectorXd& a,
                                 const std::vector<double>& times, const AdaptiveFlow& options,
                                 double* weights) {
    if (!(options.tolerance >= 1e-14 && options.tolerance <= 1e-2)) {
        throw std::invalid_argument("tolerance must lie between 1e-14 and 1e-2.");
    }
    AdaptiveResult result;
    DormandPrince method;
    MatrixXd u = u0;
    const double floor = std::max(u0.cwiseAbs().maxCoeff(), std::numeric_limits<double>::min());
    const double end = times.back();
    double t = 0;
    double h = std::min(end, 0.01 / std::max(a.maxCoeff(), 1e-300));
    std::size_t frame = 0;
    for (; frame < times.size() && times[frame] <= 0; ++frame) keepGram(u, weights, frame);
    method.k1 = velocityU(u, a);
    while (frame < times.size()) {
        const bool outOfSteps = result.steps + result.rejected >= options.maximumSteps;
        if (outOfSteps || !(h > 4 * std::numeric_limits<double>::epsilon() * t)) {
            result.breakdownTime = t;
            break;
        }
        h = std::min(h, end - t);
        method.step(u, a, h);
        const Eigen::ArrayXXd scale =
            options.tolerance * u.array().abs().max(method.next.array().abs()).max(floor);
        const double error = std::sqrt((method.error.array() / scale).square().mean());
        // Not a number counts as too large: the step shrinks until the state is found or declared lost.
        if (!(error <= 1) || !(method.next.squaredNorm() < kBreakdownSize)) {
            ++result.rejected;
            h *= std::isfinite(error) ? std::clamp(0.9 * std::pow(error, -0.2), 0.1, 0.9) : 0.1;
            continue;
        }
        ++result.steps;
        // The last step ends on `end` itself, whatever t + h rounds to.
        const double after = h >= end - t ? end : t + h;
        if (times[frame] <= after) method.prepareDense(u, h);
        for (; frame < times.size() && times[frame] <= after; ++frame) {
            keepGram(times[frame] == after ? method.next : method.dense(u, (times[frame] - t) / h), weights,
                     frame);
        }
        t = after;
        u = method.next;
        method.k1 = method.k7;  // first same as last
        h *= std::clamp(0.9 * std::pow(std::max(error, 1e-10), -0.2), 0.2, 5.0);
    }
    result.finiteFrames = static_cast<int>(frame);
    return result;
}

}  // namespace concept_space::theory

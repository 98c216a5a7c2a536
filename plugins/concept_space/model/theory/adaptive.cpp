// SPDX-License-Identifier: Apache-2.0
#include "theory/adaptive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "theory/lane_group.hpp"
#include "theory/symmetric.hpp"

namespace concept_space::theory {

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

namespace {

void keepGram(const MatrixXd& u, double* weights, std::size_t frame) {
    const Eigen::Index d = u.rows();
    Eigen::Map<MatrixXd>(weights + static_cast<Eigen::Index>(frame) * d * d, d, d).noalias() =
        u * u.transpose();
}

}  // namespace

AdaptiveIntegration::AdaptiveIntegration(const MatrixXd& u0, const Eigen::VectorXd& a,
                                         const std::vector<double>& times, const AdaptiveFlow& options,
                                         double* weights)
    : m_u(u0),
      m_a(a),
      m_times(times),
      m_options(options),
      m_weights(weights),
      m_floor(std::max(u0.cwiseAbs().maxCoeff(), std::numeric_limits<double>::min())),
      m_h(std::min(times.back(), 0.01 / std::max(a.maxCoeff(), 1e-300))),
      m_method(std::make_unique<DormandPrince>()) {
    if (!(options.tolerance >= 1e-14 && options.tolerance <= 1e-2))
        throw std::invalid_argument("tolerance must lie between 1e-14 and 1e-2.");
    int& frame = m_result.finiteFrames;
    for (; frame < static_cast<int>(times.size()) && times[static_cast<std::size_t>(frame)] <= 0; ++frame)
        keepGram(m_u, weights, static_cast<std::size_t>(frame));
    m_method->k1 = velocityU(m_u, m_a);
}

AdaptiveIntegration::~AdaptiveIntegration() = default;

bool AdaptiveIntegration::done() const {
    return m_result.breakdownTime || m_result.finiteFrames == static_cast<int>(m_times.size());
}

void AdaptiveIntegration::advance() {
    const double products =
        14 * std::pow(static_cast<double>(m_u.rows()), 3);  // two of d x d a stage, seven stages
    const long steps = std::max(1L, static_cast<long>(kStretchOperations / products));
    // Small matrices cost their overhead rather than their products.
    for (long n = std::min(steps, 10000L); n > 0 && !done(); --n) step();
}

void AdaptiveIntegration::step() {
    DormandPrince& method = *m_method;
    const bool outOfSteps = m_result.steps + m_result.rejected >= m_options.mostSteps;
    if (outOfSteps || !(m_h > 4 * std::numeric_limits<double>::epsilon() * m_time)) {
        m_result.breakdownTime = m_time;
        m_result.breakdown = !m_inRange   ? Breakdown::LeftRange
                             : outOfSteps ? Breakdown::OutOfSteps
                                          : Breakdown::StepTooShort;
        return;
    }
    const double end = m_times.back();
    m_h = std::min(m_h, end - m_time);
    method.step(m_u, m_a, m_h);
    const Eigen::ArrayXXd scale =
        m_options.tolerance * m_u.array().abs().max(method.next.array().abs()).max(m_floor);
    const double error = std::sqrt((method.error.array() / scale).square().mean());
    m_inRange = std::isfinite(error) && method.next.squaredNorm() < kBreakdownSize;
    // Not a number counts as too large: the step shrinks until the state is found or declared lost.
    if (!(error <= 1) || !m_inRange) {
        ++m_result.rejected;
        m_h *= std::isfinite(error) ? std::clamp(0.9 * std::pow(error, -0.2), 0.1, 0.9) : 0.1;
        return;
    }
    ++m_result.steps;
    // The last step ends on `end` itself, whatever t + h rounds to.
    const double after = m_h >= end - m_time ? end : m_time + m_h;
    auto frame = static_cast<std::size_t>(m_result.finiteFrames);
    if (m_times[frame] <= after) method.prepareDense(m_u, m_h);
    for (; frame < m_times.size() && m_times[frame] <= after; ++frame) {
        keepGram(m_times[frame] == after ? method.next : method.dense(m_u, (m_times[frame] - m_time) / m_h),
                 m_weights, frame);
    }
    m_result.finiteFrames = static_cast<int>(frame);
    m_time = after;
    m_u = method.next;
    method.k1 = method.k7;  // first same as last
    m_h *= std::clamp(0.9 * std::pow(std::max(error, 1e-10), -0.2), 0.2, 5.0);
}

Halfway AdaptiveIntegration::save() const {
    const auto kept = static_cast<std::size_t>(m_result.finiteFrames) * static_cast<std::size_t>(m_u.size());
    return {{m_time, m_h, static_cast<double>(m_result.steps), static_cast<double>(m_result.rejected)},
            {m_u.data(), m_u.data() + m_u.size()},
            {m_weights, m_weights + kept}};
}

void AdaptiveIntegration::restore(const Halfway& halfway) {
    const auto square = static_cast<std::size_t>(m_u.size());
    if (halfway.place.size() != 4 || halfway.state.size() != square || halfway.weights.size() % square != 0 ||
        halfway.weights.size() / square > m_times.size())
        throw std::invalid_argument("What was saved is of another integration.");
    m_time = halfway.place[0];
    m_h = halfway.place[1];
    m_result = {static_cast<long>(halfway.place[2]),
                static_cast<long>(halfway.place[3]),
                static_cast<int>(halfway.weights.size() / square),
                {},
                {}};
    std::copy(halfway.state.begin(), halfway.state.end(), m_u.data());
    std::copy(halfway.weights.begin(), halfway.weights.end(), m_weights);
    m_method->k1 = velocityU(m_u, m_a);
}

}  // namespace concept_space::theory

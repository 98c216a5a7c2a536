// SPDX-License-Identifier: Apache-2.0
#include "model/ilr/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <latent/error.hpp>
#include <latent/learn/parallel.hpp>
#include <memory>

#include "model/ilr/metric.hpp"
#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kBlock =
    128;  ///< pixels whose spectra stay in the second cache between the two products
constexpr std::size_t kStrips = 32;  ///< partial sums, as many whatever the threads are
constexpr std::size_t kMemory = 12;  ///< pairs that L-BFGS remembers
constexpr double kArmijo = 1e-4;

struct Pair {
    Eigen::VectorXd s, y;
    double rho;
};

/// The two-loop recursion (Nocedal and Wright, algorithm 7.4) with the metric in the middle.
Eigen::VectorXd quasiNewton(const Eigen::VectorXd& gradient, const std::deque<Pair>& pairs,
                            const HessianMetric& metric) {
    Eigen::VectorXd q = gradient;
    std::vector<double> alpha(pairs.size());
    for (std::size_t i = pairs.size(); i-- > 0;) {
        alpha[i] = pairs[i].rho * pairs[i].s.dot(q);
        q -= alpha[i] * pairs[i].y;
    }
    q = metric.solve(q);
    for (std::size_t i = 0; i < pairs.size(); ++i)
        q += (alpha[i] - pairs[i].rho * pairs[i].y.dot(q)) * pairs[i].s;
    return -q;
}

}  // namespace

LogisticSolver::LogisticSolver(const Labelled& data, const LogisticOptions& options)
    : m_data(data), m_options(options), m_curvature(data.pixels) {
    std::size_t shadows = 0;
    for (std::size_t i = 0; i < data.pixels; ++i) {
        const double c = data.weight ? data.weight[i] : 1.0;
        m_totalWeight += c;
        if (data.shadow[i]) m_shadowWeight += c, ++shadows;
    }
    if (shadows == 0 || shadows == data.pixels)
        throw latent::RunError(std::string("All labelled pixels are ") +
                               (shadows == 0 ? "lit" : "in shadow") +
                               ", so there is nothing to tell apart. Label some pixels of the other kind, or "
                               "choose another rule for the labels.");
}

double LogisticSolver::evaluate(const Eigen::VectorXd& wb, Eigen::VectorXd& gradient) {
    const Kernels& kernels = bestKernels();
    const std::size_t n = m_data.pixels, channels = m_data.channels;
    const Eigen::VectorXf w = wb.head(static_cast<Eigen::Index>(channels)).cast<float>();
    const double b = wb(static_cast<Eigen::Index>(channels));
    const std::size_t strips = std::min(kStrips, (n + kBlock - 1) / kBlock);
    std::vector<double> loss(strips, 0.0);
    std::vector<Eigen::VectorXd> part(strips);
    latent::learn::forEachIndex(strips, m_options.threads, [&](std::size_t s) {
        part[s] = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(channels) + 1);
        Eigen::VectorXf pulled(static_cast<Eigen::Index>(channels));
        float margin[kBlock], residual[kBlock];
        const std::size_t end = n * (s + 1) / strips;
        double intercept = 0;
        for (std::size_t at = n * s / strips; at < end; at += kBlock) {
            const std::size_t count = std::min(kBlock, end - at);
            const float* z = m_data.z + at * channels;
            kernels.margins(z, count, channels, w.data(), margin);
            for (std::size_t i = 0; i < count; ++i) {
                const double c = m_data.weight ? m_data.weight[at + i] : 1.0, m = margin[i] + b;
                const double e = std::exp(-std::abs(m)), p = m >= 0 ? 1 / (1 + e) : e / (1 + e),
                             t = m_data.shadow[at + i] ? 1.0 : 0.0;
                loss[s] += c * (std::log1p(e) + (m > 0 ? m : 0) - t * m);
                residual[i] = static_cast<float>(c * (p - t));
                intercept += c * (p - t);
                m_curvature[at + i] = static_cast<float>(c * p * (1 - p));
            }
            pulled.setZero();
            kernels.pull(z, count, channels, residual, pulled.data());
            part[s].head(static_cast<Eigen::Index>(channels)) += pulled.cast<double>();
        }
        part[s](static_cast<Eigen::Index>(channels)) = intercept;
    });
    gradient = part[0];
    double objective = loss[0];
    for (std::size_t s = 1; s < strips; ++s) gradient += part[s], objective += loss[s];
    const auto head = wb.head(static_cast<Eigen::Index>(channels));
    gradient.head(static_cast<Eigen::Index>(channels)) += head / m_options.inverseRegularisation;
    return objective + head.squaredNorm() / (2 * m_options.inverseRegularisation);
}

double LogisticSolver::objectiveOf(const LogisticFit& fit) const {
    const std::size_t strips = std::min(kStrips, (m_data.pixels + kBlock - 1) / kBlock);
    std::vector<double> loss(strips, 0.0);
    latent::learn::forEachIndex(strips, m_options.threads, [&](std::size_t s) {
        for (std::size_t i = m_data.pixels * s / strips; i < m_data.pixels * (s + 1) / strips; ++i) {
            const double m = Eigen::Map<const Eigen::VectorXf>(m_data.z + i * m_data.channels, fit.w.size())
                                 .cast<double>()
                                 .dot(fit.w) +
                             fit.intercept;
            const double c = m_data.weight ? m_data.weight[i] : 1.0;
            loss[s] +=
                c * (std::log1p(std::exp(-std::abs(m))) + (m > 0 ? m : 0) - (m_data.shadow[i] ? m : 0));
        }
    });
    double objective = fit.w.squaredNorm() / (2 * m_options.inverseRegularisation);
    for (const double part : loss) objective += part;
    return objective;
}

LogisticFit LogisticSolver::fit(const Eigen::MatrixXd& removed) {
    const auto channels = static_cast<Eigen::Index>(m_data.channels);
    const auto project = [&](Eigen::VectorXd& v) {
        for (int twice = 0; twice < 2 && removed.cols() > 0; ++twice)
            v.head(channels) -= removed * (removed.transpose() * v.head(channels)).eval();
    };
    Eigen::VectorXd x = Eigen::VectorXd::Zero(channels + 1), gradient, nextGradient;
    x(channels) = std::log(m_shadowWeight / (m_totalWeight - m_shadowWeight));
    LogisticFit fit;
    double f = evaluate(x, gradient);
    project(gradient);
    std::unique_ptr<HessianMetric> metric;
    std::deque<Pair> pairs;
    int sinceRefresh = 0, refreshes = 0, still = 0;
    for (; fit.iterations < m_options.maxIterations; ++fit.iterations) {
        fit.gradient = gradient.cwiseAbs().maxCoeff() / m_totalWeight;
        if (fit.gradient <= m_options.tolerance) {
            fit.converged = true;
            break;
        }
        // A new metric costs as much as a few passes; each stays twice as long as the one before.
        if (!metric || sinceRefresh >= (4 << refreshes)) {
            refreshes += metric ? 1 : 0;
            metric = std::make_unique<HessianMetric>(m_data, m_curvature, removed,
                                                     1 / m_options.inverseRegularisation, m_options.threads);
            pairs.clear();
            sinceRefresh = 0;
        }
        ++sinceRefresh;
        Eigen::VectorXd direction = quasiNewton(gradient, pairs, *metric);
        project(direction);
        double slope = direction.dot(gradient);
        if (!(slope < 0)) {
            pairs.clear();
            direction = -metric->solve(gradient);
            project(direction);
            slope = direction.dot(gradient);
        }
        double step = 1, next = 0;
        Eigen::VectorXd trial;
        const double noise = 1e-11 * std::abs(f);  // of sums in float32 blocks
        for (; step > 1e-6; step *= .5) {
            trial = x + step * direction;
            next = evaluate(trial, nextGradient);
            if (std::isfinite(next) && next <= f + kArmijo * step * slope + noise) break;
        }
        if (step <= 1e-6 || (f - next <= noise && ++still > 3)) {
            fit.converged = fit.gradient <= 100 * m_options.tolerance;  // as far as float32 goes
            if (step > 1e-6) x = trial, f = next;
            break;
        }
        project(nextGradient);
        Pair pair{trial - x, nextGradient - gradient, 0};
        const double curvature = pair.s.dot(pair.y);
        if (curvature > 1e-12 * pair.y.squaredNorm() * 1e-6) {
            pair.rho = 1 / curvature;
            pairs.push_back(std::move(pair));
            if (pairs.size() > kMemory) pairs.pop_front();
        }
        x = trial, f = next, gradient = nextGradient;
    }
    fit.w = x.head(channels), fit.intercept = x(channels), fit.objective = objectiveOf(fit);
    return fit;
}

}  // namespace hyperspectral_shadows

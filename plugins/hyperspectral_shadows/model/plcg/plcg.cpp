// SPDX-License-Identifier: Apache-2.0
#include "model/plcg/plcg.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/parallel.hpp>
#include <numbers>

#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

constexpr std::size_t kPixels =
    1024;  ///< pixels of one piece of work: their features stay in the first cache

Eigen::MatrixXd powerOf(const Eigen::MatrixXd& s, double power, double floor) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(s);
    const double least = floor * std::max(eigen.eigenvalues().maxCoeff(), 1e-300);
    return eigen.eigenvectors() *
           eigen.eigenvalues().cwiseMax(least).array().pow(power).matrix().asDiagonal() *
           eigen.eigenvectors().transpose();
}

}  // namespace

Eigen::MatrixXd squareRoot(const Eigen::MatrixXd& s) { return powerOf(s, .5, 0); }
Eigen::MatrixXd inverseSquareRoot(const Eigen::MatrixXd& s) { return powerOf(s, -.5, 1e-12); }

Eigen::MatrixXd optimalTransport(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    const Eigen::MatrixXd root = squareRoot(a), inverse = inverseSquareRoot(a);
    return inverse * squareRoot(root * b * root) * inverse;
}

Plcg::Plcg(Gaussians pure, MixedCovariance option, double priorStrength)
    : m_pure(std::move(pure)), m_option(option), m_prior(priorStrength) {
    const Eigen::Index q = m_pure.meanLit.size();
    if (q < 1 || q > kMaxFeatures)
        throw latent::UsageError("Plcg: " + std::to_string(q) + " features; 1 to 17 are possible.");
    const Eigen::LLT<Eigen::MatrixXd> lit(m_pure.covarianceLit);
    if (lit.info() != Eigen::Success || !m_pure.covarianceShadow.allFinite())
        throw latent::RunError(
            "The spread of the lit pixels is singular: their features depend on each other. Raise "
            "'shrinkage', or lower 'rounds'.");
    const Eigen::MatrixXd half = lit.matrixL().solve(m_pure.covarianceShadow);
    const Eigen::MatrixXd white = lit.matrixL().solve(half.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(.5 * (white + white.transpose()));
    const Eigen::MatrixXd inverse = lit.matrixL().solve(Eigen::MatrixXd::Identity(q, q));
    m_toDiagonal = eigen.eigenvectors().transpose() * inverse;
    const Eigen::VectorXd g = m_toDiagonal * (m_pure.meanShadow - m_pure.meanLit);
    m_table.features = static_cast<int>(q);
    m_table.squared = option == MixedCovariance::Independent;
    for (Eigen::Index k = 0; k < q; ++k) {
        m_table.g[k] = static_cast<float>(g(k));
        m_table.e[k] = static_cast<float>(std::max(eigen.eigenvalues()(k), 1e-8));
    }
    for (int j = 0; j < kCoverageGrid; ++j) {
        const double a = j / static_cast<double>(kCoverageGrid - 1);
        double logs = 0;
        for (Eigen::Index k = 0; k < q; ++k) {
            const double e = m_table.e[k],
                         v = m_table.squared ? (1 - a) * (1 - a) + a * a * e : (1 - a) + a * e;
            logs += std::log(v);
            m_table.inverse[j][k] = static_cast<float>(1 / v);
        }
        m_table.logVariance[j] = static_cast<float>(logs);
    }
    double logDeterminant = 0;
    for (Eigen::Index k = 0; k < q; ++k) logDeterminant += 2 * std::log(lit.matrixL()(k, k));
    m_litConstant = -.5 * (logDeterminant + static_cast<double>(q) * std::log(2 * std::numbers::pi));
    if (option == MixedCovariance::Transport)
        m_transport = optimalTransport(m_pure.covarianceLit, m_pure.covarianceShadow);
    if (option == MixedCovariance::Transport || priorStrength != 0) m_dense = makeDense();
}

Eigen::VectorXd Plcg::meanAt(double a) const { return (1 - a) * m_pure.meanLit + a * m_pure.meanShadow; }

Eigen::MatrixXd Plcg::covarianceAt(double a) const {
    switch (m_option) {
        case MixedCovariance::Independent:
            return (1 - a) * (1 - a) * m_pure.covarianceLit + a * a * m_pure.covarianceShadow;
        case MixedCovariance::Interpolated:
            return (1 - a) * m_pure.covarianceLit + a * m_pure.covarianceShadow;
        default:
            break;
    }
    const Eigen::MatrixXd t =
        (1 - a) * Eigen::MatrixXd::Identity(m_transport.rows(), m_transport.cols()) + a * m_transport;
    return t * m_pure.covarianceLit * t.transpose();
}

Eigen::MatrixXd Plcg::covarianceSlope(double a) const {
    const double h = 1e-5, low = std::max(0.0, a - h), high = std::min(1.0, a + h);
    return (covarianceAt(high) - covarianceAt(low)) / (high - low);
}

Eigen::MatrixXd Plcg::toLit(double a, bool whitening) const {
    const Eigen::MatrixXd s = covarianceAt(a);
    return whitening ? Eigen::MatrixXd(squareRoot(m_pure.covarianceLit) * inverseSquareRoot(s))
                     : optimalTransport(s, m_pure.covarianceLit);
}

double Plcg::objective(const Eigen::VectorXd& q, double a) const {
    const Eigen::LLT<Eigen::MatrixXd> factor(covarianceAt(a));
    const Eigen::VectorXd white = factor.matrixL().solve(q - meanAt(a));
    double half = .5 * white.squaredNorm();
    for (Eigen::Index k = 0; k < white.size(); ++k) half += std::log(factor.matrixL()(k, k));
    return half + priorAt(a);
}

double Plcg::information(double a) const {
    const Eigen::LLT<Eigen::MatrixXd> factor(covarianceAt(a));
    const Eigen::VectorXd g = m_pure.meanShadow - m_pure.meanLit;
    const Eigen::MatrixXd relative = factor.solve(covarianceSlope(a));
    return g.dot(factor.solve(g)) + .5 * (relative * relative).trace();
}

double Plcg::separation() const {
    const Eigen::VectorXd g = m_pure.meanShadow - m_pure.meanLit;
    return std::sqrt(g.dot(Eigen::LLT<Eigen::MatrixXd>(m_pure.covarianceLit).solve(g)));
}

Eigen::MatrixXf Plcg::inTable(const Rows& features) const {
    // Column by column: a matrix product would round a row by how many there are.
    Eigen::MatrixXf p(features.rows(), features.cols());
    Eigen::VectorXd sum(features.rows());
    for (Eigen::Index k = 0; k < features.cols(); ++k) {
        sum.setZero();
        for (Eigen::Index j = 0; j < features.cols(); ++j)
            sum.array() += (features.col(j).array() - m_pure.meanLit(j)) * m_toDiagonal(k, j);
        p.col(k) = sum.cast<float>();
    }
    return p;
}

float Plcg::litLikelihood(const Eigen::MatrixXf& inTable, Eigen::Index row) const {
    float square = 0;
    for (Eigen::Index k = 0; k < inTable.cols(); ++k) square += inTable(row, k) * inTable(row, k);
    return std::isfinite(square) ? static_cast<float>(m_litConstant - .5 * square) : kNoNumber;
}

std::vector<float> Plcg::litLikelihood(const Eigen::MatrixXd& features) const {
    const Eigen::MatrixXf p = inTable(features);
    std::vector<float> all;
    all.reserve(static_cast<std::size_t>(p.rows()));
    for (Eigen::Index i = 0; i < p.rows(); ++i) all.push_back(litLikelihood(p, i));
    return all;
}

Coverage Plcg::coverage(const Eigen::MatrixXd& features, int threads) const {
    // The kernel minimises without the slope of a prior, and has no transport: both go the long way.
    if (m_dense) return coverageDense(features, threads);
    const auto n = static_cast<std::size_t>(features.rows());
    Coverage out{std::vector<float>(n), std::vector<float>(n), std::vector<float>(n), std::vector<float>(n)};
    latent::learn::forEachIndex((n + kPixels - 1) / kPixels, threads, [&](std::size_t piece) {
        const std::size_t first = piece * kPixels, count = std::min(kPixels, n - first);
        const Eigen::MatrixXf p =
            inTable(features.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)));
        bestKernels().coverage(m_table, p.data(), count, count, out.a.data() + first,
                               out.sigma.data() + first, out.ratio.data() + first);
        for (std::size_t i = 0; i < count; ++i) {
            const float lit = litLikelihood(p, static_cast<Eigen::Index>(i));
            out.litLikelihood[first + i] = lit;
            if (std::isnan(lit)) out.a[first + i] = out.sigma[first + i] = out.ratio[first + i] = kNoNumber;
        }
    });
    return out;
}

struct Plcg::Dense {
    std::vector<Eigen::MatrixXd> white =
        std::vector<Eigen::MatrixXd>(kCoverageGrid);  ///< S_a^−½ as a Cholesky factor, by grid point
    std::vector<Eigen::VectorXd> mean = std::vector<Eigen::VectorXd>(kCoverageGrid);  ///< white μ_a
    std::vector<double> constant = std::vector<double>(kCoverageGrid), error = constant;
};

std::shared_ptr<const Plcg::Dense> Plcg::makeDense() const {
    const auto made = std::make_shared<Dense>();
    auto& [white, mean, constant, error] = *made;
    const Eigen::Index q = m_pure.meanLit.size();
    for (std::size_t j = 0; j < kCoverageGrid; ++j) {
        const double a = static_cast<double>(j) / (kCoverageGrid - 1);
        const Eigen::LLT<Eigen::MatrixXd> factor(covarianceAt(a));
        if (factor.info() != Eigen::Success)
            throw latent::RunError("The mixed covariance is singular at coverage " + std::to_string(a) +
                                   ". Raise 'shrinkage'.");
        white[j] = factor.matrixL().solve(Eigen::MatrixXd::Identity(q, q));
        mean[j] = white[j] * meanAt(a);
        constant[j] = -white[j].diagonal().array().log().sum() + priorAt(a);
        error[j] = 1 / std::sqrt(information(a));
    }
    return made;
}

Coverage Plcg::coverageDense(const Eigen::MatrixXd& features, int threads) const {
    const auto n = static_cast<std::size_t>(features.rows());
    Coverage out{std::vector<float>(n), std::vector<float>(n), std::vector<float>(n), std::vector<float>(n)};
    const std::shared_ptr<const Dense> dense = m_dense ? m_dense : makeDense();
    latent::learn::forEachIndex((n + kPixels - 1) / kPixels, threads, [&](std::size_t piece) {
        const std::size_t first = piece * kPixels, count = std::min(kPixels, n - first);
        const Eigen::MatrixXf p =
            inTable(features.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)));
        for (std::size_t i = first; i < first + count; ++i) {
            const Eigen::VectorXd q = features.row(static_cast<Eigen::Index>(i));
            out.litLikelihood[i] = litLikelihood(p, static_cast<Eigen::Index>(i - first));
            if (std::isnan(out.litLikelihood[i])) {
                out.a[i] = out.sigma[i] = out.ratio[i] = kNoNumber;
                continue;
            }
            std::size_t best = 0;
            double f[kCoverageGrid];
            for (std::size_t j = 0; j < kCoverageGrid; ++j) {
                f[j] = .5 * (dense->white[j] * q - dense->mean[j]).squaredNorm() + dense->constant[j];
                if (f[j] < f[best]) best = j;
            }
            // Golden section between the neighbours.
            constexpr double kGolden = .6180339887498949, kGrid = kCoverageGrid - 1;
            double low = static_cast<double>(best > 0 ? best - 1 : 0) / kGrid,
                   high = static_cast<double>(std::min<std::size_t>(best + 1, kCoverageGrid - 1)) / kGrid;
            double x1 = high - kGolden * (high - low), x2 = low + kGolden * (high - low),
                   f1 = objective(q, x1), f2 = objective(q, x2);
            while (high - low > 1e-6) {
                if (f1 <= f2) {
                    high = x2, x2 = x1, f2 = f1, x1 = high - kGolden * (high - low), f1 = objective(q, x1);
                } else {
                    low = x1, x1 = x2, f1 = f2, x2 = low + kGolden * (high - low), f2 = objective(q, x2);
                }
            }
            double a = .5 * (low + high), least = objective(q, a);
            for (const double end : {0.0, 1.0})
                if (const double there = f[end > 0 ? kCoverageGrid - 1 : 0]; there <= least)
                    a = end, least = there;
            out.a[i] = static_cast<float>(a);
            out.sigma[i] = static_cast<float>(dense->error[static_cast<std::size_t>(std::lround(a * kGrid))]);
            out.ratio[i] = static_cast<float>(2 * (f[0] - least));
        }
    });
    return out;
}

}  // namespace hyperspectral_shadows

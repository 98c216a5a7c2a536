// SPDX-License-Identifier: Apache-2.0
#include "pipeline/materials.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <numeric>

namespace hyperspectral_shadows {

std::vector<int> cluster(const Eigen::MatrixXd& q, int count) {
    constexpr int kRounds = 40;
    const Eigen::RowVectorXd mean = q.colwise().mean();
    const Eigen::RowVectorXd deviation =
        ((q.rowwise() - mean).colwise().squaredNorm() / static_cast<double>(q.rows()))
            .cwiseSqrt()
            .cwiseMax(1e-30);
    const Eigen::MatrixXd z = (q.rowwise() - mean).array().rowwise() / deviation.array();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(q.rows()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return z(a, 0) < z(b, 0); });
    Eigen::MatrixXd centre(count, q.cols());
    for (int k = 0; k < count; ++k)
        centre.row(k) = z.row(order[(static_cast<std::size_t>(k) * 2 + 1) * order.size() /
                                    (2 * static_cast<std::size_t>(count))]);
    std::vector<int> nearest(order.size(), -1);
    for (int round = 0; round < kRounds; ++round) {
        bool moved = false;
        for (Eigen::Index i = 0; i < z.rows(); ++i) {
            Eigen::Index k = 0;
            (centre.rowwise() - z.row(i)).rowwise().squaredNorm().minCoeff(&k);
            moved = moved || nearest[static_cast<std::size_t>(i)] != static_cast<int>(k);
            nearest[static_cast<std::size_t>(i)] = static_cast<int>(k);
        }
        if (!moved) break;
        Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(count, q.cols());
        Eigen::VectorXd size = Eigen::VectorXd::Zero(count);
        for (Eigen::Index i = 0; i < z.rows(); ++i)
            sum.row(nearest[static_cast<std::size_t>(i)]) += z.row(i),
                size(nearest[static_cast<std::size_t>(i)]) += 1;
        for (int k = 0; k < count; ++k)
            if (size(k) > 0) centre.row(k) = sum.row(k) / size(k);
    }
    return nearest;
}

Materials::Materials(const float* x, const Eigen::MatrixXd& q, int count, const Spectra& spectra,
                     const Eigen::MatrixXd& basis, const std::vector<float>& gain,
                     const GaussianOptions& gaussians, MixedCovariance covariance, double priorStrength) {
    const std::size_t channels = gain.size();
    const std::vector<int> nearest = cluster(q, count);
    const double meanGain = std::accumulate(gain.begin(), gain.end(), 0.0) / static_cast<double>(channels);
    for (int k = 0; k < count; ++k) {
        std::vector<float> dark;
        dark.reserve(static_cast<std::size_t>(std::count(nearest.begin(), nearest.end(), k)) * channels);
        std::vector<Eigen::Index> rows;
        for (std::size_t i = 0; i < nearest.size(); ++i) {
            if (nearest[i] != k) continue;
            rows.push_back(static_cast<Eigen::Index>(i));
            for (std::size_t c = 0; c < channels; ++c) dark.push_back(x[i * channels + c] * gain[c]);
        }
        if (static_cast<Eigen::Index>(rows.size()) < 3 * (q.cols() + 2)) continue;
        const auto n = static_cast<Eigen::Index>(rows.size());
        Eigen::MatrixXd both(2 * n, q.cols());
        for (Eigen::Index i = 0; i < n; ++i) both.row(i) = q.row(rows[static_cast<std::size_t>(i)]);
        both.bottomRows(n) = spectra.features(dark.data(), rows.size(), basis, 1);
        std::vector<std::uint8_t> shadow(static_cast<std::size_t>(2 * n), 0);
        std::fill(shadow.begin() + n, shadow.end(), std::uint8_t{1});
        Gaussians pair = fitGaussians(both, shadow, gaussians);
        // Noise falls with the root of the light only, so that of the darkened spectra is too small by the root of the gain.
        pair.covarianceShadow /= meanGain;
        m_pairs.push_back(std::make_unique<Plcg>(std::move(pair), covariance, priorStrength));
        m_logWeight.push_back(std::log(static_cast<double>(n) / static_cast<double>(nearest.size())));
    }
    if (m_pairs.empty())
        throw latent::RunError("The lit pixels are too few for " + std::to_string(count) +
                               " materials; lower 'materials', or label more.");
}

Coverage Materials::coverage(const Eigen::MatrixXd& q, int threads) const {
    Coverage best;
    std::vector<double> top, lit;
    for (std::size_t k = 0; k < m_pairs.size(); ++k) {
        Coverage c = m_pairs[k]->coverage(q, threads);
        if (k == 0) top.assign(c.a.size(), -1e300), lit.assign(c.a.size(), -1e300), best = c;
        for (std::size_t i = 0; i < c.a.size(); ++i) {
            const double here = c.litLikelihood[i] + m_logWeight[k], there = here + .5 * c.ratio[i];
            lit[i] = std::max(lit[i], here);
            if (there <= top[i]) continue;
            top[i] = there;
            best.a[i] = c.a[i], best.sigma[i] = c.sigma[i];
        }
    }
    for (std::size_t i = 0; i < best.a.size(); ++i)
        if (std::isfinite(best.a[i]))
            best.ratio[i] = static_cast<float>(2 * (top[i] - lit[i])),
            best.litLikelihood[i] = static_cast<float>(lit[i]);
    return best;
}

}  // namespace hyperspectral_shadows

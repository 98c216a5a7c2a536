// SPDX-License-Identifier: Apache-2.0
// The features of lit and shadowed pixels with the ellipses and the ridge between them, and how well coverage can be known.
#include <Eigen/Eigenvalues>
#include <cmath>
#include <latent/learn/random.hpp>
#include <numbers>

#include "experiments/remove.hpp"
#include "experiments/remove_record.hpp"
#include "model/no_number.hpp"

namespace hyperspectral_shadows {

void RemoveRecord::publishScatter(const Sample& sample, const ShadowModel& model) {
    const Eigen::MatrixXd q = model.features(sample.x.data(), sample.size(), nullptr, nullptr);
    const std::int64_t rounds = m_p.integer("rounds");
    // Without brightness the first projection stands across.
    const Eigen::Index first = model.spectra.firstProjection();
    std::vector<double> x(2 * kScatter, kNoNumber), y(static_cast<std::size_t>(rounds) * x.size(), kNoNumber);
    std::size_t count[2] = {0, 0}, all[2] = {0, 0}, seen[2] = {0, 0};
    for (const std::int8_t label : sample.labels)
        if (label >= 0) ++all[label];
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const int k = sample.labels[i];
        if (k < 0 || seen[k]++ % std::max<std::size_t>(1, (all[k] + kScatter - 1) / kScatter) != 0 ||
            count[k] == kScatter)
            continue;
        const std::size_t at = static_cast<std::size_t>(k) * kScatter + count[k]++;
        x[at] = q(static_cast<Eigen::Index>(i), 0);
        for (Eigen::Index r = 0; r + first < q.cols(); ++r)
            y[static_cast<std::size_t>(r) * x.size() + at] = q(static_cast<Eigen::Index>(i), r + first);
    }
    std::vector<std::int32_t> projection = counted(rounds);
    for (std::int32_t& r : projection) ++r;
    m_job.publish("projection", projection);
    m_job.publish("scatter_x", {x, {2, kScatter}});
    m_job.publish("scatter_y", {y, {rounds, 2, kScatter}});
    std::vector<double> level, ex, ey, rx, ry;
    for (int l = 0; l < kEllipses; ++l) level.push_back(l / (kEllipses - 1.0));
    for (std::int64_t r = 0; r < rounds; ++r) {
        const Eigen::Index second = r + first;
        const bool kept = second < q.cols();
        for (const double a : level) {
            Eigen::Vector2d centre = Eigen::Vector2d::Constant(kNoNumber);
            Eigen::Matrix2d root = Eigen::Matrix2d::Zero();
            if (kept) {
                const Eigen::MatrixXd s = model.plcg->covarianceAt(a);
                Eigen::Matrix2d plane;
                plane << s(0, 0), s(0, second), s(second, 0), s(second, second);
                root = squareRoot(plane);
                centre << model.plcg->meanAt(a)(0), model.plcg->meanAt(a)(second);
            }
            for (int i = 0; i < kEllipse; ++i) {
                const double t = 2 * std::numbers::pi * i / (kEllipse - 1);
                const Eigen::Vector2d at = centre + 2 * root * Eigen::Vector2d(std::cos(t), std::sin(t));
                ex.push_back(at(0)), ey.push_back(at(1));
            }
        }
        for (int i = 0; i < kRidge; ++i)
            ry.push_back(kept ? model.plcg->meanAt(i / (kRidge - 1.0))(second) : kNoNumber);
    }
    for (int i = 0; i < kRidge; ++i) rx.push_back(model.plcg->meanAt(i / (kRidge - 1.0))(0));
    m_job.publish("level", level);
    m_job.publish("ellipse_x", {ex, {rounds, kEllipses, kEllipse}});
    m_job.publish("ellipse_y", {ey, {rounds, kEllipses, kEllipse}});
    m_job.publish("ridge_x", rx);
    m_job.publish("ridge_y", {ry, {rounds, kRidge}});
}

void RemoveRecord::publishBound(const ShadowModel& model) {
    constexpr Eigen::Index kDraws = 2000;
    latent::learn::RandomStream random(1, "remove/bound");
    std::vector<double> coverage, bound, rmse, bias;
    for (int i = 0; i < kRidge; ++i) {
        const double a = i / (kRidge - 1.0);
        const Eigen::MatrixXd root = squareRoot(model.plcg->covarianceAt(a));
        const Eigen::VectorXd mean = model.plcg->meanAt(a);
        Eigen::MatrixXd q(kDraws, mean.size());
        Eigen::VectorXd e(mean.size());
        for (Eigen::Index r = 0; r < kDraws; ++r) {
            for (Eigen::Index k = 0; k < e.size(); ++k) e(k) = random.normal();
            q.row(r) = (mean + root * e).transpose();
        }
        double square = 0, sum = 0;
        for (const float found : model.plcg->coverage(q, model.options.threads).a)
            square += (found - a) * (found - a), sum += found - a;
        coverage.push_back(a), bound.push_back(1 / std::sqrt(model.plcg->information(a))),
            rmse.push_back(std::sqrt(square / kDraws)), bias.push_back(sum / kDraws);
    }
    m_job.publish("bound_coverage", coverage);
    m_job.publish("cramer_rao", bound);
    m_job.publish("simulated_rmse", rmse);
    m_job.publish("simulated_bias", bias);
}

}  // namespace hyperspectral_shadows

// SPDX-License-Identifier: Apache-2.0
// Coverage by maximum likelihood: planted data against the Cramér–Rao bound, the diagonal form against the dense one, maps that
// move moments.
#include <Eigen/Cholesky>
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <numbers>

#include "model/plcg/plcg.hpp"

using namespace hyperspectral_shadows;

namespace {

/// Two Gaussians of q features, their means this many lit deviations apart.
Gaussians planted(int q, double separation) {
    latent::learn::RandomStream random(5, "planted", static_cast<std::uint64_t>(q));
    const auto spd = [&](double scale) {
        Eigen::MatrixXd a(q, q);
        for (Eigen::Index i = 0; i < a.size(); ++i) a(i) = random.normal();
        return Eigen::MatrixXd(scale * (a * a.transpose() / q + .3 * Eigen::MatrixXd::Identity(q, q)));
    };
    Gaussians g{Eigen::VectorXd::Zero(q), Eigen::VectorXd::Zero(q), spd(1), spd(.3)};
    Eigen::VectorXd direction(q);
    for (Eigen::Index i = 0; i < q; ++i) g.meanLit(i) = random.normal(), direction(i) = random.normal();
    const double length =
        std::sqrt(direction.dot(Eigen::LLT<Eigen::MatrixXd>(g.covarianceLit).solve(direction)));
    g.meanShadow = g.meanLit + direction * (separation / length);
    return g;
}

Eigen::MatrixXd drawsAt(const Plcg& model, double a, int count, std::uint64_t stream) {
    latent::learn::RandomStream random(9, "draws", stream);
    const Eigen::MatrixXd root = Eigen::LLT<Eigen::MatrixXd>(model.covarianceAt(a)).matrixL();
    Eigen::MatrixXd q(count, model.features());
    for (Eigen::Index i = 0; i < count; ++i) {
        Eigen::VectorXd e(model.features());
        for (Eigen::Index k = 0; k < e.size(); ++k) e(k) = random.normal();
        q.row(i) = (model.meanAt(a) + root * e).transpose();
    }
    return q;
}

}  // namespace

class PlcgTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void coverageReachesTheCramerRaoBound() {
        for (const MixedCovariance option : {MixedCovariance::Independent, MixedCovariance::Interpolated})
            for (const int q : {2, 5})
                for (const double separation : {4.0, 8.0, 20.0}) {
                    const Plcg model(planted(q, separation), option);
                    QVERIFY(std::abs(model.separation() - separation) < 1e-9);
                    for (const double a : {.3, .5, .7}) {
                        const Coverage c =
                            model.coverage(drawsAt(model, a, 10'000, static_cast<std::uint64_t>(100 * a)), 2);
                        double square = 0, sigma = 0;
                        for (std::size_t i = 0; i < c.a.size(); ++i)
                            square += (c.a[i] - a) * (c.a[i] - a), sigma += c.sigma[i];
                        const double rmse = std::sqrt(square / static_cast<double>(c.a.size())),
                                     bound = 1 / std::sqrt(model.information(a));
                        QVERIFY2(std::abs(rmse / bound - 1) < .15,
                                 qPrintable(QString("option %1 q %2 separation %3 a %4: %5")
                                                .arg(static_cast<int>(option))
                                                .arg(q)
                                                .arg(separation)
                                                .arg(a)
                                                .arg(rmse / bound)));
                        QVERIFY(std::abs(sigma / static_cast<double>(c.a.size()) / bound - 1) < .15);
                    }
                }
    }

    void diagonalIsDense() {
        for (const MixedCovariance option : {MixedCovariance::Independent, MixedCovariance::Interpolated})
            for (const int q : {1, 3, 9}) {
                const Plcg model(planted(q, 6), option);
                Eigen::MatrixXd points(60, q);
                for (int k = 0; k < 6; ++k)
                    points.middleRows(10 * k, 10) =
                        drawsAt(model, k / 5.0, 10, 40 + static_cast<std::uint64_t>(k));
                const Coverage fast = model.coverage(points), dense = model.coverageDense(points);
                for (std::size_t i = 0; i < fast.a.size(); ++i) {
                    // Two minima may be equally deep to float32; the one found must be as good.
                    const Eigen::VectorXd point = points.row(static_cast<Eigen::Index>(i));
                    const double lit = -model.objective(point, 0) - .5 * q * std::log(2 * std::numbers::pi);
                    QCOMPARE(dense.litLikelihood[i], fast.litLikelihood[i]);
                    QVERIFY(std::abs(fast.litLikelihood[i] - lit) < 1e-2 + 1e-4 * std::abs(lit));
                    QVERIFY(model.objective(point, fast.a[i]) <= model.objective(point, dense.a[i]) + 2e-3);
                    if (std::abs(fast.a[i] - dense.a[i]) > 2e-3) continue;
                    QVERIFY(std::abs(fast.ratio[i] - dense.ratio[i]) < .02 + 1e-3 * dense.ratio[i]);
                }
                QVERIFY(std::count_if(fast.a.begin(), fast.a.end(),
                                      [](float a) { return a >= 0 && a <= 1; }) == 60);
            }
    }

    void aPixelIsTheSameInAnyCompany() {
        for (const MixedCovariance option :
             {MixedCovariance::Independent, MixedCovariance::Interpolated, MixedCovariance::Transport}) {
            const Plcg model(planted(5, 6), option);
            const Eigen::MatrixXd q = drawsAt(model, .3, 37, 8);
            const Coverage all = model.coverage(q);
            QCOMPARE(model.greatestLitLikelihood(),
                     -model.objective(model.pure().meanLit, 0) - 2.5 * std::log(2 * std::numbers::pi));
            QCOMPARE(model.litLikelihood(q), all.litLikelihood);
            for (const Eigen::Index first : {0, 1, 20, 36})
                for (const Eigen::Index count : {1, 3, 16}) {
                    const Eigen::Index n = std::min<Eigen::Index>(count, 37 - first);
                    const Coverage some = model.coverage(q.middleRows(first, n));
                    for (Eigen::Index i = 0; i < n; ++i) {
                        const auto here = static_cast<std::size_t>(i),
                                   there = static_cast<std::size_t>(first + i);
                        QVERIFY(some.a[here] == all.a[there] && some.sigma[here] == all.sigma[there] &&
                                some.ratio[here] == all.ratio[there] &&
                                some.litLikelihood[here] == all.litLikelihood[there]);
                    }
                }
        }
    }

    void mapsMoveMoments() {
        for (const MixedCovariance option :
             {MixedCovariance::Independent, MixedCovariance::Interpolated, MixedCovariance::Transport}) {
            const Plcg model(planted(4, 5), option);
            for (const double a : {0.0, .3, 1.0})
                for (const bool whitening : {false, true}) {
                    const Eigen::MatrixXd t = model.toLit(a, whitening),
                                          s = t * model.covarianceAt(a) * t.transpose();
                    QVERIFY((s - model.pure().covarianceLit).norm() <
                            1e-9 * model.pure().covarianceLit.norm());
                    if (!whitening)
                        QVERIFY((t - t.transpose()).norm() < 1e-9);  // optimal transport is symmetric
                }
            QVERIFY((model.covarianceAt(0) - model.pure().covarianceLit).norm() < 1e-9);
            QVERIFY((model.covarianceAt(1) - model.pure().covarianceShadow).norm() < 1e-9);
        }
    }

    void transportFindsItsCoverage() {
        const Plcg model(planted(3, 10), MixedCovariance::Transport);
        for (const double a : {.0, .4, 1.0}) {
            const Coverage c = model.coverage(model.meanAt(a).transpose());
            QVERIFY(std::abs(c.a[0] - a) < .06);
        }
    }

    void aPriorPullsToLight() {
        const Gaussians g = planted(3, 5);
        const Plcg flat(g, MixedCovariance::Independent), pulled(g, MixedCovariance::Independent, 20);
        const Eigen::MatrixXd q = drawsAt(flat, .4, 50, 3);
        const Coverage a = flat.coverage(q), b = pulled.coverage(q);
        double more = 0;
        for (std::size_t i = 0; i < a.a.size(); ++i) more += a.a[i] - b.a[i];
        QVERIFY(more / 50 > .05);
    }

    void missingFeaturesStayMissing() {
        const Plcg model(planted(3, 5), MixedCovariance::Independent);
        Eigen::MatrixXd q = drawsAt(model, .5, 20, 4);
        const Coverage whole = model.coverage(q);
        q(7, 1) = std::nan("");
        const Coverage c = model.coverage(q);
        QVERIFY(std::isnan(c.a[7]) && std::isnan(c.sigma[7]) && std::isnan(c.litLikelihood[7]));
        for (std::size_t i = 0; i < 20; ++i)
            if (i != 7) QCOMPARE(c.a[i], whole.a[i]);
    }

    void gaussiansOfLabelledPixels() {
        const Gaussians g = planted(3, 8);
        const Plcg model(g, MixedCovariance::Independent);
        Eigen::MatrixXd q(4000, 3);
        q << drawsAt(model, 0, 2000, 1), drawsAt(model, 1, 2000, 2);
        std::vector<std::uint8_t> shadow(4000, 0);
        std::fill(shadow.begin() + 2000, shadow.end(), std::uint8_t{1});
        Gaussians fit = fitGaussians(q, shadow, {});
        QVERIFY((fit.meanShadow - g.meanShadow).norm() < .1 &&
                (fit.covarianceLit - g.covarianceLit).norm() < .15 * g.covarianceLit.norm());
        // Fifteen pixels of something else far away, once as they are and once trimmed.
        for (Eigen::Index i = 0; i < 15; ++i)
            q.row(i) = (g.meanLit + Eigen::VectorXd::Constant(3, 60)).transpose();
        const Gaussians spoilt = fitGaussians(q, shadow, {}),
                        trimmed = fitGaussians(q, shadow, {.trim = .02});
        QVERIFY(spoilt.covarianceLit.norm() > 5 * g.covarianceLit.norm());
        QVERIFY((trimmed.covarianceLit - g.covarianceLit).norm() < .2 * g.covarianceLit.norm());
        // Features that repeat each other: floored, not singular.
        q.col(2) = q.col(1);
        const Plcg floored(fitGaussians(q, shadow, {}), MixedCovariance::Independent);
        for (const float a : floored.coverage(q).a) QVERIFY(a >= 0 && a <= 1);
        std::fill(shadow.begin(), shadow.end() - 3, std::uint8_t{0});
        try {
            fitGaussians(q, shadow, {});
            QFAIL("Three pixels made a Gaussian.");
        } catch (const latent::RunError& error) {
            QVERIFY(QString(error.what()).contains("Only 3 pixels are labelled shadow"));
        }
    }
};

QTEST_APPLESS_MAIN(PlcgTest)
#include "plcg_test.moc"

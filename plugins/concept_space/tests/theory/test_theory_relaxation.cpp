// SPDX-License-Identifier: Apache-2.0
// One layer: moments, closed forms with and without biases against an ODE and against real descent.
#include <QtTest>
#include <cmath>

#include "theory/relaxation.hpp"
#include "theory_oracle.hpp"

using namespace theory_test;

class TestTheoryRelaxation : public QObject {
    Q_OBJECT

    static ConceptData data() { return {.dim = 4, .mu = {1, 2}, .sigma = {.3, .2, .1}, .clusters = 3}; }
    static Eigen::MatrixXd start() { return InitialWeights::draw("linear", 4, 7).weights(); }

  private Q_SLOTS:
    void momentsFollowTheirFormula() {
        const Eigen::VectorXd a = secondMoment(data());
        QVERIFY(std::abs(a[0] - (1.0 / 3 + .09)) < 1e-15);
        QVERIFY(std::abs(a[1] - (4.0 / 3 + .04)) < 1e-15);
        QVERIFY(std::abs(a[2] - .01) < 1e-15);  // noise outside the concepts
        QCOMPARE(a[3], 0.0);
        QVERIFY(distance(secondMoment(data(), 2), a.cwiseAbs2()) < 1e-15);
    }

    void biasesSlowTheWeakConceptAsInTheNote() {
        const ConceptData task{
            .dim = 2, .mu = {1, 2}, .sigma = {std::sqrt(.05), std::sqrt(.05)}, .clusters = 3};
        const Relaxation biased =
            oneLayerWithBias(task, Eigen::MatrixXd::Zero(2, 2), Eigen::VectorXd::Zero(2));
        Eigen::VectorXd rates = biased.rates();
        std::sort(rates.begin(), rates.end());
        QVERIFY(distance(rates, Eigen::Vector3d(.154, .700, 1.913)) < 5e-4);
        QVERIFY(distance(secondMoment(task), Eigen::Vector2d(.383, 1.383)) < 5e-4);
    }

    void flowAgreesWithTheDifferentialEquation() {
        const LongMatrix a = LongMatrix(secondMoment(data()).cast<long double>().asDiagonal());
        const LongMatrix identity = LongMatrix::Identity(4, 4);
        const LongMatrix exact = integrate(start().cast<long double>(), 3.0L, 3000, [&](const LongMatrix& w) {
            return LongMatrix(-(w - identity) * a);
        });
        QVERIFY(distance(oneLayer(data(), start()).at(3.0), exact.cast<double>()) < 1e-10);
    }

    void biasedFlowAgreesWithTheDifferentialEquation() {
        const Eigen::VectorXd b0 = Eigen::Vector4d(.1, -.2, .3, .4);
        LongMatrix theta(4, 5);
        theta << start().cast<long double>(), b0.cast<long double>();
        const LongMatrix m = augmentedMoment(data()).cast<long double>();
        const LongMatrix target = LongMatrix::Identity(4, 5);
        const LongMatrix exact =
            integrate(theta, 3.0L, 3000, [&](const LongMatrix& x) { return LongMatrix(-(x - target) * m); });
        QVERIFY(distance(oneLayerWithBias(data(), start(), b0).at(3.0), exact.cast<double>()) < 1e-10);
    }

    void discreteFormIsGradientDescent() {
        const Eigen::VectorXd a = secondMoment(data());
        const Eigen::VectorXd b0 = Eigen::VectorXd::Zero(4);
        Eigen::MatrixXd w = start();
        Eigen::MatrixXd theta(4, 5);
        theta << start(), b0;
        const double eta = .05;
        for (int n = 0; n < 400; ++n) {
            w -= eta * (w - Eigen::MatrixXd::Identity(4, 4)) * a.asDiagonal();
            theta -= eta * (theta - Eigen::MatrixXd::Identity(4, 5)) * augmentedMoment(data());
        }
        QVERIFY(distance(oneLayer(data(), start()).afterSteps(eta, 400), w) < 1e-13);
        QVERIFY(distance(oneLayerWithBias(data(), start(), b0).afterSteps(eta, 400), theta) < 1e-12);
    }

    void zeroStartHasTheClosedLossAndNeverRises() {
        const Cell cell{data(), InitialWeights::draw("zero", 4, 0)};
        const FrameSchedule schedule(8.0, 800, 81, Spacing::Logarithmic);
        const Trajectories t = solveOneLayer({&cell, 1}, schedule);
        const Eigen::VectorXd a = secondMoment(data());
        for (int n = 0; n < t.frames; ++n) {
            const double time = t.time[static_cast<std::size_t>(n)];
            const double expected = .5 * (std::exp(-2 * a[0] * time) + 4 * std::exp(-2 * a[1] * time));
            QVERIFY(std::abs(t.oodLoss[static_cast<std::size_t>(n)] - expected) < 1e-12);
            if (n > 0)
                QVERIFY(t.oodLoss[static_cast<std::size_t>(n)] < t.oodLoss[static_cast<std::size_t>(n - 1)]);
        }
        QVERIFY(t.minEigenvalue.empty());
        // Node losses: empty, concept 1, concept 2, both; here at the start, where nothing is learned.
        const double expected[] = {0, .5, 2, 2.5};
        for (std::size_t v = 0; v < 4; ++v) QVERIFY(std::abs(t.nodeLoss[v] - expected[v]) < 1e-14);
    }

    void biasedTrajectoryCarriesBiasAndLosses() {
        const Cell cell = cellOf(data(), start());
        const FrameSchedule schedule(2.0, 10, 11);
        const Trajectories t = solveOneLayer({&cell, 1}, schedule, {.bias = true});
        const Eigen::MatrixXd theta = oneLayerWithBias(data(), start(), Eigen::VectorXd::Zero(4)).at(2.0);
        const Eigen::Map<const Eigen::VectorXd> bias(t.bias.data() + 40, 4);
        QVERIFY(distance(bias, theta.col(4)) < 1e-15);
        const Eigen::VectorXd point = oodPoint(data());
        const Eigen::VectorXd residual = theta.leftCols(4) * point + theta.col(4) - point;
        QVERIFY(std::abs(t.oodLoss[10] - .5 * residual.squaredNorm()) < 1e-14);
        QVERIFY(std::abs(t.nodeLoss[10 * 4 + 3] - t.oodLoss[10]) < 1e-14);
        QVERIFY(std::abs(t.nodeLoss[10 * 4] - .5 * theta.col(4).squaredNorm()) < 1e-14);
        const Eigen::MatrixXd deviation = theta - Eigen::MatrixXd::Identity(4, 5);
        const double loss = .5 * (deviation * augmentedMoment(data()) * deviation.transpose()).trace();
        QVERIFY(std::abs(t.trainLoss[10] - loss) < 1e-14);
    }

    void unstableDescentIsReportedNotPublished() {
        const Cell cell = cellOf(data(), start());
        const FrameSchedule schedule(1e5, 10000, 101);  // eta = 10, far beyond 2 / max a
        const Trajectories t = solveOneLayer({&cell, 1}, schedule, {.discrete = true});
        QVERIFY(t.outcomes[0].breakdownTime.has_value());
        const auto finite = static_cast<std::size_t>(t.outcomes[0].finiteFrames);
        QVERIFY(finite > 0 && finite < 101);
        QVERIFY(std::isfinite(t.trainLoss[finite - 1]));
        QVERIFY(std::isnan(t.trainLoss[finite]) && std::isnan(t.weights.back()));
    }

    void refusalsNameTheCulprit_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("words");
        QTest::newRow("sigma too short") << 0 << "sigma has 1 entries";
        QTest::newRow("too few clusters") << 1 << "clusters is 1";
        QTest::newRow("mu too long") << 2 << "mu has 2 entries";
        QTest::newRow("exponent") << 3 << "exponent is 3";
        QTest::newRow("frames") << 4 << "frames is 12; it must lie between 2 and steps + 1 = 11";
        QTest::newRow("mu not a number") << 5 << "mu holds a value that is not a number";
        QTest::newRow("w0 of another size") << 6 << "w0 is 3 by 3 and dim is 4";
    }
    void refusalsNameTheCulprit() {
        QFETCH(int, what);
        QFETCH(QString, words);
        ConceptData bad = data();
        if (what == 0) bad.sigma = {.1};
        if (what == 1) bad.clusters = 1;
        if (what == 2) bad.dim = 1;
        if (what == 5) bad.mu[1] = std::nan("");
        try {
            if (what == 4) FrameSchedule(1.0, 10, 12);
            const Eigen::MatrixXd w0 = Eigen::MatrixXd::Zero(what == 6 ? 3 : 4, what == 6 ? 3 : 4);
            const Cell cell = cellOf(bad, w0);
            solveOneLayer({&cell, 1}, FrameSchedule(1.0, 10, 11), {.exponent = what == 3 ? 3 : 1});
            QFAIL("accepted");
        } catch (const std::invalid_argument& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(words), error.what());
        }
    }

    void logarithmicFramesAreDistinctAndComplete() {
        for (const int frames : {2, 3, 10, 101, 1001}) {
            const FrameSchedule schedule(5.0, 1000, frames, Spacing::Logarithmic);
            QCOMPARE(schedule.frames(), frames);
            QCOMPARE(schedule.step(0), 0L);
            QCOMPARE(schedule.step(frames - 1), 1000L);
            QCOMPARE(schedule.time(frames - 1), 5.0);
            for (int i = 1; i < frames; ++i) QVERIFY(schedule.step(i) > schedule.step(i - 1));
        }
    }
};

QTEST_APPLESS_MAIN(TestTheoryRelaxation)
#include "test_theory_relaxation.moc"

// SPDX-License-Identifier: Apache-2.0
// The symmetric two-layer flow: identities, exact special cases, order of the integrator, invariants.
#include <Eigen/LU>
#include <QtTest>
#include <cmath>

#include "theory/symmetric.hpp"
#include "theory_oracle.hpp"

using namespace theory_test;

class TestTheoryFlow : public QObject {
    Q_OBJECT

    static ConceptData data() {
        return {.dim = 4, .mu = {1, 1.5, 2.2}, .sigma = {.1, .2, .3, .1}, .clusters = 3};
    }
    static Cell cell() { return {data(), InitialWeights::draw("uniform:0.3", 4, 11)}; }
    static Trajectories solve(const Cell& c, double tEnd, long steps, const SymmetricOptions& options = {}) {
        return solveSymmetric({&c, 1}, FrameSchedule(tEnd, steps, 21), options, {.decomposition = true});
    }

  private Q_SLOTS:
    void velocityIsTheSumOfItsForces() {
        for (int d = 1; d <= 9; ++d) {
            const Eigen::MatrixXd w =
                InitialWeights::draw("normal:0.5", d, 3, static_cast<unsigned>(d)).weights();
            const Eigen::VectorXd a = Eigen::VectorXd::LinSpaced(d, .2, 1.7);
            const Forces f = decompose(w, a);
            const Eigen::MatrixXd v = velocity(w, a);
            QVERIFY(distance(f.growth - f.suppression - f.interaction, v) < 1e-14 * std::max(1.0, v.norm()));
        }
    }

    void factorVelocityMovesTheWeightsWithV() {
        const Eigen::MatrixXd u = InitialWeights::draw("uniform:0.4", 4, 5).factor();
        const Eigen::VectorXd a = secondMoment(data());
        const Eigen::MatrixXd du = velocityU(u, a);
        const Eigen::MatrixXd v = velocity(u * u.transpose(), a);
        QVERIFY(distance(du * u.transpose() + u * du.transpose(), v) < 1e-14);
        // Half the gradient of the loss, by central differences of the loss itself.
        for (Eigen::Index i = 0; i < 4; ++i) {
            for (Eigen::Index j = 0; j < 4; ++j) {
                const double h = 1e-5;
                Eigen::MatrixXd up = u;
                Eigen::MatrixXd down = u;
                up(i, j) += h;
                down(i, j) -= h;
                const double slope =
                    (trainingLoss(up * up.transpose(), a) - trainingLoss(down * down.transpose(), a)) /
                    (2 * h);
                QVERIFY(std::abs(du(i, j) + .5 * slope) < 1e-9);
            }
        }
    }

    void descentStepIsDescentOnU() {
        const Eigen::MatrixXd u = InitialWeights::draw("uniform:0.6", 4, 5).factor();
        const Eigen::VectorXd a = secondMoment(data());
        const double eta = .07;
        const Eigen::MatrixXd next = u + 2 * eta * velocityU(u, a);
        QVERIFY(distance(descentStep(u * u.transpose(), a, eta), next * next.transpose()) < 1e-15);
    }

    void diagonalStartIsLogistic() {
        const Eigen::VectorXd w0 = Eigen::Vector4d(.01, .02, .03, .5);
        const Cell c = cellOf(data(), w0.asDiagonal());
        const Eigen::VectorXd a = secondMoment(data());
        for (const SymmetricOptions& options :
             {SymmetricOptions{.method = Method::Rk4},
              SymmetricOptions{.method = Method::Adaptive, .tolerance = 1e-13}}) {
            const Trajectories t = solve(c, 6.0, 6000, options);
            for (int n = 0; n < t.frames; ++n) {
                const Eigen::ArrayXd growth = (2 * a.array() * t.time[static_cast<std::size_t>(n)]).exp();
                const Eigen::VectorXd exact = w0.array() * growth / (1 + w0.array() * (growth - 1));
                QVERIFY(distance(weightsAt(t, n), exact.asDiagonal()) < 1e-10);
            }
        }
    }

    void equalSignalsHaveTheMatrixLogistic() {
        const ConceptData equal{
            .dim = 5, .mu = {2, 2, 2, 2, 2}, .sigma = {.1, .1, .1, .1, .1}, .clusters = 6};
        const double c = secondMoment(equal)[0];
        const Cell start{equal, InitialWeights::draw("uniform:0.1", 5, 3)};
        const Eigen::MatrixXd w0 = start.initial.weights();
        const Trajectories t = solve(start, 5.0, 5000);
        for (int n = 0; n < t.frames; ++n) {
            const double growth = std::exp(2 * c * t.time[static_cast<std::size_t>(n)]);
            const Eigen::MatrixXd denominator = Eigen::MatrixXd::Identity(5, 5) + (growth - 1) * w0;
            QVERIFY(distance(weightsAt(t, n), growth * w0 * denominator.inverse()) < 1e-10);
        }
    }

    void twoConceptsFollowTheThreeVariableEquations() {
        const ConceptData two{.dim = 2, .mu = {1, 2}, .sigma = {.05, .05}, .clusters = 2};
        const Eigen::Vector2d a = secondMoment(two);
        Eigen::Matrix2d w0;
        w0 << .02, .018, .018, .02;
        LongMatrix state(3, 1);
        state << .02L, .018L, .02L;  // w11, w12, w22
        const LongMatrix exact = integrate(state, 3.0L, 6000, [&](const LongMatrix& s) {
            LongMatrix rate(3, 1);
            const long double w11 = s(0), w12 = s(1), w22 = s(2), a1 = a[0], a2 = a[1];
            rate << 2 * a1 * w11 * (1 - w11) - w12 * w12 * (a1 + a2),
                w12 * ((a1 + a2) - (w11 * (3 * a1 + a2) + w22 * (3 * a2 + a1)) / 2),
                2 * a2 * w22 * (1 - w22) - w12 * w12 * (a1 + a2);
            return rate;
        });
        const Trajectories t = solve(cellOf(two, w0), 3.0, 3000);
        const Eigen::MatrixXd w = weightsAt(t, 20);
        QVERIFY(std::abs(w(0, 0) - static_cast<double>(exact(0))) < 1e-10);
        QVERIFY(std::abs(w(0, 1) - static_cast<double>(exact(1))) < 1e-10);
        QVERIFY(std::abs(w(1, 1) - static_cast<double>(exact(2))) < 1e-10);
    }

    void rungeKuttaHasOrderFour() {
        const Trajectories exact = solve(cell(), 2.0, 20, {.method = Method::Adaptive, .tolerance = 1e-14});
        double errors[3];
        for (int level = 0; level < 3; ++level) {
            errors[level] = distance(weightsAt(solve(cell(), 2.0, 40L << level), 20), weightsAt(exact, 20));
        }
        for (int level = 0; level < 2; ++level) {
            const double order = std::log2(errors[level] / errors[level + 1]);
            QVERIFY2(order > 3.8 && order < 4.2, qPrintable(QString::number(order)));
        }
    }

    void adaptiveAndFixedStepAgreeAtEveryFrame() {
        for (const int exponent : {1, 2}) {
            const Trajectories fixed = solve(cell(), 10.0, 40000, {.exponent = exponent});
            const Trajectories free = solve(
                cell(), 10.0, 20, {.method = Method::Adaptive, .exponent = exponent, .tolerance = 1e-12});
            QVERIFY(!free.outcomes[0].breakdownTime && free.outcomes[0].finiteFrames == 21);
            for (int n = 0; n < 21; ++n) QVERIFY(distance(weightsAt(fixed, n), weightsAt(free, n)) < 1e-10);
        }
    }

    void exponentTwoIsTheFlowOfTheSquaredMoment() {
        // The same diagonal may come from other data: sigma^2 = a^2 with mu = 0 to the power 1.
        const Eigen::VectorXd a = secondMoment(data());
        const ConceptData squared{
            .dim = 4, .mu = {0, 0, 0}, .sigma = {a[0], a[1], a[2], a[3]}, .clusters = 3};
        const Trajectories two = solve(cell(), 3.0, 3000, {.exponent = 2});
        const Trajectories same = solve({squared, cell().initial}, 3.0, 3000);
        QVERIFY(distance(weightsAt(two, 20), weightsAt(same, 20)) < 1e-13);
        QVERIFY(std::abs(two.trainLoss[20] - same.trainLoss[20]) < 1e-13);
    }

    void invariantsHoldAtEveryFrame() {
        for (const Method method : {Method::Rk4, Method::Adaptive, Method::GradientDescent}) {
            const Trajectories t = solve(cell(), 40.0, 8000, {.method = method});
            for (int n = 0; n < t.frames; ++n) {
                const auto row = static_cast<std::size_t>(n);
                const Eigen::MatrixXd w = weightsAt(t, n);
                QVERIFY(t.minEigenvalue[row] > -1e-14);
                if (n > 0) QVERIFY(t.trainLoss[row] <= t.trainLoss[row - 1] * (1 + 1e-13));
                for (Eigen::Index i = 0; i < 4; ++i) {
                    for (Eigen::Index j = 0; j < 4; ++j)
                        QVERIFY(w(i, j) * w(i, j) <= w(i, i) * w(j, j) + 1e-15);
                }
                QCOMPARE(w, Eigen::MatrixXd(w.transpose()));
            }
            QVERIFY(t.oodLoss.back() < 1e-4);
        }
    }

    void publishedArraysAgreeWithTheWeights() {
        const Trajectories t = solve(cell(), 4.0, 400);
        const Eigen::VectorXd a = secondMoment(data());
        const Eigen::VectorXd point = oodPoint(data());
        for (int n = 0; n < t.frames; ++n) {
            const auto row = static_cast<std::size_t>(n);
            const Eigen::MatrixXd w = weightsAt(t, n);
            const Eigen::Map<const Eigen::VectorXd> output(t.output.data() + row * 4, 4);
            QVERIFY(distance(output, w * point) < 1e-14);
            QVERIFY(std::abs(t.oodLoss[row] - .5 * (w * point - point).squaredNorm()) < 1e-14);
            QVERIFY(std::abs(t.trainLoss[row] - trainingLoss(w, a)) < 1e-14);
            for (std::size_t v = 0; v < 8; ++v) {
                Eigen::VectorXd node = Eigen::VectorXd::Zero(4);
                for (Eigen::Index p = 0; p < 3; ++p) {
                    if ((v >> p & 1U) != 0) node[p] = point[p];
                }
                QVERIFY(std::abs(t.nodeLoss[row * 8 + v] - .5 * (w * node - node).squaredNorm()) < 1e-14);
            }
            const Eigen::Map<const RowMajor> g(t.growth.data() + row * 16, 4, 4);
            const Eigen::Map<const RowMajor> s(t.suppression.data() + row * 16, 4, 4);
            const Eigen::Map<const RowMajor> i(t.interaction.data() + row * 16, 4, 4);
            QVERIFY(distance(g - s - i, velocity(w, a)) < 1e-14);
        }
    }

    void tooLongStepsAreReportedAsBreakdown() {
        for (const Method method : {Method::Rk4, Method::Recursion, Method::GradientDescent}) {
            const Trajectories t = solve(cell(), 4000.0, 400, {.method = method});
            QVERIFY(t.outcomes[0].breakdownTime.has_value());
            const auto finite = static_cast<std::size_t>(t.outcomes[0].finiteFrames);
            QVERIFY(finite >= 1 && finite < 21);
            QVERIFY(*t.outcomes[0].breakdownTime <= t.time[finite]);
            QVERIFY(*t.outcomes[0].breakdownTime > t.time[finite - 1]);
            for (std::size_t n = 0; n < 21; ++n) {
                QCOMPARE(std::isfinite(t.trainLoss[n]), n < finite);
                QCOMPARE(std::isfinite(t.nodeLoss[n * 8 + 7]), n < finite);
                QCOMPARE(std::isfinite(t.minEigenvalue[n]), n < finite);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestTheoryFlow)
#include "test_theory_flow.moc"

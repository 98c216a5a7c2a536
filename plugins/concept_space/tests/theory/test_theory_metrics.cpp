// SPDX-License-Identifier: Apache-2.0
// Read-outs on curves whose answers are known by construction.
#include <QtTest>
#include <cmath>

#include "theory/metrics.hpp"
#include "theory_oracle.hpp"

using namespace theory_test;

class TestTheoryMetrics : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void learningTimesAreThoseOfTheExponential() {
        const ConceptData data{.dim = 2, .mu = {1, 2}, .sigma = {.2, .2}, .clusters = 2};
        const Cell cell{data, InitialWeights::draw("zero", 2, 0)};
        const Trajectories t = solveOneLayer({&cell, 1}, FrameSchedule(6.0, 6000, 6001));
        const Eigen::VectorXd a = secondMoment(cell.data);
        for (const double q : {.5, .9}) {
            const auto exact = learningTimes(t.time, t.output, cell.data.mu, q, Crossing::Interpolated);
            const auto frame = learningTimes(t.time, t.output, cell.data.mu, q);
            for (std::size_t p = 0; p < 2; ++p) {
                const double expected = std::log(1 / (1 - q)) / a[static_cast<Eigen::Index>(p)];
                QVERIFY(std::abs(*exact[p] - expected) < 1e-6);
                QVERIFY(*frame[p] >= expected && *frame[p] < expected + 1.0001e-3);
            }
            QCOMPARE(learningOrder(frame), (std::vector<int>{1, 0}));
        }
        const auto speeds = speed(t.time, t.output, 2);
        for (const std::size_t n : {std::size_t{1}, std::size_t{3000}, std::size_t{5999}}) {
            const double expected =
                std::hypot(a[0] * std::exp(-a[0] * t.time[n]), 2 * a[1] * std::exp(-a[1] * t.time[n]));
            QVERIFY(std::abs(speeds[n] / expected - 1) < 1e-5);
        }
    }

    void conceptsNeverLearnedComeLast() {
        const std::vector<double> time{0, 1, 2};
        const std::vector<double> output{0, 0, 0, /**/ .1, 2, -1, /**/ .2, 2, -4};
        const std::vector<double> mu{1, 2,
                                     -4};  // progress is f / mu, so a negative centre is reached from below
        const auto times = learningTimes(time, output, mu, .5);
        QVERIFY(!times[0]);
        QCOMPARE(*times[1], 1.0);
        QCOMPARE(*times[2], 2.0);
        QCOMPARE(learningOrder(times), (std::vector<int>{1, 2, 0}));
    }

    void speedIsExactOnParabolasWithUnevenTimes() {
        const std::vector<double> time{0, .5, .7, 2, 2.1, 4};
        std::vector<double> output;
        for (const double t : time) output.insert(output.end(), {3 * t * t, 4 * t * t});
        const auto speeds = speed(time, output, 2);
        for (std::size_t n = 1; n + 1 < time.size(); ++n) QVERIFY(std::abs(speeds[n] - 10 * time[n]) < 1e-12);
    }

    void swingByIsTheLargestRiseAboveTheRunningMinimum() {
        const std::vector<double> loss{3, 1, 2, 0.5, 2.1, 0, 1};
        const SwingBy swing = swingBy(loss);
        QVERIFY(std::abs(swing.magnitude - 1.6) < 1e-15);
        QCOMPARE(swing.minimum, 3);
        QCOMPARE(swing.maximum, 4);
        QCOMPARE(swingBy(std::vector<double>{3, 2, 2, 1}).magnitude, 0.0);
    }

    void descentsIgnoreWhatIsShallowerThanTheProminence() {
        const std::vector<double> loss{3, 1, 2, 1.95, 2, .5, 2, 0};
        QCOMPARE(countDescents(loss, .1), 3);
        QCOMPARE(countDescents(loss, .01), 4);
        QCOMPARE(countDescents(loss, 1.2), 2);
        QCOMPARE(countDescents(std::vector<double>{3, 2, 1}, .1), 1);
        QCOMPARE(countDescents(std::vector<double>{1, 1, 1}, .1), 0);
        QCOMPARE(countDescents(std::vector<double>{0, 1, 2}, .1), 0);
        QCOMPARE(countDescents(std::vector<double>{0, 1, 0}, .1), 1);
    }

    void orderViolationsAreCountedOverAllSubsetPairs() {
        QCOMPARE(topologicalViolations(std::vector<double>{0, 1, 2, 3}, 0), 0L);
        QCOMPARE(topologicalViolations(std::vector<double>{0, 5, 2, 3}, 0), 1L);  // {1} above {1,2}
        QCOMPARE(topologicalViolations(std::vector<double>{0, 5, 2, 3}, 2.5), 0L);
        QCOMPARE(topologicalViolations(std::vector<double>{9, 5, 2, 3}, 0),
                 4L);  // the empty set above all three
        const std::vector<double> falling{8, 7, 6, 5, 4, 3, 2, 1};
        QCOMPARE(topologicalViolations(falling, 0), 27L - 8L);  // every proper pair: 3^s - 2^s
    }
};

QTEST_APPLESS_MAIN(TestTheoryMetrics)
#include "test_theory_metrics.moc"

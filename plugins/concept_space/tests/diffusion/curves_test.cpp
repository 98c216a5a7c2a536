// SPDX-License-Identifier: Apache-2.0
// Times and turns on planted curves; Kaplan–Meier and the log-rank test against worked examples.
#include <QtTest>
#include <cmath>
#include <numbers>

#include "model/diffusion/curves.hpp"

using namespace concept_space;

class CurvesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void learningTakesThreeInARow() {
        const std::vector<double> steps{0, 10, 20, 30, 40, 50, 60};
        QCOMPARE(*learningTime(steps, std::vector<double>{0, .9, .9, .1, .8, .85, .9}, .8),
                 40.0);  // two in a row are not enough
        QVERIFY(!learningTime(steps, std::vector<double>{0, 0, 0, 0, 0, .9, .9}, .8));  // not the last step
        QVERIFY(!learningTime(steps, std::vector<double>(7, std::nan("")), .8));
    }

    void sharpestTurnIsTheCorner() {
        std::vector<double> steps, path;
        for (int i = 0; i <= 10; ++i) {  // along y to (0, 1), then along x
            steps.push_back(100.0 * i);
            path.push_back(i <= 5 ? 0 : .2 * (i - 5));
            path.push_back(i <= 5 ? .2 * i : 1);
        }
        const Turn turn = sharpestTurn(steps, path, 2, 0);
        QCOMPARE(*turn.step, 500.0);
        QVERIFY(std::abs(turn.angle - std::numbers::pi / 2) < 1e-9);
        QVERIFY(std::abs(*sharpestTurn(steps, path, 2, 1).step - 500) <= 100);
        QVERIFY(
            !sharpestTurn(steps, std::vector<double>(path.size(), .3), 2).step);  // one that does not move
    }

    void speedsAndDistances() {
        const std::vector<double> steps{0, 1, 3}, path{0, 0, 3, 4, 3, 4};
        const std::vector<double> speed = speedOf(steps, path, 2);
        QCOMPARE(speed[0], 5.0);
        QVERIFY(std::abs(speed[1] - 5.0 / 3) < 1e-12 && speed[2] == 0);
        QCOMPARE(conceptMse(std::vector<double>{1, 0, 1, 1}, 2), (std::vector<double>{.5, 0}));
        const std::vector<double> smooth = smoothed(std::vector<double>{0, 0, 1, 0, 0}, 1, 1);
        QVERIFY(smooth[2] > smooth[1] && smooth[1] > smooth[0] && std::abs(smooth[1] - smooth[3]) < 1e-12);
        QCOMPARE(smoothed(std::vector<double>(4, .7), 1, 2)[3], .7);
    }

    /// Six patients: 1, 3, 3 and 5 die, one leaves at the end (8): S = 5/6, 5/6·3/5, ·2/3… (by hand).
    void kaplanMeierByHand() {
        const std::vector<std::optional<double>> times{1., 3., 3., 5., std::nullopt, std::nullopt};
        const std::vector<double> at{0, 1, 2, 3, 5, 8};
        const std::vector<double> s = kaplanMeier(times, 8, at);
        const std::vector<double> expected{
            1, 5. / 6, 5. / 6, 5. / 6 * 3 / 5, 5. / 6 * 3 / 5 * 2 / 3, 5. / 6 * 3 / 5 * 2 / 3};
        for (std::size_t i = 0; i < at.size(); ++i) QVERIFY(std::abs(s[i] - expected[i]) < 1e-12);
        QCOMPARE(*medianTime(times, 8), 3.0);
        QVERIFY(!medianTime({1., std::nullopt, std::nullopt}, 8));
    }

    /// A seed that learns neither concept says nothing of their order; one that is never learned has no speed.
    void leadsAndSpeeds() {
        const std::vector<std::optional<double>> first{10., std::nullopt, std::nullopt, 20.},
            second{30., 40., std::nullopt, std::nullopt};
        QCOMPARE(*meanLead(first, second, 100), (20. - 60 + 80) / 3);
        QCOMPARE(*meanLead(second, first, 100), -(20. - 60 + 80) / 3);
        QVERIFY(!meanLead({std::nullopt}, {std::nullopt}, 100));
        QCOMPARE(meanLearningSpeed(first), (.1 + .05) / 4);
        QCOMPARE(meanLearningSpeed({std::nullopt}), 0.0);
    }

    /// Two groups of three, all of the first before all of the second: expected 1/2 + 2/5 + 1/4, variance by hand.
    void logRankByHand() {
        const LogRank test = logRank({1., 2., 3.}, {4., 5., 6.}, 6);
        const double expected = 3. / 6 + 2. / 5 + 1. / 4,
                     variance = 3. / 6 * 3 / 6 + 2. / 5 * 3 / 5 + 1. / 4 * 3 / 4;
        QVERIFY(std::abs(test.chiSquare - (3 - expected) * (3 - expected) / variance) < 1e-9);
        QVERIFY(std::abs(test.p - std::erfc(std::sqrt(test.chiSquare / 2))) < 1e-12);
        QCOMPARE(logRank({std::nullopt}, {std::nullopt}, 6).p, 1.0);
        QVERIFY(std::abs(logRank({1., 2.}, {1., 2.}, 6).chiSquare) < 1e-12);
    }
};

QTEST_APPLESS_MAIN(CurvesTest)
#include "curves_test.moc"

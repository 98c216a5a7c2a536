// SPDX-License-Identifier: Apache-2.0
// Turns and changes over the context are found where they are, and measured where others found them.
#include <QtTest>
#include <cmath>
#include <limits>

#include "experiments/context_turns.hpp"

using namespace markov_mixtures;

class ContextTurnsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPeakBeginsAtTheLowestLengthBeforeIt() {
        const std::vector<double> curve{.5, .3, .4, .7, .2};
        const auto turn = largestTurn(curve, 1);
        QCOMPARE(turn->start, std::size_t{1});
        QCOMPARE(turn->place, std::size_t{3});
        QVERIFY(std::abs(turn->size - .4) < 1e-12);  // .4 up, .5 down
        // Measured on another curve, at the same places.
        QVERIFY(std::abs(sizeOf(*turn, std::vector{.5, .45, .4, .5, .2}, 1) - .05) < 1e-12);
        QVERIFY(sizeOf(*turn, std::vector{.5, .6, .4, .5, .2}, 1) < 0);
    }

    void aTroughIsAPeakUpsideDown() {
        const auto turn = largestTurn(std::vector{.5, .6, .1, .2, .15}, -1);
        QCOMPARE(turn->start, std::size_t{1});
        QCOMPARE(turn->place, std::size_t{2});
        QVERIFY(std::abs(turn->size - .05) < 1e-12);
    }

    void monotoneCurvesHaveNone() {
        QVERIFY(largestTurn(std::vector{.4, .3, .2, .1}, 1)->size <= 0);
        QVERIFY(largestTurn(std::vector{.1, .2, .3, .4}, 1)->size <= 0);
        QVERIFY(!largestTurn(std::vector{.1, .2}, 1));
        QVERIFY(!largestTurn(std::vector{.1, std::nan(""), .2}, 1));
        QVERIFY(!largestTurn(std::vector<double>{}, 1));
    }

    void aChangeNeedsTwoAlgorithmsThatAreEachTheNearest() {
        const std::vector<std::array<double, 3>> kinds{{.1, .3, .2}, {.1, .25, .4}, {.3, .2, .05}};
        const auto change = largestChange(kinds);
        QCOMPARE(change->before, std::size_t{1});
        QCOMPARE(change->after, std::size_t{2});
        QCOMPARE(change->from, std::size_t{0});
        QCOMPARE(change->to, std::size_t{2});
        QVERIFY(std::abs(change->size - .15) < 1e-12);
        QVERIFY(std::abs(sizeOf(*change,
                                std::vector<std::array<double, 3>>{{0, 0, 0}, {.1, .12, .2}, {.3, .3, .1}}) -
                         .02) < 1e-12);
        // One algorithm throughout, whatever the others do.
        QVERIFY(
            largestChange(std::vector<std::array<double, 3>>{{.2, .1, 0}, {.1, .2, 0}, {.3, .3, 0}})->size <=
            0);
        QVERIFY(!largestChange(std::vector<std::array<double, 3>>{{.2, .1, 0}}));
        QVERIFY(!largestChange(std::vector<std::array<double, 3>>{
            {.2, .1, 0}, {std::numeric_limits<double>::quiet_NaN(), .2, 0}}));
    }
};

QTEST_APPLESS_MAIN(ContextTurnsTest)
#include "context_turns_test.moc"

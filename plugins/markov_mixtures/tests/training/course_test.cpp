// SPDX-License-Identifier: Apache-2.0
// Checkpoints, crossings and widths against closed forms.
#include <QtTest>
#include <cmath>
#include <limits>

#include "model/training/course.hpp"

using namespace markov_mixtures;

namespace {
bool isNear(std::optional<double> a, double b) { return a && std::abs(*a - b) < 1e-9; }
const std::vector<std::int64_t> kSteps{10, 100, 1000, 10'000};
}  // namespace

class CourseTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void checkpointsAreSpacedByEqualFactors() {
        QCOMPARE(checkpointSteps(10, 10'000, 4), kSteps);
        const auto paper = checkpointSteps(30, 107'979, 50);
        QCOMPARE(paper.size(), std::size_t{50});
        QCOMPARE(paper.front(), std::int64_t{30});
        QCOMPARE(paper.back(), std::int64_t{107'979});
        const auto crowded = checkpointSteps(1, 8, 50);  // each step once
        QCOMPARE(crowded, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
        QCOMPARE(checkpointSteps(5, 5, 3), std::vector<std::int64_t>{5});
        QCOMPARE(checkpointSteps(5, 9, 1), std::vector<std::int64_t>{9});
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, checkpointSteps(10, 9, 3));
    }

    void crossingsAreInterpolatedInLogSteps() {
        QVERIFY(isNear(crossing(kSteps, std::vector<double>{0, 0, 1, 1}, .5), 2.5));
        QVERIFY(isNear(crossing(kSteps, std::vector<double>{.7, 0, 1, 1}, .5), 1));
        QVERIFY(!crossing(kSteps, std::vector<double>{0, 0, .1, .2}, .5));
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(isNear(crossing(kSteps, std::vector<double>{0, nan, nan, 1}, .5), 2.5));
    }

    void aStepIsNarrowAndARampIsWide() {
        QVERIFY(isNear(riseWidth(kSteps, std::vector<double>{0, 0, 1, 1}), .6));
        QVERIFY(isNear(riseWidth(kSteps, std::vector<double>{0, 1, 2, 3}), 1.8));
        QVERIFY(!riseWidth(kSteps, std::vector<double>{1, 2, 3, 1}));
        QVERIFY(isNear(halfRise(kSteps, std::vector<double>{1, 1, 1, 3}), 3.5));
    }

    void theLowestSkipsWhatIsNoNumber() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(lowest(std::vector<double>{nan, 3, 1, 2}).value(), std::size_t{2});
        QVERIFY(!lowest(std::vector<double>{nan}));
    }
};

QTEST_APPLESS_MAIN(CourseTest)
#include "course_test.moc"

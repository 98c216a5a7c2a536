// SPDX-License-Identifier: GPL-3.0-or-later
// The lattice of combinations against counting by hand and against the plugin's own measurement.
#include <QTest>
#include <cmath>
#include <limits>
#include <random>

#include "panel/lattice.hpp"
#include "panel/learned_order.hpp"
#include "theory/metrics.hpp"

using namespace concept_space;

class TestHypercubeNumbers : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theLatticeOfThreeConceptsIsTheFamiliarHexagon();
    void brokenPairsAndEdgesByHand();
    void brokenPairsAreThoseOfTheClaims();
    void whatIsNoNumberBreaksNothing();
    void learnedWhenAndFromWhat();
};

void TestHypercubeNumbers::theLatticeOfThreeConceptsIsTheFamiliarHexagon() {
    const Lattice cube(3);
    QCOMPARE(cube.nodes(), std::size_t{8});
    QCOMPARE(cube.edges().size(), std::size_t{12});
    QCOMPARE(cube.pairs(), 19L);  // 27 − 8
    QCOMPARE(cube.widest(), 3);
    QCOMPARE(cube.place(0).up, 0.0);
    QCOMPARE(cube.place(7).up, 1.0);
    for (const auto& row : {std::vector<std::size_t>{1, 2, 4}, std::vector<std::size_t>{3, 5, 6}}) {
        QVERIFY(cube.place(row[0]).across < cube.place(row[1]).across);
        QVERIFY(cube.place(row[1]).across < cube.place(row[2]).across);
        QCOMPARE(cube.place(row[1]).across, 0.5);
    }
    for (const Edge& edge : cube.edges()) {
        QCOMPARE(edge.part & edge.whole, edge.part);
        QCOMPARE(cube.level(edge.whole), cube.level(edge.part) + 1);
    }
    QCOMPARE(Lattice(0).nodes(), std::size_t{1});
    QCOMPARE(Lattice(4).widest(), 6);
}

void TestHypercubeNumbers::brokenPairsAndEdgesByHand() {
    const Lattice square(2);  // edges in order: 0–1, 0–2, 1–3, 2–3
    const std::vector<double> respected{0, 1, 2, 3}, broken{0, 5, 2, 3}, above{9, 5, 2, 3};
    QCOMPARE(square.brokenPairs(respected, 0), 0L);
    QCOMPARE(square.brokenPairs(broken, 0), 1L);  // {1} above {1,2}
    QCOMPARE(square.brokenEdges(broken, 0), (std::vector<bool>{false, false, true, false}));
    QCOMPARE(square.brokenPairs(broken, 2.5), 0L);
    QCOMPARE(square.brokenPairs(std::vector<double>{0, 2, 0, 2}, 0), 0L);  // as high is not higher
    QCOMPARE(square.brokenPairs(above, 0), 4L);  // the empty one above all three, and {1} above {1,2}
    QCOMPARE(square.brokenEdges(above, 0), (std::vector<bool>{true, true, true, false}));
    // Only the far pair ∅–{1,2} is broken beyond the tolerance: a pair, and no edge.
    QCOMPARE(square.brokenPairs(std::vector<double>{1, 0.95, 0.95, 0.9}, 0.07), 1L);
    QCOMPARE(square.brokenEdges(std::vector<double>{1, 0.95, 0.95, 0.9}, 0.07), std::vector<bool>(4, false));
}

void TestHypercubeNumbers::brokenPairsAreThoseOfTheClaims() {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> loss(0, 1);
    for (int concepts = 1; concepts <= 6; ++concepts) {
        const Lattice lattice(concepts);
        std::vector<double> losses(lattice.nodes());
        for (double& value : losses) value = loss(random);
        QCOMPARE(lattice.brokenPairs(losses, 0.01), theory::topologicalViolations(losses, 0.01));
    }
}

void TestHypercubeNumbers::whatIsNoNumberBreaksNothing() {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QCOMPARE(Lattice(2).brokenPairs(std::vector<double>{nan, 5, nan, nan}, 0), 0L);
    QCOMPARE(Lattice(2).brokenPairs(std::vector<double>{1, 2, 3}, 0), 0L);  // not losses of two concepts
}

void TestHypercubeNumbers::learnedWhenAndFromWhat() {
    // Concept 1 at frame 2, concept 2 at frame 1, both together at frame 3; a tenth of the way is left at fraction .9.
    const std::vector<std::vector<double>> curves{
        {0, 0, 0, 0}, {1, 0.5, 0.01, 0}, {2, 0.02, 0, 0}, {3, 1, 0.5, 0.03}};
    const LearnedOrder order = findLearnedOrder(Lattice(2), curves, 0.9);
    QCOMPARE(order.frame, (std::vector<std::size_t>{0, 2, 1, 3}));
    QCOMPARE(order.rank, (std::vector<std::size_t>{LearnedOrder::kNone, 2, 1, 3}));
    QCOMPARE(order.grownFrom,
             (std::vector<std::size_t>{LearnedOrder::kNone, 0, 0, 1}));  // {1} was learned last before
    const LearnedOrder never = findLearnedOrder(Lattice(1), {{0, 0}, {1, 0.5}}, 0.9);
    QCOMPARE(never.frame[1], LearnedOrder::kNone);
    QCOMPARE(never.grownFrom[1], LearnedOrder::kNone);
}

QTEST_APPLESS_MAIN(TestHypercubeNumbers)
#include "test_hypercube_numbers.moc"

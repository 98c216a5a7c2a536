// SPDX-License-Identifier: Apache-2.0
// Many cells at once: the same bits as one at a time, on every instruction set, for every method and
// dimension.
#include <Eigen/Eigenvalues>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <memory>

#include "theory/integration.hpp"
#include "theory_oracle.hpp"

using namespace theory_test;

namespace {

bool sameBits(std::span<const double> a, std::span<const double> b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

std::vector<Cell> cellsOf(int dim, int count) {
    std::vector<Cell> cells;
    for (int c = 0; c < count; ++c) {
        ConceptData data{.dim = dim, .mu = {}, .sigma = {}, .clusters = dim};
        for (int p = 0; p < dim; ++p) {
            data.mu.push_back(1 + .3 * p + .01 * c);
            data.sigma.push_back(.05 + .01 * p);
        }
        cells.push_back({data, InitialWeights::draw("uniform:0.2", dim, 5, static_cast<unsigned>(c))});
    }
    return cells;
}

std::vector<InstructionSet> availableSets() {
    std::vector<InstructionSet> sets{InstructionSet::Baseline};
    if (bestInstructionSet() != InstructionSet::Baseline) sets.push_back(InstructionSet::Avx2);
    if (bestInstructionSet() == InstructionSet::Avx512) sets.push_back(InstructionSet::Avx512);
    return sets;
}

}  // namespace

class TestTheoryBatch : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyGroupingAndInstructionSetGivesTheSameBits_data() {
        QTest::addColumn<int>("dim");
        for (const int dim : {1, 2, 3, 4, 5, 7, 16}) QTest::newRow(qPrintable(QString::number(dim))) << dim;
    }
    void everyGroupingAndInstructionSetGivesTheSameBits() {
        QFETCH(int, dim);
        const std::vector<Cell> cells = cellsOf(dim, 11);
        const FrameSchedule schedule(3.0, 200, 17, Spacing::Logarithmic);
        const Wanted wanted{.nodeLoss = dim <= 7, .decomposition = true};
        for (const Method method : {Method::Rk4, Method::Recursion, Method::GradientDescent}) {
            std::vector<Trajectories> alone;
            for (const Cell& cell : cells) {
                alone.push_back(solveSymmetric({&cell, 1}, schedule,
                                               {.method = method, .instructionSet = InstructionSet::Baseline},
                                               wanted));
            }
            for (const InstructionSet set : availableSets()) {
                const Trajectories batch =
                    solveSymmetric(cells, schedule, {.method = method, .instructionSet = set}, wanted);
                for (int c = 0; c < 11; ++c) {
                    const Trajectories& own = alone[static_cast<std::size_t>(c)];
                    QVERIFY(sameBits(batch.ofCell(batch.weights, c), own.weights));
                    QVERIFY(sameBits(batch.ofCell(batch.output, c), own.output));
                    QVERIFY(sameBits(batch.ofCell(batch.oodLoss, c), own.oodLoss));
                    QVERIFY(sameBits(batch.ofCell(batch.trainLoss, c), own.trainLoss));
                    QVERIFY(sameBits(batch.ofCell(batch.nodeLoss, c), own.nodeLoss));
                    QVERIFY(sameBits(batch.ofCell(batch.minEigenvalue, c), own.minEigenvalue));
                    QVERIFY(sameBits(batch.ofCell(batch.interaction, c), own.interaction));
                }
                const Trajectories single = solveSymmetric({&cells[3], 1}, schedule,
                                                           {.method = method, .instructionSet = set}, wanted);
                QVERIFY(sameBits(single.weights, alone[3].weights));
            }
        }
    }

    void smallestEigenvaluesAreThoseOfAnotherSolver_data() {
        QTest::addColumn<int>("dim");
        for (const int dim : {1, 2, 3, 4, 5}) QTest::newRow(qPrintable(QString::number(dim))) << dim;
    }
    void smallestEigenvaluesAreThoseOfAnotherSolver() {
        QFETCH(int, dim);
        const Trajectories t =
            solveSymmetric(cellsOf(dim, 9), FrameSchedule(3.0, 200, 17), {.method = Method::Recursion});
        for (int c = 0; c < 9; ++c)
            for (int n = 0; n < 17; ++n) {
                const Eigen::MatrixXd w = weightsAt(t, n, c);
                const double expected = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(w).eigenvalues()[0];
                QVERIFY(std::abs(t.ofCell(t.minEigenvalue, c)[static_cast<std::size_t>(n)] - expected) <
                        1e-14 * w.norm());
            }
    }

    void aBreakingCellLeavesItsNeighboursAlone() {
        std::vector<Cell> cells = cellsOf(3, 6);
        const FrameSchedule schedule(4.0, 100, 11);
        const Trajectories sound = solveSymmetric(cells, schedule);
        cells[2].data.mu = {100, 200, 300};
        const Trajectories broken = solveSymmetric(cells, schedule);
        QVERIFY(broken.outcomes[2].breakdownTime.has_value());
        QVERIFY(broken.outcomes[2].finiteFrames < 11);
        for (const int c : {0, 1, 3, 4, 5}) {
            QVERIFY(!broken.outcomes[static_cast<std::size_t>(c)].breakdownTime);
            QVERIFY(sameBits(broken.ofCell(broken.weights, c), sound.ofCell(sound.weights, c)));
        }
    }

    void batchIsTheFlow() {  // so that the comparison of bits above is not of two equal mistakes
        const std::vector<Cell> cells = cellsOf(6, 5);
        const FrameSchedule schedule(3.0, 2000, 9);
        const Trajectories fixed = solveSymmetric(cells, schedule);
        const Trajectories free =
            solveSymmetric(cells, schedule, {.method = Method::Adaptive, .tolerance = 1e-12});
        for (int c = 0; c < 5; ++c) {
            for (int n = 0; n < 9; ++n)
                QVERIFY(distance(weightsAt(fixed, n, c), weightsAt(free, n, c)) < 1e-9);
        }
    }

    void cellsOfDifferentShapeAreRefused() {
        std::vector<Cell> cells = cellsOf(3, 2);
        cells.push_back(cellsOf(4, 1)[0]);
        try {
            solveSymmetric(cells, FrameSchedule(1.0, 10, 2));
            QFAIL("accepted");
        } catch (const std::invalid_argument& error) {
            QVERIFY(QByteArray(error.what()).contains("Cell 2 differs from the first in dim"));
        }
    }

    /// However it is cut, saved and gone on with elsewhere, it gives the same bits.
    void stretchesGiveTheSameBits_data() {
        QTest::addColumn<int>("method");
        QTest::addColumn<long>("steps");
        QTest::newRow("rk4") << static_cast<int>(Method::Rk4) << 400L;
        QTest::newRow("recursion") << static_cast<int>(Method::Recursion) << 1500L;
        QTest::newRow("gradient descent") << static_cast<int>(Method::GradientDescent) << 1500L;
        QTest::newRow("adaptive") << static_cast<int>(Method::Adaptive) << 400L;
    }
    void stretchesGiveTheSameBits() {
        QFETCH(int, method);
        QFETCH(long, steps);
        ConceptData data{.dim = 48, .mu = {}, .sigma = {}, .clusters = 8};
        for (int p = 0; p < 8; ++p) data.mu.push_back(1 + .2 * p), data.sigma.push_back(.1);
        const std::vector<Cell> cells{{data, InitialWeights::draw("uniform:0.2", 48, 5, 0)}};
        const FrameSchedule schedule(4.0, steps, 23);
        const SymmetricOptions options{.method = static_cast<Method>(method), .tolerance = 1e-12};
        const Trajectories whole = solveSymmetric(cells, schedule, options);
        int stretches = 0;
        auto flow = std::make_unique<Integration>(cells, schedule, options);
        double before = 0;
        for (; !flow->done(); ++stretches) {
            flow->advance();
            QVERIFY(flow->fraction() > before || flow->done());
            before = flow->fraction();
            if (flow->done()) break;
            const Halfway saved = flow->save();
            flow = std::make_unique<Integration>(cells, schedule, options);
            flow->restore(saved);
        }
        QVERIFY2(stretches >= 2, qPrintable(QString::number(stretches)));
        const Trajectories cut = std::move(*flow).finish();
        QVERIFY(sameBits(cut.weights, whole.weights));
        QVERIFY(sameBits(cut.oodLoss, whole.oodLoss));
        QVERIFY(sameBits(cut.minEigenvalue, whole.minEigenvalue));
        QCOMPARE(cut.outcomes[0].finiteFrames, whole.outcomes[0].finiteFrames);
        Integration other(cells, schedule, options);
        other.advance();
        Halfway cutShort = other.save();
        cutShort.state.pop_back();
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, other.restore(cutShort));
    }
};

QTEST_APPLESS_MAIN(TestTheoryBatch)
#include "test_theory_batch.moc"

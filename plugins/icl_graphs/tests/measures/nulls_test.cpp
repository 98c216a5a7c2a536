// SPDX-License-Identifier: Apache-2.0
// Nulls, and the model that mixes neighbours: the demonstration without a model.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/spectrum.hpp"
#include "graphs/walk.hpp"
#include "measures/nulls.hpp"
#include "oracle/mixing.hpp"

using namespace icl_graphs;

class NullsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// e'_i = e_i + mean of neighbours' e: the grid appears (papers/icl_graphs 1.4).
    void neighbourMixingMakesAMap() {
        const Graph grid = makeGrid(4, 4);
        double plainR2 = 0, mixedR2 = 0;
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const MixingModel model({.nodes = 16, .dim = 4096}, seed);
            const Geometry plain = geometryOf(model.embeddings(), grid), mixed = geometryOf(model.limit(grid.neighbours()), grid);
            plainR2 += plain.gridR2 / 5, mixedR2 += mixed.gridR2 / 5;
            QVERIFY(std::abs(plain.energy.rayleigh - 3.2) < .1);
            QVERIFY(mixed.energy.rayleigh < 2.5);
            QVERIFY(mixed.alignment[1] > .9);
        }
        QVERIFY2(plainR2 < .3 && mixedR2 > .9, qPrintable(QString("%1 %2").arg(plainR2).arg(mixedR2)));
    }
    void theWalkApproachesTheLimit() {
        const Graph grid = makeGrid(4, 4);
        const MixingModel model({.nodes = 16, .dim = 256}, 1);
        const Sequence s = makeSequence(std::vector<Graph>{grid}, {.length = 40'000}, 2, 0);
        const ClassMeans means = model.representations(s.nodes, 40'000, 40'000);
        QCOMPARE(means.seen.size(), std::size_t{16});
        // Predecessors of a walk are uniform over neighbours weighed by nothing: the walk is reversible and the degree cancels.
        QVERIFY((means.of - model.limit(grid.neighbours())).norm() / means.of.norm() < .03);
        QVERIFY(model.representations(s.nodes, 6, 50).seen.size() <= 6);
    }
    void aCalendarTakesTheFirstPlane() {
        const Graph ring = makeRing(7);
        const MixingModel model({.nodes = 7, .dim = 512, .calendar = 2, .calendarPlace = {0, 2, 1, 4, 6, 3, 5}}, 4);
        // What mixing makes of the calendar's circle, neighbour by neighbour of the ring in context.
        Eigen::MatrixXd expected = model.calendarPlane();
        for (int i = 0; i < 7; ++i) expected.row(i) += (model.calendarPlane().row((i + 1) % 7) + model.calendarPlane().row((i + 6) % 7)) / 2;
        const Pca pca = pcaOf(model.limit(ring.neighbours()), 4);
        QVERIFY(subspaceCosines(pca.projection.leftCols(2), expected)[1] > .8);
        QVERIFY(subspaceCosines(MixingModel({.nodes = 7, .dim = 512}, 4).limit(ring.neighbours()).leftCols(2), expected)[1] < .8);
    }
    void permutedLabelsKnowNothing() {
        const Graph grid = makeGrid(4, 4);
        const Eigen::MatrixXd x = MixingModel({.nodes = 16, .dim = 512}, 1).limit(grid.neighbours());
        const PermutedNull null = permutedLabels(x, grid, {.draws = 400}, 3);
        QVERIFY(std::abs(null.rayleigh.mean - 3.2) < .05);  // exact expectation over all orders
        QVERIFY(energyOf(x, grid).rayleigh < null.rayleigh.low);
        QVERIFY(geometryOf(x, grid).alignment[1] > null.alignment.high);
        // A choice of components among six lifts the null too.
        const PermutedNull chosen = permutedLabels(x, grid, {.draws = 400, .geometry = {.components = 6}, .chooseComponents = true}, 3);
        QVERIFY(chosen.alignment.mean > null.alignment.mean + .1);
    }
    void theComponentsAreFound() {
        const Graph grid = makeGrid(4, 4);
        Eigen::MatrixXd scores(16, 4);
        const Eigen::MatrixXd v = spectrumOf(grid).vectors;
        scores << v.col(9), v.col(2), v.col(12), v.col(1);
        QVERIFY((bestComponents(scores, grid, 4) == std::pair{1, 3}));
    }
    void fittedMixingIsTakenApart() {
        // States made of a word, the word before, and noise: the fit gives back the words' own part, which is no map.
        const Graph grid = makeGrid(4, 4);
        const int n = 16, dim = 64, length = 4000;
        const Eigen::MatrixXd own = MixingModel({.nodes = n, .dim = dim}, 1).embeddings(), copied = MixingModel({.nodes = n, .dim = dim}, 2).embeddings();
        const std::vector<int> nodes = makeSequence(std::vector<Graph>{grid}, {.length = length}, 3, 0).nodes;
        latent::learn::RandomStream random(5, "noise");
        Eigen::MatrixXf states(length, dim);
        for (int t = 0; t < length; ++t)
            for (int d = 0; d < dim; ++d) states(t, d) = static_cast<float>(own(nodes[static_cast<std::size_t>(t)], d) + (t > 0 ? copied(nodes[static_cast<std::size_t>(t) - 1], d) : 0) + .02 * random.normal());
        const MixingFit fit = fitNeighbourMixing(states, nodes, n);
        QVERIFY(fit.explained > .95);
        // On a bipartite graph a word and its predecessor are of two colours, so each colour of `own` is known up to a shift of its own.
        const auto shapeOf = [&](Eigen::MatrixXd x) {
            for (int colour = 0; colour < 2; ++colour) {
                Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(dim);
                for (int i = 0; i < n; ++i)
                    if ((i / 4 + i % 4) % 2 == colour) mean += x.row(i) / 8;
                for (int i = 0; i < n; ++i)
                    if ((i / 4 + i % 4) % 2 == colour) x.row(i) -= mean;
            }
            return x;
        };
        QVERIFY((shapeOf(fit.withoutNeighbours) - shapeOf(own)).norm() / shapeOf(own).norm() < .1);
        // The two parts add up to the class means.
        ClassSums sums(n, dim);
        for (int t = 1; t < length; ++t) sums.add(nodes[static_cast<std::size_t>(t)], {states.row(t).eval().data(), static_cast<std::size_t>(dim)});
        QVERIFY((fit.withoutNeighbours + fit.mixingOnly - sums.means().of).norm() / sums.means().of.norm() < 1e-5);
        QVERIFY(std::isnan(fitNeighbourMixing(states.topRows(3), std::span(nodes).first(3), n).withoutNeighbours(15, 0)));
    }
};

QTEST_APPLESS_MAIN(NullsTest)
#include "nulls_test.moc"

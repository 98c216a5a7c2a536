// SPDX-License-Identifier: Apache-2.0
// Nulls, and the model that mixes neighbours: the demonstration without a model.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/spectrum.hpp"
#include "graphs/walk.hpp"
#include "measures/layer_geometry.hpp"
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
            const Geometry plain = geometryOf(model.embeddings(), grid),
                           mixed = geometryOf(model.limit(grid.neighbours()), grid);
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
        PooledLayer pooled({6, 40'000}, 40'000, 16, 256);
        for (std::size_t t = 0; t < s.nodes.size(); ++t)
            pooled.add(static_cast<std::int64_t>(t), s.nodes[t], t > 0 ? s.nodes[t - 1] : -1,
                       model.state(s.nodes[t], t > 0 ? s.nodes[t - 1] : -1));
        const ClassMeans means = pooled.means(1);
        QCOMPARE(means.seen.size(), std::size_t{16});
        // Predecessors of a walk are uniform over neighbours weighed by nothing: the walk is reversible and the degree cancels.
        QVERIFY((means.of - model.limit(grid.neighbours())).norm() / means.of.norm() < .03);
        QVERIFY(pooled.means(0).seen.size() <= 6);
    }
    void aCalendarTakesTheFirstPlane() {
        const Graph ring = makeRing(7);
        const MixingModel model(
            {.nodes = 7, .dim = 512, .calendar = 2, .calendarPlace = {0, 2, 1, 4, 6, 3, 5}}, 4);
        // What mixing makes of the calendar's circle, neighbour by neighbour of the ring in context.
        Eigen::MatrixXd expected = model.calendarPlane();
        for (int i = 0; i < 7; ++i)
            expected.row(i) +=
                (model.calendarPlane().row((i + 1) % 7) + model.calendarPlane().row((i + 6) % 7)) / 2;
        const Pca pca = pcaOf(model.limit(ring.neighbours()), 4);
        QVERIFY(subspaceCosines(pca.projection.leftCols(2), expected)[1] > .8);
        QVERIFY(subspaceCosines(MixingModel({.nodes = 7, .dim = 512}, 4).limit(ring.neighbours()).leftCols(2),
                                expected)[1] < .8);
    }
    void permutedLabelsKnowNothing() {
        const Graph grid = makeGrid(4, 4);
        const Eigen::MatrixXd x = MixingModel({.nodes = 16, .dim = 512}, 1).limit(grid.neighbours());
        const PermutedNull null = permutedLabels(x, grid, {.draws = 400}, 3);
        QVERIFY(std::abs(null.bands.rayleigh.mean - 3.2) < .05);  // exact expectation over all orders
        const Energy energy = energyOf(x, grid);
        QVERIFY(energy.rayleigh < null.bands.rayleigh.low && energy.raw < null.bands.energy.low &&
                energy.standardised < null.bands.energyStandardised.low);
        // z-scored columns have Σ z² = n: 2n times the isotropic Rayleigh quotient on average.
        QVERIFY(std::abs(null.bands.energyStandardised.mean - 2 * 16 * 3.2) < 2);
        QVERIFY(geometryOf(x, grid).alignment[1] > null.bands.alignment.high);
        // A choice of components among six lifts the null too.
        const PermutedNull chosen = permutedLabels(
            x, grid, {.draws = 400, .geometry = {.components = 6}, .chooseComponents = true}, 3);
        QVERIFY(chosen.bands.alignment.mean > null.bands.alignment.mean + .1);
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
        const Eigen::MatrixXd own = MixingModel({.nodes = n, .dim = dim}, 1).embeddings(),
                              copied = MixingModel({.nodes = n, .dim = dim}, 2).embeddings();
        const std::vector<int> nodes = makeSequence(std::vector<Graph>{grid}, {.length = length}, 3, 0).nodes;
        latent::learn::RandomStream random(5, "noise");
        MixingSums sums(n, dim);
        ClassSums classes(n, dim);
        for (std::size_t t = 0; t < nodes.size(); ++t) {
            std::vector<float> state;
            for (int d = 0; d < dim; ++d)
                state.push_back(static_cast<float>(own(nodes[t], d) + (t > 0 ? copied(nodes[t - 1], d) : 0) +
                                                   .02 * random.normal()));
            sums.add(nodes[t], t > 0 ? nodes[t - 1] : -1, state);
            if (t > 0) classes.add(nodes[t], state);
        }
        const MixingFit fit = fitMixing(sums);
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
        QVERIFY((shapeOf(fit.own) - shapeOf(own)).norm() / shapeOf(own).norm() < .1);
        // The two parts add up to the class means.
        QVERIFY((fit.own + fit.share * fit.copied - classes.means().of).norm() / classes.means().of.norm() <
                1e-5);
        MixingSums few(n, dim);
        few.add(3, 2, std::vector<float>(static_cast<std::size_t>(dim), 1));
        few.add(5, -1, std::vector<float>(static_cast<std::size_t>(dim), 1));
        QVERIFY(std::isnan(fitMixing(few).own(15, 0)) && fitMixing(few).seen == std::vector<int>{3});
    }

    /// Errors of a fit lie on the graph: of states that are noise and mixing the fitted own parts look like a map (grid) or
    /// like the opposite of one (ring). With the noise taken out nothing is left, and of noise alone nothing is said.
    void noiseIsNoMap() {
        const int dim = 256, length = 201;
        for (const auto& [graph, leans] : {std::pair{makeGrid(4, 4), -1}, {makeRing(7), 1}}) {
            const double isotropic = isotropicRayleigh(graph);
            double naive = 0, beyond = 0, explained = 0, noiseExplained = 0, mapped = 0;
            const Eigen::MatrixXd modes = lowestModes(graph);
            constexpr int kTimes = 20;
            for (std::uint64_t seed = 0; seed < kTimes; ++seed) {
                const MixingModel model({.nodes = graph.nodes, .dim = dim, .own = .3, .mixing = .3}, seed);
                const std::vector<int> nodes =
                    makeSequence(std::vector<Graph>{graph}, {.length = 4 * length}, seed, 0).nodes;
                latent::learn::RandomStream random(seed, "noise");
                MixingSums sums(graph.nodes, dim), alone(graph.nodes, dim), maps(graph.nodes, dim);
                for (std::size_t t = 1; t < nodes.size(); ++t) {
                    std::vector<float> state = model.state(nodes[t], nodes[t - 1]), noise, map;
                    for (std::size_t d = 0; d < state.size(); ++d) {
                        noise.push_back(static_cast<float>(random.normal() / std::sqrt(dim)));
                        state[d] += noise.back();
                        map.push_back(
                            state[d] +
                            static_cast<float>(d < 2 ? modes(nodes[t], static_cast<Eigen::Index>(d)) : 0));
                    }
                    sums.add(nodes[t], nodes[t - 1], state);
                    alone.add(nodes[t], nodes[t - 1], noise);
                    maps.add(nodes[t], nodes[t - 1], map);
                }
                const MixingFit fit = fitMixing(sums), nothing = fitMixing(alone);
                naive += energyOf(nothing.own, graph).rayleigh / isotropic / kTimes;
                beyond += rayleighBeyond(fit, graph) / kTimes;
                mapped += rayleighBeyond(fitMixing(maps), graph) / kTimes;
                explained += fit.explained / kTimes;
                noiseExplained += nothing.explained / kTimes;
                QVERIFY(std::isnan(rayleighBeyond(nothing, graph)));
                QVERIFY(std::abs(fit.sizes.noise - 1) < .05 && std::abs(fit.sizes.own - .3) < .12 &&
                        std::abs(fit.sizes.copied - .3) < .12);
                QVERIFY(std::isnan(plantedBeyond(nodes, graph, nothing.sizes, seed)) ||
                        nothing.sizes.own > .02 * nothing.sizes.noise);
            }
            QVERIFY2(leans * (naive - 1) > .08, qPrintable(QString::number(naive)));
            QVERIFY2(std::abs(beyond - 1) < .03, qPrintable(QString::number(beyond)));
            QVERIFY2(mapped < .9, qPrintable(QString::number(mapped)));
            QVERIFY2(std::abs(noiseExplained) < .003 && explained > .02,
                     qPrintable(QString("%1 %2").arg(noiseExplained).arg(explained)));
        }
    }

    /// Planted mixing has nothing beyond it also where there is much noise.
    void plantedMixingIsNothingBeyond() {
        const Graph grid = makeGrid(4, 4);
        double mean = 0;
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            std::vector<int> nodes{-1};
            for (const int node : makeSequence(std::vector<Graph>{grid}, {.length = 800}, seed, 0).nodes)
                nodes.push_back(node);
            mean += plantedBeyond(nodes, grid, {.own = .5, .copied = .4, .noise = 1}, seed) / 10;
        }
        QVERIFY2(std::abs(mean - 1) < .04, qPrintable(QString::number(mean)));
        QVERIFY(std::isnan(
            plantedBeyond(std::vector<int>{0, 1, 2}, grid, {.own = NAN, .copied = 1, .noise = 1}, 1)));
    }

    /// Words that stand between other tokens have no word before them: they belong to the means, not to the fit, and take
    /// no more memory the more there are.
    void wordsAloneAreMeansOnly() {
        const Graph ring = makeRing(5);
        PooledLayer pooled({100, 200}, 50, 5, 3);
        std::vector<float> first(3, 0), state(3, 0);
        for (int t = 0; t < 200; ++t) {
            for (int d = 0; d < 3; ++d)
                state[static_cast<std::size_t>(d)] = static_cast<float>(t % 5 * (d + 1) + 100);
            pooled.add(t, t % 5, t % 10 < 5 ? -1 : (t + 4) % 5, state);
        }
        const ClassMeans means = pooled.means(1);
        QCOMPARE(means.seen.size(), std::size_t{5});
        for (int i = 0; i < 5; ++i)
            for (int d = 0; d < 3; ++d) QVERIFY(std::abs(means.of(i, d) - (i * (d + 1) + 100)) < 1e-4);
        QCOMPARE(means.count, (std::vector<double>(5, 10)));
        QCOMPARE(pooled.mixing(1).count.sum(), 25.);
        QVERIFY(PooledLayer::memoryFor(24, 4096, 576) > (std::uint64_t{1} << 31) &&
                PooledLayer::memoryFor(2, 5, 3) < 4096);
    }

    /// With words that were not seen the isotropic value is that of the others; components that do not exist have no scores.
    void whatWasNotSeenIsNotCompared() {
        const Graph grid = makeGrid(4, 4);
        PooledLayer pooled({40}, 40, 16, 8);
        latent::learn::RandomStream random(1, "states");
        for (int t = 0; t < 40; ++t) {
            std::vector<float> state;
            for (int d = 0; d < 8; ++d) state.push_back(static_cast<float>(random.normal()));
            pooled.add(t, t % 4, t > 0 ? (t - 1) % 4 : -1, state);  // the first row alone
        }
        const LayerGeometry g =
            measureLayer(pooled, grid, {.components = 5, .draws = 20, .mixingDraws = 20}, 1);
        QCOMPARE(g.isotropic[0], isotropicRayleigh(makePath(4)));
        QCOMPARE(comparableRayleigh(g, grid)[0], g.rayleigh[0] * 3.2 / 2);
        for (std::size_t i = 0; i < 16; ++i)
            for (std::size_t k = 0; k < 5; ++k) QCOMPARE(std::isfinite(g.pca[i * 5 + k]), i < 4 && k < 3);
        QVERIFY(std::isnan(g.rayleighBeyond[0]));  // each word follows the same one: its own part is not told
        const LayerGeometry control =
            measureLayer(pooled, grid, LayerOptions{.components = 5, .draws = 20}.withoutNulls(), 1);
        QVERIFY(control.rayleigh == g.rayleigh && std::isnan(control.mixingExplained[0]) &&
                std::isnan(control.rayleighBeyond[0]));  // no mixing is fitted
        QVERIFY(std::isfinite(g.mixing.energyStandardised[0]) &&
                g.mixing.energyStandardised[1] <= g.mixing.energyStandardised[2]);
    }

    /// The first word of a prompt, however far off its state is, moves nothing: what it has beside its own part is not known.
    void firstWordsAreNotAsked() {
        const Graph grid = makeGrid(4, 4);
        const MixingModel model({.nodes = 16, .dim = 64}, 1);
        const std::vector<int> nodes = makeSequence(std::vector<Graph>{grid}, {.length = 400}, 3, 0).nodes;
        std::vector<double> beyond;
        for (const float off : {0.F, 50.F}) {
            PooledLayer pooled({400}, 400, 16, 64);
            MixingSums sums(16, 64);
            for (std::size_t t = 0; t < nodes.size(); ++t) {
                std::vector<float> state = model.state(nodes[t], t > 0 ? nodes[t - 1] : -1);
                if (t == 0) state[3] += off;
                pooled.add(static_cast<std::int64_t>(t), nodes[t], t > 0 ? nodes[t - 1] : -1, state);
                sums.add(nodes[t], t > 0 ? nodes[t - 1] : -1, state);
            }
            beyond.push_back(measureLayer(pooled, grid, {.draws = 0}, 1).rayleighBeyond[0]);
            QVERIFY(std::abs(beyond.back() - 3.2 * rayleighBeyond(fitMixing(sums), grid)) < 1e-3);
        }
        QVERIFY2(std::abs(beyond[0] - beyond[1]) < 1e-3,
                 qPrintable(QString("%1 %2").arg(beyond[0]).arg(beyond[1])));
    }

    /// Mixing alone lies within its own null, whatever the walk; a map in the words' own parts lies beyond it.
    void mixingAloneIsInsideOfItsNull() {
        const Graph grid = makeGrid(4, 4);
        const int n = 16, dim = 128, length = 800;
        const Eigen::MatrixXd modes = lowestModes(grid);
        int inside = 0, insideEnergy = 0, beyond = 0;
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const Eigen::MatrixXd own = MixingModel({.nodes = n, .dim = dim}, seed).embeddings();
            const std::vector<int> nodes =
                makeSequence(std::vector<Graph>{grid}, {.length = length}, seed, 0).nodes;
            for (const bool mapped : {false, true}) {
                latent::learn::RandomStream random(seed, "noise");
                PooledLayer pooled({length}, length, n, dim);
                for (std::size_t t = 0; t < nodes.size(); ++t) {
                    std::vector<float> state;
                    for (int d = 0; d < dim; ++d)
                        state.push_back(static_cast<float>(1000 * (d == 5) + own(nodes[t], d) +
                                                           (mapped && d < 2 ? 4 * modes(nodes[t], d) : 0) +
                                                           (t > 0 ? own(nodes[t - 1], d) : 0) +
                                                           .02 * random.normal()));
                    pooled.add(static_cast<std::int64_t>(t), nodes[t], t > 0 ? nodes[t - 1] : -1, state);
                }
                const LayerGeometry g = measureLayer(pooled, grid, {.draws = 0, .mixingDraws = 100}, 9);
                QVERIFY(g.rayleigh[0] < 3);  // a map by either way
                QVERIFY(g.mixingExplained[0] >
                        .9);  // also where one dimension is a thousand times the others
                // The standardised energy says the same of them.
                insideEnergy += !mapped && g.energyStandardised[0] >= g.mixing.energyStandardised[1] &&
                                g.energyStandardised[0] <= g.mixing.energyStandardised[2];
                inside +=
                    !mapped && g.rayleigh[0] >= g.mixing.rayleigh[1] && g.rayleigh[0] <= g.mixing.rayleigh[2];
                beyond += mapped && g.rayleigh[0] < g.mixing.rayleigh[1];
            }
        }
        QVERIFY2(inside >= 8 && insideEnergy >= 8 && beyond == 10,
                 qPrintable(QString("%1 %2 %3").arg(inside).arg(insideEnergy).arg(beyond)));
    }
};

QTEST_APPLESS_MAIN(NullsTest)
#include "nulls_test.moc"

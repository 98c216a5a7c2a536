// SPDX-License-Identifier: Apache-2.0
// Sequences that models are trained on, and the evaluation on the held-out grid.
#include <QtTest>
#include <cmath>
#include <set>

#include "training/curriculum.hpp"
#include "training/evaluation.hpp"

using namespace icl_graphs;
namespace tf = latent::learn::transformer;

class TrainingTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void sequencesFollowTheirGraphs() {
        const Curriculum curriculum({.vocabulary = 32, .length = 60}, 3);
        double calendar = 0;
        std::set<int> sizes, labels;
        for (std::uint64_t i = 0; i < 600; ++i) {
            Graph graph;
            const std::vector<std::int32_t> tokens = curriculum.sequence(i, &graph);
            QCOMPARE(tokens.size(), std::size_t{61});
            // Each token is one node: as many different steps as the graph has edges at most.
            std::set<std::pair<int, int>> steps;
            std::set<int> seen(tokens.begin(), tokens.end());
            for (std::size_t t = 1; t < tokens.size(); ++t)
                steps.insert({std::min(tokens[t - 1], tokens[t]), std::max(tokens[t - 1], tokens[t])});
            QVERIFY(seen.size() <= static_cast<std::size_t>(graph.nodes) &&
                    steps.size() <= graph.edges.size());
            QVERIFY(!(graph.nodes == 16 && graph.edges == makeGrid(4, 4).edges));
            if (*seen.rbegin() < 7 && graph.nodes == 7 && graph.edges.size() == 7) {
                bool ring = true;
                for (std::size_t t = 1; t < tokens.size(); ++t)
                    ring = ring && ((tokens[t] - tokens[t - 1] + 7) % 7 == 1 ||
                                    (tokens[t] - tokens[t - 1] + 7) % 7 == 6);
                calendar += ring;
            } else {
                labels.insert(seen.begin(), seen.end());
            }
            sizes.insert(graph.nodes);
        }
        QVERIFY(std::abs(calendar / 600 - .3) < .07);
        QVERIFY(sizes.size() > 6 && labels.size() == 32);  // days are labels too
        QVERIFY(curriculum.batch(5, 4) == Curriculum({.vocabulary = 32, .length = 60}, 3).batch(5, 4));
    }
    void anUntrainedModelGivesChance() {
        const tf::Shape shape{.vocabulary = 32, .context = 60, .width = 16, .heads = 2, .layers = 2};
        const EvaluationSpec spec{.placements = 3, .walks = 4, .length = 60, .geometry = {4, 0, 1, 30, 20}};
        const Evaluation e = evaluateTracing(tf::Model(tf::initialise(shape, 1)), makeGrid(4, 4), spec, 5);
        QCOMPARE(e.accuracy.size(), std::size_t{60});
        for (const double a : e.accuracy) QVERIFY(std::abs(a - 3. / 32) < .04);
        QCOMPARE(e.rayleigh.size(), std::size_t{9});
        // The first layer is the embedding of random tokens: no map, and the word before explains nothing of it.
        QVERIFY(std::abs((e.rayleigh[0] + e.rayleigh[3] + e.rayleigh[6]) / 3 - 3.2) < .6);
        QCOMPARE(e.pca.size(), std::size_t{3 * 16 * 4});
        // It has no map, so it lies inside of what permuted labels give, and shuffling changes nothing.
        QCOMPARE(e.rayleighPermuted.size(), std::size_t{3 * 3 * 3});
        int inside = 0;
        for (std::size_t i = 0; i < 9; ++i)
            inside += e.rayleigh[i] > e.rayleighPermuted[3 * i + 1] - .2 &&
                      e.rayleigh[i] < e.rayleighPermuted[3 * i + 2] + .2;
        QVERIFY2(inside >= 8, qPrintable(QString::number(inside)));
        for (std::size_t i = 3; i < e.rayleighMixing.size(); i += 9)  // the layer after the embedding
            QVERIFY(e.rayleighMixing[i + 1] <= e.rayleighMixing[i] &&
                    e.rayleighMixing[i] <= e.rayleighMixing[i + 2]);
        for (const double a : e.accuracyShuffled) QVERIFY(std::abs(a - 3. / 32) < .04);
        QVERIFY(std::abs(e.accuracyPermuted[0] - 3. / 32) < .02 &&
                e.accuracyPermuted[1] < e.accuracyPermuted[2]);
        // Learners that count, on the same walks: repeating finds neighbours, counting words hardly does.
        const CountedWalks counts = countWalks(makeGrid(4, 4), spec, 5);
        QVERIFY2(counts.induction[59] > .7 && counts.unigram[59] < .5 && counts.unigram[59] > .1,
                 qPrintable(QString("%1 %2").arg(counts.induction[59]).arg(counts.unigram[59])));
    }
};

QTEST_APPLESS_MAIN(TrainingTest)
#include "training_test.moc"

// SPDX-License-Identifier: Apache-2.0
// Utilisation and proximity of models whose answer is known: the algorithms themselves.
#include <QtTest>
#include <cmath>

#include "model/algorithms/divergence.hpp"
#include "model/algorithms/evaluate.hpp"
#include "model/lia/scores.hpp"

using namespace markov_mixtures;

class ScoresTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void intervalsAreClopperAndPearsons() {
        const BinomialInterval none = exactInterval(0, 10), eight = exactInterval(8, 10),
                               all = exactInterval(200, 200);
        QVERIFY(none.low == 0 && std::abs(none.high - .308497) < 1e-6);
        QVERIFY(std::abs(eight.low - .443905) < 1e-6 && std::abs(eight.high - .974789) < 1e-6);
        QVERIFY(all.high == 1 && std::abs(all.low - std::pow(.025, 1.0 / 200)) < 1e-12);
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, exactInterval(3, 2));
    }

    void utilisationIsClippedOnlyWhereItSays() {
        QCOMPARE(utilisation(.9, .1, .5, .1).raw, 2.0);
        QCOMPARE(utilisation(.9, .1, .5, .1).clipped, 1.0);
        QCOMPARE(utilisation(.1, .2, .5, .1).clipped, 0.0);
        QVERIFY(utilisation(.1, .2, .5, .1).raw < 0);
        QVERIFY(std::isnan(utilisation(.3, .2, .1, .1).raw));
    }

    void controlChainsThatAreKeptAreThoseThatAreDrawnAgain() {
        MixtureSpec m;
        m.generator.states = 3, m.chains = 5;
        const Mixture mixture = makeMixture(m);
        std::vector<std::vector<double>> inferred;
        for (std::uint64_t n = 0; n < 12; ++n)
            inferred.push_back(drawChain(m.generator, 9, "ood", n).transition);
        ProximityOptions options{.redraws = 7, .seed = 4};
        const ProximityTest kept(mixture, m.generator, options);
        options.mostControlBytes = 0;
        const ProximityTest drawn(mixture, m.generator, options);
        for (int threads : {1, 3}) {
            QCOMPARE(kept.of(inferred, threads).trainShare, drawn.of(inferred, threads).trainShare);
            QCOMPARE(kept.of(inferred, threads).byRedraw,
                     proximity(mixture, m.generator, inferred, options).byRedraw);
        }
        QVERIFY(kept.of(inferred).fraction > 0 && kept.of(inferred).fraction < 1);
        options.seed = 5;
        QVERIFY(ProximityTest(mixture, m.generator, options).of(inferred).trainShare !=
                kept.of(inferred).trainShare);
        // One set of 5 chains of 3 states, and seven of control chains or one at a time.
        options.mostControlBytes = 1 << 20;
        QCOMPARE(proximityBytes(5, 3, options), std::uint64_t{8 * 5 * 12 * 8});
        options.mostControlBytes = 0;
        QCOMPARE(proximityBytes(5, 3, options), std::uint64_t{2 * 5 * 12 * 8});
    }

    /// Questions that are asked together share the control chains and change no answer.
    void questionsAreAnsweredTogetherAsAlone() {
        MixtureSpec m;
        m.generator.states = 3, m.chains = 150;  // more than one thread draws at a time
        const Mixture mixture = makeMixture(m);
        std::vector<std::vector<std::vector<double>>> questions(3);
        for (std::uint64_t n = 0; n < 21; ++n)
            questions[n % 3].push_back(drawChain(m.generator, 9, "ood", n).transition);
        questions[1].resize(2);
        for (const std::uint64_t most : {std::uint64_t{1} << 20, std::uint64_t{0}}) {
            const ProximityTest test(mixture, m.generator,
                                     {.redraws = 5, .seed = 4, .mostControlBytes = most});
            for (const int threads : {1, 3}) {
                const auto all = test.ofAll(questions, threads);
                QCOMPARE(all->size(), questions.size());
                for (std::size_t q = 0; q < questions.size(); ++q) {
                    const Proximity alone = test.of(questions[q]);
                    QCOMPARE((*all)[q].trainShare, alone.trainShare);
                    QCOMPARE((*all)[q].byRedraw, alone.byRedraw);
                    QVERIFY((*all)[q].low == alone.low && (*all)[q].high == alone.high);
                }
            }
        }
    }

    void aWishToStopIsHeard() {
        MixtureSpec m;
        m.generator.states = 3, m.chains = 20;
        const Mixture mixture = makeMixture(m);
        const std::vector<std::vector<std::vector<double>>> questions{
            {drawChain(m.generator, 9, "ood", 0).transition, drawChain(m.generator, 9, "ood", 1).transition}};
        for (const std::uint64_t most : {std::uint64_t{1} << 20, std::uint64_t{0}}) {
            const ProximityOptions options{.redraws = 6, .mostControlBytes = most};
            const auto made = ProximityTest::make(mixture, m.generator, options, [] { return true; });
            QVERIFY(made);
            int asked = 0;
            const auto atThree = [&] { return ++asked < 3; };
            if (most > 0) QVERIFY(!ProximityTest::make(mixture, m.generator, options, atThree) && asked == 3);
            asked = 0;
            QVERIFY(!made->ofAll(questions, 1, atThree));
            QCOMPARE(asked, 3);
        }
    }

    void algorithmsHaveTheirKnownScores() {
        MixtureSpec m;
        m.generator.states = 4, m.chains = 8;
        const auto mixture = std::make_shared<const Mixture>(makeMixture(m));
        const AlgorithmBank bank(mixture);
        EvaluationSpec spec;
        spec.generator = m.generator, spec.contextLength = {100}, spec.sequenceLength = 300,
        spec.sequences = 1;
        const SetCurves ood = evaluate(bank, spec, SetKind::Ood, 60),
                        shuffled = evaluate(bank, spec, SetKind::Shuffled, 60);
        const auto of = [&](Algorithm a) {
            const std::size_t i = ood.at(a, 0);
            return utilisation(shuffled.klMatrix[i], ood.klMatrix[i],
                               ood.klMatrix[ood.at(Algorithm::UniInf, 0)],
                               ood.klMatrix[ood.at(Algorithm::BiInf, 0)]);
        };
        QVERIFY(std::abs(of(Algorithm::UniRet).raw) < 1e-9);
        QVERIFY(of(Algorithm::BiInf).raw > .8 && of(Algorithm::BiInf).raw < 1.5);

        // 200 new chains: what Bi-Ret infers is near a training chain, the truth and what Bi-Inf counts is near none.
        std::vector<std::vector<double>> retrieval, inference, truth;
        for (int r = 0; r < 200; ++r) {
            const Replicate replicate = makeReplicate(*mixture, spec, SetKind::Ood, r);
            std::vector<Context> windows;
            for (int j = 0; j < 4; ++j) windows.push_back({replicate.window(0, j)});
            const std::vector<double> all = bank.inferredMatrices(windows);
            const auto matrix = [&](Algorithm a) {
                return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(indexOf(a) * 16),
                                           all.begin() + static_cast<std::ptrdiff_t>(indexOf(a) * 16 + 16));
            };
            retrieval.push_back(matrix(Algorithm::BiRet));
            inference.push_back(matrix(Algorithm::BiInf));
            truth.push_back(replicate.truth.transition);
        }
        const ProximityOptions options{.redraws = 21, .seed = 7, .threads = 2};
        const Proximity near = proximity(*mixture, m.generator, retrieval, options),
                        far = proximity(*mixture, m.generator, truth, options),
                        counted = proximity(*mixture, m.generator, inference, options);
        QVERIFY(near.fraction > .95 && near.low > .9);
        QVERIFY2(far.low < .5 && far.high > .5,
                 qPrintable(QString("%1 %2 %3").arg(far.fraction).arg(far.low).arg(far.high)));
        QVERIFY(counted.fraction < .7);
        QCOMPARE(near.byRedraw.size(), std::size_t{21});
        QCOMPARE(near.trainShare.size(), std::size_t{200});
        const Proximity again =
            proximity(*mixture, m.generator, truth, {.redraws = 21, .seed = 7, .threads = 1});
        QVERIFY(again.trainShare == far.trainShare);
        const Proximity unigram =
            proximity(*mixture, m.generator, truth, {.redraws = 21, .seed = 7, .unigram = true});
        QVERIFY(unigram.trainShare != far.trainShare);
    }

    void sharesAreThoseOfTheDefinition() {
        MixtureSpec m;
        m.generator.states = 3, m.chains = 6;
        const Mixture mixture = makeMixture(m);
        std::vector<std::vector<double>> inferred;
        for (std::uint64_t r = 0; r < 30; ++r)
            inferred.push_back(drawChain({.states = 3, .concentration = .3}, 1, "model", r).transition);
        const Proximity p = proximity(mixture, m.generator, inferred, {.redraws = 9, .seed = 5});
        for (std::size_t r = 0; r < inferred.size(); ++r) {
            const auto nearest = [&](const auto& chainAt) {
                double least = INFINITY;
                for (std::size_t n = 0; n < 6; ++n)
                    least = std::min(least, klMatrix(3, chainAt(n), inferred[r]));
                return least;
            };
            const double training = nearest([&](std::size_t n) { return mixture.chain(n).transition; });
            double share = 0;
            for (int d = 0; d < 9; ++d)
                share += (training < nearest([&](std::size_t n) {
                              return drawChain(m.generator, 5, "control " + std::to_string(d), n).transition;
                          })) /
                         9.0;
            QVERIFY(std::abs(p.trainShare[r] - share) < 1e-12);
        }
    }

    void distancesAreThoseOfTheMatrixDivergence() {
        // One training chain that is the inferred matrix itself: nearest in every redraw.
        const Chain chain = drawChain({.states = 5}, 3, "mine", 0);
        const Mixture mixture = mixtureOf({chain}, {1});
        const Proximity p = proximity(mixture, {.states = 5}, {chain.transition}, {.redraws = 20});
        QCOMPARE(p.trainShare[0], 1.0);
        QCOMPARE(p.nearer, std::size_t{1});
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 proximity(mixture, {.states = 4}, {chain.transition}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, proximity(mixture, {.states = 5}, {{1.0}}));
    }
};

QTEST_APPLESS_MAIN(ScoresTest)
#include "scores_test.moc"

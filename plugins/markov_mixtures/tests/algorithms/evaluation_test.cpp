// SPDX-License-Identifier: Apache-2.0
// Evaluation sets: the protocol of windows, what a shuffle keeps, independence of threads, sentences.
#include <QtTest>
#include <cmath>

#include "model/algorithms/evaluate.hpp"

using namespace markov_mixtures;

namespace {

struct Study {
    std::shared_ptr<const Mixture> mixture;
    EvaluationSpec spec;

    explicit Study(int states = 5, std::int64_t chains = 8, int longest = 60) {
        MixtureSpec m;
        m.generator.states = states, m.chains = chains;
        mixture = std::make_shared<const Mixture>(makeMixture(m));
        spec.generator = m.generator;
        spec.sequenceLength = 3 * longest;
        spec.contextLength = {1, 5, 20, longest};
        spec.sequences = 4;
        spec.seed = 9;
    }
};

std::vector<int> countsOf(std::span<const Token> tokens) {
    std::vector<int> counts(256, 0);
    for (const Token t : tokens) ++counts[t];
    return counts;
}

template <class Body>
QString refusal(Body body) {
    try {
        body();
        return {};
    } catch (const std::invalid_argument& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class EvaluationTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void lengthsAreThoseOfThePaper() {
        QCOMPARE(contextLengths(400, 512, 10),
                 (std::vector<int>{1, 10, 40, 70, 100, 130, 160, 190, 220, 250, 280, 310, 340, 370, 400}));
        QCOMPARE(contextLengths(48, 64, 3), (std::vector<int>{1, 10, 40, 48}));
        QCOMPARE(contextLengths(1, 64, 3), std::vector<int>{1});
        QCOMPARE(contextLengths(40, 64, 3, LengthSpacing::Logarithmic),
                 (std::vector<int>{1, 2, 3, 4, 6, 8, 11, 16, 23, 33, 40}));
        QVERIFY(refusal([] { contextLengths(400, 410, 10); }).contains("does not fit into sequences of 410"));
    }

    void windowsEndInTheirStateAndAreNested() {
        const Study study;
        for (const SetKind kind : {SetKind::Id, SetKind::Ood, SetKind::Structured, SetKind::Biased}) {
            const Replicate r = makeReplicate(*study.mixture, study.spec, kind, 2);
            QCOMPARE(r.sequences(), std::size_t{4});
            for (int j = 0; j < 5; ++j)
                for (std::size_t m = 0; m < 4; ++m) {
                    const auto window = r.window(m, j), longer = r.window(3, j);
                    QCOMPARE(static_cast<int>(window.size()), study.spec.contextLength[m]);
                    QCOMPARE(int{window.back()}, j);
                    QVERIFY(std::equal(window.rbegin(), window.rend(), longer.rbegin()));
                    if (m < 3) QCOMPARE(r.tokenBefore(m, j), int{longer[longer.size() - window.size() - 1]});
                }
            for (std::size_t s = 0; s < 4; ++s) {
                const auto prefix = r.prefix(1, s), whole = r.sequence(s);
                QVERIFY(std::equal(prefix.begin(), prefix.end(), whole.begin()));
            }
        }
    }

    void sequencesAreDrawnUntilEveryStateComesLate() {
        Study tight;
        tight.spec.sequenceLength = 72;  // five states within the last 12 tokens
        double drawn = 0;
        for (int r = 0; r < 20; ++r) {
            const Replicate replicate = makeReplicate(*tight.mixture, tight.spec, SetKind::Id, r);
            drawn += static_cast<double>(replicate.drawn) / 20;
            // All windows are cut from one sequence: the longest ones overlap in all but a few tokens.
            for (int j = 0; j < 5; ++j) {
                const auto window = replicate.window(3, j);
                std::size_t places = 0;  // of the first window's middle in this one
                const auto middle = replicate.window(3, 0).subspan(20, 20);
                for (std::size_t at = 0; at + 20 <= window.size(); ++at)
                    places += std::equal(middle.begin(), middle.end(),
                                         window.begin() + static_cast<std::ptrdiff_t>(at));
                QCOMPARE(places, std::size_t{1});
            }
        }
        QVERIFY(drawn > 1.5);
    }

    void truthIsWhereItShouldBe() {
        const Study study;
        const Replicate id = makeReplicate(*study.mixture, study.spec, SetKind::Id, 0);
        QVERIFY(id.chainNumber >= 0);
        QVERIFY(id.truth.transition ==
                study.mixture->chain(static_cast<std::size_t>(id.chainNumber)).transition);
        const Replicate ood = makeReplicate(*study.mixture, study.spec, SetKind::Ood, 0);
        QCOMPARE(ood.chainNumber, -1);
        for (std::size_t m = 0; m < 8; ++m)
            QVERIFY(study.mixture->chain(m).transition != ood.truth.transition);
        // Chains of ID follow the prior.
        std::vector<double> count(8, 0.0);
        const int draws = 800;
        Study quick(3, 8, 6);
        quick.spec.contextLength = {1, 2};
        for (int r = 0; r < draws; ++r)
            ++count[static_cast<std::size_t>(
                makeReplicate(*quick.mixture, quick.spec, SetKind::Id, r).chainNumber)];
        for (std::size_t m = 0; m < 8; ++m) {
            const double p = quick.mixture->prior[m];
            QVERIFY(std::abs(count[m] / draws - p) < 4.5 * std::sqrt(p * (1 - p) / draws));
        }
    }

    void shufflesKeepTheCountsOfTheContextsOfOod() {
        Study study;
        const Replicate ood = makeReplicate(*study.mixture, study.spec, SetKind::Ood, 1);
        for (const Shuffle shuffle : {Shuffle::Context, Shuffle::All, Shuffle::Last}) {
            study.spec.shuffle = shuffle;
            const Replicate shuffled = makeReplicate(*study.mixture, study.spec, SetKind::Shuffled, 1);
            QVERIFY(shuffled.truth.transition == ood.truth.transition);
            bool moved = false;
            for (std::size_t m = 0; m < 4; ++m)
                for (int j = 0; j < 5; ++j) {
                    const auto a = ood.window(m, j), b = shuffled.window(m, j);
                    QVERIFY(countsOf(a) == countsOf(b));
                    if (shuffle == Shuffle::Context) QCOMPARE(int{b.back()}, j);
                    if (shuffle == Shuffle::Last && a.size() > 5)
                        QVERIFY(std::equal(a.begin(), a.end() - 5, b.begin()));
                    moved = moved || !std::equal(a.begin(), a.end(), b.begin());
                }
            QVERIFY(moved);
        }
    }

    void contextShuffleKeepsLastOccurrences() {
        std::vector<Token> tokens{0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 0};
        const std::vector<Token> before = tokens;
        latent::learn::RandomStream random(4, "shuffle");
        shuffleContext(Shuffle::Context, 3, tokens, random);
        for (const std::size_t t : {7U, 8U, 10U}) QCOMPARE(int{tokens[t]}, int{before[t]});
        QVERIFY(tokens != before);
    }

    void unigramAlgorithmsDoNotNoticeAShuffle() {
        const Study study;
        const AlgorithmBank bank(study.mixture);
        const SetCurves ood = evaluate(bank, study.spec, SetKind::Ood, 6),
                        shuffled = evaluate(bank, study.spec, SetKind::Shuffled, 6);
        for (std::size_t r = 0; r < 6; ++r)
            for (std::size_t m = 0; m < 4; ++m) {
                for (const Algorithm a :
                     {Algorithm::UniRet, Algorithm::UniInfCount, Algorithm::UniMap, Algorithm::MeanMatrix}) {
                    QVERIFY(std::abs(ood.klMatrixChain[ood.ofReplicate(a, r, m)] -
                                     shuffled.klMatrixChain[ood.ofReplicate(a, r, m)]) < 1e-12);
                    QVERIFY(std::abs(ood.klPositionChain[ood.ofReplicate(a, r, m)] -
                                     shuffled.klPositionChain[ood.ofReplicate(a, r, m)]) < 1e-12);
                }
            }
        QVERIFY(shuffled.klMatrix[ood.at(Algorithm::BiInf, 3)] >
                1.3 * ood.klMatrix[ood.at(Algorithm::BiInf, 3)]);
    }

    void numbersDoNotDependOnThreadsAndErrorsAreStandardErrors() {
        const Study study;
        const AlgorithmBank bank(study.mixture);
        const SetCurves one = evaluate(bank, study.spec, SetKind::Id, 7),
                        three = evaluate(bank, study.spec, SetKind::Id, 7, {.threads = 3});
        QVERIFY(one.klMatrixChain == three.klMatrixChain && one.klPosition == three.klPosition);
        double sum = 0, square = 0;
        for (std::size_t r = 0; r < 7; ++r) {
            const double x = one.klPositionChain[one.ofReplicate(Algorithm::BiInf, r, 2)];
            sum += x, square += x * x;
        }
        QVERIFY(std::abs(one.klPosition[one.at(Algorithm::BiInf, 2)] - sum / 7) < 1e-13);
        QVERIFY(std::abs(one.klPositionSem[one.at(Algorithm::BiInf, 2)] -
                         std::sqrt((square - sum * sum / 7) / 6 / 7)) < 1e-12);
        QVERIFY(evaluate(bank, study.spec, SetKind::Id, 9,
                         {.threads = 1, .keepGoing = [](std::int64_t done) { return done < 2; }})
                    .klMatrix.empty());
    }

    void biasMovesTheContextsNotTheTruth() {
        Study study;
        study.spec.bias = 0;
        const Replicate none = makeReplicate(*study.mixture, study.spec, SetKind::Biased, 0);
        study.spec.bias = 1;
        const Replicate all = makeReplicate(*study.mixture, study.spec, SetKind::Biased, 0);
        QVERIFY(none.truth.transition == all.truth.transition && none.windows != all.windows);
        const AlgorithmBank bank(study.mixture);
        const auto at = [&](double bias) {
            study.spec.bias = bias;
            const SetCurves curves = evaluate(bank, study.spec, SetKind::Biased, 8);
            return curves.klMatrix[curves.at(Algorithm::BiRet, 3)];
        };
        QVERIFY(at(0) < .01 && at(1) > .2);
    }

    void relabelledChainsOfTheMixtureKeepTheirEntropy() {
        Study study;
        const double before = entropyRate(makeReplicate(*study.mixture, study.spec, SetKind::Id, 3).truth);
        study.spec.permuteOnline = true;
        const Replicate after = makeReplicate(*study.mixture, study.spec, SetKind::Id, 3);
        QVERIFY(std::abs(entropyRate(after.truth) - before) < 1e-12);
        QVERIFY(after.truth.transition !=
                study.mixture->chain(static_cast<std::size_t>(after.chainNumber)).transition);
    }

    void whatCannotBeEvaluatedIsSaid() {
        Study study;
        study.spec.contextLength = {1, 500};
        QVERIFY(refusal([&] {
                    makeReplicate(*study.mixture, study.spec, SetKind::Id, 0);
                }).contains("500 tokens is longer than the sequence of 180"));
        Study crowded(64, 2, 60);  // 64 states cannot all come in the last 10 tokens
        crowded.spec.sequenceLength = 70;
        QVERIFY(refusal([&] {
                    makeReplicate(*crowded.mixture, crowded.spec, SetKind::Id, 0);
                }).contains("showed every state after token 60"));
        study.spec.contextLength = {1, 20};
        study.spec.generator.states = 4;
        QVERIFY(refusal([&] {
                    makeReplicate(*study.mixture, study.spec, SetKind::Id, 0);
                }).contains("as many states"));
    }
};

QTEST_APPLESS_MAIN(EvaluationTest)
#include "evaluation_test.moc"

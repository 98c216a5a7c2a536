// SPDX-License-Identifier: Apache-2.0
// The algorithms: identities of Bayes in the log domain, closed forms, and chains that forbid transitions.
#include <QtTest>
#include <cmath>

#include "model/algorithms/bank.hpp"
#include "model/algorithms/evaluation_set.hpp"

using namespace markov_mixtures;

namespace {

std::shared_ptr<const Mixture> mixtureOfSize(int states, std::int64_t chains) {
    MixtureSpec spec;
    spec.generator.states = states;
    spec.chains = chains;
    return std::make_shared<const Mixture>(makeMixture(spec));
}

std::vector<Token> someTokens(const Mixture& mixture, std::int64_t length, std::uint64_t seed = 5) {
    latent::learn::RandomStream random(seed, "tokens");
    return walkOf(mixture.chain(0), length, random);
}

std::vector<double> predictOne(const AlgorithmBank& bank, const Context& context) {
    std::vector<double> out(kAlgorithms * static_cast<std::size_t>(bank.states()));
    bank.predict({&context, 1}, out);
    return out;
}

std::span<const double> rowOf(const std::vector<double>& all, Algorithm a, int k) {
    return std::span(all).subspan(indexOf(a) * static_cast<std::size_t>(k), static_cast<std::size_t>(k));
}

double distance(std::span<const double> a, std::span<const double> b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

}  // namespace

class BankTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void posteriorsAreThoseOfTheDefinitionAtFullSize() {
        const auto mixture = mixtureOfSize(10, 2048);
        const AlgorithmBank bank(mixture);
        const std::vector<Token> tokens = someTokens(*mixture, 512);
        const Posterior posterior = bank.posterior({tokens});
        std::vector<long double> unigram(2048), bigram(2048);
        for (std::size_t m = 0; m < 2048; ++m) {
            const Chain chain = mixture->chain(m);
            unigram[m] = bigram[m] = std::log(static_cast<long double>(mixture->prior[m]));
            for (std::size_t t = 0; t < tokens.size(); ++t) {
                unigram[m] += std::log(static_cast<long double>(chain.stationary[tokens[t]]));
                bigram[m] += std::log(static_cast<long double>(t == 0 ? chain.stationary[tokens[0]]
                                                                      : chain.row(tokens[t - 1])[tokens[t]]));
            }
        }
        for (const auto& [log, weights, evidence] :
             {std::tuple{unigram, posterior.unigram, posterior.unigramEvidence},
              std::tuple{bigram, posterior.bigram, posterior.bigramEvidence}}) {
            const long double top = *std::max_element(log.begin(), log.end());
            QVERIFY(top < -700);  // where exp() of a double gives 0: only the log domain works
            long double sum = 0;
            for (const long double l : log) sum += std::exp(l - top);
            QVERIFY(std::abs(evidence - static_cast<double>(top + std::log(sum))) < 1e-9);
            for (std::size_t m = 0; m < 2048; ++m)
                QVERIFY(std::abs(weights[m] - static_cast<double>(std::exp(log[m] - top) / sum)) < 1e-11);
        }
    }

    void predictionsOneByOneMultiplyToTheEvidence() {
        const auto mixture = mixtureOfSize(5, 13);
        const AlgorithmBank bank(mixture, {.alpha = .7});
        const std::vector<Token> tokens = someTokens(*mixture, 60);
        double retrieval = 0, inference = -std::log(5);
        for (std::size_t m = 0; m < 13; ++m)
            retrieval += mixture->prior[m] * mixture->stationaryOf(m)[tokens[0]];
        retrieval = std::log(retrieval);
        for (std::size_t t = 1; t < tokens.size(); ++t) {
            const auto out = predictOne(bank, {std::span(tokens).first(t)});
            retrieval += std::log(rowOf(out, Algorithm::BiRet, 5)[tokens[t]]);
            inference += std::log(rowOf(out, Algorithm::BiInf, 5)[tokens[t]]);
        }
        QVERIFY(std::abs(bank.posterior({tokens}).bigramEvidence - retrieval) < 1e-10);
        QVERIFY(std::abs(ContextCounts(5, {tokens}).logEvidence(.7) - inference) < 1e-10);
    }

    void everyPredictionIsADistribution() {
        for (const std::int64_t chains : {1, 3, 64}) {
            const auto mixture = mixtureOfSize(7, chains);
            const AlgorithmBank bank(mixture);
            for (const std::int64_t length : {1, 2, 300}) {
                const std::vector<Token> tokens = someTokens(*mixture, length);
                const auto out = predictOne(bank, {tokens});
                for (std::size_t a = 0; a < kAlgorithms; ++a) {
                    double sum = 0;
                    for (const double p : std::span(out).subspan(a * 7, 7)) {
                        QVERIFY(p >= 0);
                        sum += p;
                    }
                    QVERIFY2(std::abs(sum - 1) < 1e-12, kAlgorithmNames[a]);
                }
            }
        }
    }

    void oneChainLeavesNothingToInfer() {
        const auto mixture = mixtureOfSize(4, 1);
        const AlgorithmBank bank(mixture);
        const std::vector<Token> tokens = someTokens(*mixture, 30);
        const auto out = predictOne(bank, {tokens});
        const Chain chain = mixture->chain(0);
        for (const Algorithm a :
             {Algorithm::BiRet, Algorithm::UniPostBiPred, Algorithm::BiMap, Algorithm::MeanMatrix})
            QVERIFY(distance(rowOf(out, a, 4), chain.row(tokens.back())) < 1e-15);
        for (const Algorithm a :
             {Algorithm::UniRet, Algorithm::BiPostUniPred, Algorithm::UniMap, Algorithm::MeanStationary})
            QVERIFY(distance(rowOf(out, a, 4), chain.stationary) < 1e-15);
    }

    void inferenceCountsTheContext() {
        const AlgorithmBank bank(mixtureOfSize(3, 4), {.alpha = 1, .order = 2});
        const std::vector<Token> tokens{0, 1, 0, 2, 0,
                                        1, 1, 0, 1};  // 1 is followed by 0, 1, 0; (0, 1) by 0, 1
        const auto out = predictOne(bank, {tokens});
        QVERIFY(distance(rowOf(out, Algorithm::BiInf, 3), std::vector<double>{3.0 / 6, 2.0 / 6, 1.0 / 6}) <
                1e-15);
        QVERIFY(distance(rowOf(out, Algorithm::Ngram, 3), std::vector<double>{2.0 / 5, 2.0 / 5, 1.0 / 5}) <
                1e-15);
        QVERIFY(distance(rowOf(out, Algorithm::UniInfCount, 3),
                         std::vector<double>{5.0 / 12, 5.0 / 12, 2.0 / 12}) < 1e-15);
        const ContextCounts counts(3, {tokens});
        QVERIFY(distance(rowOf(out, Algorithm::UniInf, 3), stationaryOf(3, counts.bigramMatrix(1))) < 1e-15);
        QVERIFY(distance(ngramPrediction(3, {tokens}, 1, 1), rowOf(out, Algorithm::BiInf, 3)) < 1e-15);
        QVERIFY(distance(ngramPrediction(3, {tokens}, 0, 1), rowOf(out, Algorithm::UniInfCount, 3)) < 1e-15);
        // Before anything is seen: uniform, also without smoothing.
        QCOMPARE(ngramPrediction(3, {std::span(tokens).first(1)}, 1, 0), std::vector<double>(3, 1.0 / 3));
    }

    void hierarchicalWeighsByEvidence() {
        const auto mixture = mixtureOfSize(5, 8);
        const std::vector<Token> known = someTokens(*mixture, 300);
        latent::learn::RandomStream random(1, "new");
        const std::vector<Token> fresh = walkOf(drawChain({.states = 5}, 42, "ood", 3), 300, random);
        const AlgorithmBank bank(mixture, {.inferencePrior = .1});
        const auto a = predictOne(bank, {known}), b = predictOne(bank, {fresh});
        QVERIFY(distance(rowOf(a, Algorithm::Hierarchical, 5), rowOf(a, Algorithm::BiRet, 5)) < 1e-6);
        QVERIFY(distance(rowOf(b, Algorithm::Hierarchical, 5), rowOf(b, Algorithm::BiInf, 5)) < 1e-6);
        // At one token both evidences are known: the weight of inference by hand.
        const std::vector<Token> one{2};
        const auto c = predictOne(bank, {one});
        double p = 0;
        for (std::size_t m = 0; m < 8; ++m) p += mixture->prior[m] * mixture->stationaryOf(m)[2];
        const double weight = .1 * .2 / (.1 * .2 + .9 * p);
        for (std::size_t i = 0; i < 5; ++i)
            QVERIFY(std::abs(rowOf(c, Algorithm::Hierarchical, 5)[i] -
                             ((1 - weight) * rowOf(c, Algorithm::BiRet, 5)[i] + weight * .2)) < 1e-14);
        for (const double prior : {0.0, 1.0}) {
            const auto d = predictOne(AlgorithmBank(mixture, {.inferencePrior = prior}), {fresh});
            QVERIFY(distance(rowOf(d, Algorithm::Hierarchical, 5),
                             rowOf(d, prior == 0 ? Algorithm::BiRet : Algorithm::BiInf, 5)) < 1e-15);
        }
    }

    void theLeakUsesTheTokenInFront() {
        const auto mixture = mixtureOfSize(6, 40);
        const AlgorithmBank proper(mixture), leak(mixture, {.firstToken = FirstToken::Leak});
        const std::vector<Token> tokens = someTokens(*mixture, 2);
        const Context behind{std::span(tokens).last(1), tokens[0]};
        const Posterior p = leak.posterior(behind);
        double evidence = 0;
        for (std::size_t m = 0; m < 40; ++m)
            evidence += mixture->prior[m] * mixture->chain(m).row(tokens[0])[tokens[1]];
        QVERIFY(std::abs(p.bigramEvidence - std::log(evidence)) < 1e-12);
        QVERIFY(std::abs(proper.posterior(behind).bigramEvidence - proper.posterior(behind).unigramEvidence) <
                1e-12);
        QVERIFY(leak.posterior({behind.tokens}).bigram ==
                proper.posterior({behind.tokens}).bigram);  // nothing known in front
    }

    void forbiddenTransitionsDecideAndNothingBreaks() {
        const Chain cycle = makeChain(3, {.5, .5, 0, 0, .5, .5, .5, 0, .5}),
                    back = makeChain(3, {.5, 0, .5, .5, .5, 0, 0, .5, .5});
        const AlgorithmBank bank(std::make_shared<const Mixture>(mixtureOf({cycle, back}, {1e-6, 1})));
        const std::vector<Token> forward{0, 0, 1, 1, 2, 2, 0};
        QCOMPARE(bank.posterior({forward}).bigram[0], 1.0);
        const std::vector<Token> neither{
            0, 1, 2, 1, 2};  // one step back: the cycle is contradicted once, `back` three times
        const Posterior posterior = bank.posterior({neither});
        QCOMPARE(posterior.bigram[0], 1.0);
        QVERIFY(std::isfinite(posterior.bigramEvidence));
        for (const double p : predictOne(bank, {neither})) QVERIFY(std::isfinite(p));
    }

    void badQuestionsAreRefused() {
        const AlgorithmBank bank(mixtureOfSize(3, 2));
        const std::vector<Token> tokens{0, 3};
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, predictOne(bank, {tokens}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, predictOne(bank, {{}}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, AlgorithmBank(mixtureOfSize(3, 2), {.alpha = -1}));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 AlgorithmBank(mixtureOfSize(3, 2), {.inferencePrior = 2}));
    }
};

QTEST_APPLESS_MAIN(BankTest)
#include "bank_test.moc"

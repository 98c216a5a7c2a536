// SPDX-License-Identifier: Apache-2.0
// Scores of heads on hand-made attention maps, and what is no map.
#include <QtTest>
#include <cmath>
#include <functional>

#include "model/training/attention.hpp"

using namespace markov_mixtures;

namespace {

const std::vector<Token> kTokens{0, 1, 0, 0, 2, 1};

std::vector<float> mapOf(const std::function<std::size_t(std::size_t)>& target) {
    std::vector<float> map(kTokens.size() * kTokens.size(), 0.0F);
    for (std::size_t t = 0; t < kTokens.size(); ++t) map[t * kTokens.size() + target(t)] = 1.0F;
    return map;
}

bool isNear(double a, double b) { return std::abs(a - b) < 1e-6; }

template <class Body>
QString refusal(Body body) {
    try {
        body();
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class AttentionTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aPreviousTokenHeadScoresOne() {
        const auto map = mapOf([](std::size_t t) { return t == 0 ? 0 : t - 1; });
        QVERIFY(isNear(previousTokenScore(map, kTokens), 1));
        QVERIFY(isNear(previousTokenScore(mapOf([](std::size_t t) { return t; }), kTokens), 0));
    }

    void anInductionHeadScoresOne() {
        // Where the state came before: t = 2, 3 and 5. What followed: position 1; 1 or 3; 2.
        const auto map = mapOf([](std::size_t t) {
            return t == 2   ? std::size_t{1}
                   : t == 3 ? std::size_t{3}
                   : t == 5 ? std::size_t{2}
                            : std::size_t{0};
        });
        QVERIFY(isNear(inductionScore(map, kTokens), 1));
        // The occurrence itself is not what followed it.
        QVERIFY(isNear(
            inductionScore(mapOf([](std::size_t t) { return t == 5 ? std::size_t{1} : std::size_t{0}; }),
                           kTokens),
            0));
    }

    void evenAttentionIsTheChance() {
        const auto even = evenAttention(kTokens.size());
        QVERIFY(isNear(previousTokenScore(even, kTokens), (1. / 2 + 1. / 3 + 1. / 4 + 1. / 5 + 1. / 6) / 5));
        QVERIFY(isNear(inductionScore(even, kTokens), (1. / 3 + 2. / 4 + 1. / 6) / 3));
    }

    void withoutRepetitionThereIsNoInduction() {
        const std::vector<Token> once{0, 1, 2};
        QVERIFY(std::isnan(inductionScore(evenAttention(3), once)));
    }

    void mapsThatLookAheadAreRefused() {
        auto map = evenAttention(kTokens.size());
        map[1 * kTokens.size() + 4] = .2F;
        QVERIFY(refusal([&] {
                    previousTokenScore(map, kTokens);
                }).contains("Position 1 of an attention map looks ahead to position 4"));
        QVERIFY(refusal([&] { inductionScore(map, kTokens); }).contains("looks ahead"));
        QVERIFY(refusal([&] { inductionScore(evenAttention(4), kTokens); }).contains("length × length"));
    }

    void headsOfAModelAreScoredApart() {
        namespace tf = latent::learn::transformer;
        const TransformerPredictor model(
            tf::initialise({.vocabulary = 3, .context = 6, .width = 16, .heads = 2, .layers = 2}, 1), 3,
            false);
        const HeadScores scores = headScores(model, {kTokens, {1, 1, 2, 1}});
        QCOMPARE(scores.previousToken.size(), std::size_t{4});
        // Fresh weights of standard deviation .02 attend almost evenly.
        for (const double s : scores.previousToken) QVERIFY(std::abs(s - scores.previousTokenChance) < .01);
        for (const double s : scores.induction) QVERIFY(std::abs(s - scores.inductionChance) < .01);
    }
};

QTEST_APPLESS_MAIN(AttentionTest)
#include "attention_test.moc"

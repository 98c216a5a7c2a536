// SPDX-License-Identifier: Apache-2.0
// One chain: its stationary distribution against power iteration, entropies, and what is refused.
#include <QtTest>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "model/chains/chain.hpp"
#include "model/chains/generators.hpp"

using namespace markov_mixtures;

namespace {

/// The sentence with which the matrix is refused; empty when it is taken.
QString refusal(int states, std::vector<double> transition) {
    try {
        makeChain(states, std::move(transition));
        return {};
    } catch (const std::invalid_argument& e) {
        return QString::fromUtf8(e.what());
    }
}

std::vector<double> powerIteration(const Chain& chain, int rounds) {
    const auto k = static_cast<std::size_t>(chain.states);
    std::vector<double> pi(k, 1.0 / static_cast<double>(k));
    for (int r = 0; r < rounds; ++r) {
        std::vector<double> next(k, 0.0);
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j < k; ++j) next[j] += pi[i] * chain.transition[i * k + j];
        pi = next;
    }
    return pi;
}

}  // namespace

class ChainTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void stationaryIsThatOfPowerIteration() {
        for (const int k : {2, 3, 10, 64}) {
            for (std::uint64_t n = 0; n < 5; ++n) {
                const Chain chain = drawChain({.states = k}, 3, "train", n);
                const std::vector<double> power = powerIteration(chain, 400);
                for (std::size_t i = 0; i < power.size(); ++i)
                    QVERIFY(std::abs(chain.stationary[i] - power[i]) < 1e-12);
            }
        }
        // A chain that mixes slowly, where the answer is known: π ∝ (q, p).
        const double p = 1e-6, q = 3e-6;
        const Chain slow = makeChain(2, {1 - p, p, q, 1 - q});
        QVERIFY(std::abs(slow.stationary[0] - .75) < 1e-9);
    }

    void entropiesAreThoseOfTheDefinition() {
        const Chain chain = makeChain(2, {.9, .1, .3, .7});
        const auto h = [](double p) { return -p * std::log(p) - (1 - p) * std::log(1 - p); };
        QVERIFY(std::abs(entropyRate(chain) - (.75 * h(.9) + .25 * h(.3))) < 1e-14);
        QVERIFY(std::abs(stationaryEntropy(chain) - h(.75)) < 1e-14);
        QCOMPARE(entropy(std::vector<double>{1, 0, 0}), 0.0);
    }

    void relabellingMovesRowsAndColumns() {
        const Chain chain = drawChain({.states = 3}, 1, "train", 0);
        const std::vector<std::uint32_t> name{2, 0, 1};
        const Chain other = relabelled(chain, name);
        QCOMPARE(other.transition[2 * 3 + 0], chain.transition[0 * 3 + 1]);
        QCOMPARE(other.stationary[0], chain.stationary[1]);
        QVERIFY(whyNotErgodic(3, other.transition).empty());
        QCOMPARE(entropyRate(other), entropyRate(chain));
    }

    void whatIsNoErgodicChainIsRefusedWithASentence() {
        QVERIFY(refusal(1, {1}).contains("at least 2 states"));
        QVERIFY(refusal(300, {}).contains("at most 255 states"));
        QVERIFY(refusal(2, {.5, .5, .5}).contains("4 entries, not 3"));
        QVERIFY(refusal(2, {.5, .5, .5, .6}).contains("Row 1 of the transition matrix does not sum to 1"));
        QVERIFY(refusal(2, {1.5, -.5, .5, .5}).contains("Row 0"));
        QVERIFY(refusal(2, {std::nan(""), 1, .5, .5}).contains("no probability"));
        QVERIFY(refusal(2, {1, 0, .5, .5}).contains("reducible: there is no way from state 0 to state 1"));
        QVERIFY(refusal(2, {.5, .5, 0, 1}).contains("reducible: there is no way from state 1 to state 0"));
        QVERIFY(refusal(2, {0, 1, 1, 0}).contains("multiples of 2"));
        QVERIFY(refusal(3, {0, 1, 0, 0, 0, 1, 1, 0, 0}).contains("multiples of 3"));
        // Cycles of 2 and 3 steps together have no period.
        QCOMPARE(refusal(3, {0, 1, 0, .5, 0, .5, 1, 0, 0}), QString());
    }
};

QTEST_APPLESS_MAIN(ChainTest)
#include "chain_test.moc"

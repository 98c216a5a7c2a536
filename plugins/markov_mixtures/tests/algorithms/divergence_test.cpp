// SPDX-License-Identifier: Apache-2.0
// The two divergences: identities, directions, and the closed-form redundancy of add-one estimation.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "model/algorithms/counts.hpp"
#include "model/algorithms/divergence.hpp"
#include "model/algorithms/evaluation_set.hpp"
#include "model/chains/dirichlet.hpp"

using namespace markov_mixtures;

namespace {

/// Beta-binomial probability of c successes in n trials with parameters a, b.
double betaBinomial(int c, int n, double a, double b) {
    const auto logBeta = [](double x, double y) {
        return std::lgamma(x) + std::lgamma(y) - std::lgamma(x + y);
    };
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(c + 1.0) - std::lgamma(n - c + 1.0) +
                    logBeta(c + a, n - c + b) - logBeta(a, b));
}

/// E KL(true‖add-one) after n observations of a Dirichlet(1) row of k entries, in nats.
double redundancy(int k, int n) {
    double harmonic = 0, sum = 0;
    for (int i = 1; i <= k; ++i) harmonic += 1.0 / i;
    for (int c = 0; c <= n; ++c)
        sum += betaBinomial(c, n, 1, k - 1) * (c + 1.0) / (n + k) * (std::log(n + k) - std::log(c + 1.0));
    return k * sum - (harmonic - 1);
}

}  // namespace

class DivergenceTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void addOneHasTheRedundancyOfTheClosedForm() {
        QVERIFY(std::abs(redundancy(10, 10) - .1985) < 5e-5);
        latent::learn::RandomStream random(3, "redundancy");
        const std::vector<double> ones(10, 1.0);
        double sum = 0, square = 0;
        const int draws = 20000;
        for (int d = 0; d < draws; ++d) {
            const std::vector<double> row = dirichlet(random, ones);
            const Chain coin{10, {}, row};
            std::vector<Token> tokens;
            for (int t = 0; t < 10; ++t) tokens.push_back(walkOf(coin, 1, random)[0]);
            const double kl = klPosition(row, ContextCounts(10, {tokens}).unigramRow(1));
            sum += kl, square += kl * kl;
        }
        const double mean = sum / draws, sem = std::sqrt((square / draws - mean * mean) / draws);
        QVERIFY2(std::abs(mean - redundancy(10, 10)) < 4 * sem, qPrintable(QString::number(mean)));
        QVERIFY(sem < .001);
    }

    void bothAreZeroForTheTruthAndPositiveElsewhere() {
        for (const int k : {2, 10, 64}) {
            const Chain a = drawChain({.states = k}, 1, "train", 0),
                        b = drawChain({.states = k}, 1, "train", 1);
            QVERIFY(std::abs(klMatrix(k, a.transition, a.transition)) < 2e-7 * k);
            QVERIFY(klMatrix(k, a.transition, b.transition) > .01);
            QCOMPARE(klPosition(a.row(0), a.row(0)), 0.0);
            QVERIFY(klPosition(a.row(0), b.row(0)) > 0);
        }
    }

    void matrixIsTheDefinitionWithTheWeightsOfItsSecondArgument() {
        const Chain p = makeChain(2, {.5, .5, .2, .8}),
                    q = makeChain(2, {.9, .1, .3, .7});  // π of q: (.75, .25)
        const auto kl = [](double a, double b) {
            return a * std::log(a / b) + (1 - a) * std::log((1 - a) / (1 - b));
        };
        QVERIFY(std::abs(klMatrix(2, p.transition, q.transition) - (.75 * kl(.5, .9) + .25 * kl(.2, .3))) <
                1e-6);
        const double reverse = klMatrix(2, q.transition, p.transition);  // π of p: (2/7, 5/7)
        QVERIFY(std::abs(reverse - (2.0 / 7 * kl(.9, .5) + 5.0 / 7 * kl(.3, .2))) < 1e-6);
    }

    void zerosAreNoTrouble() {
        const Chain cycle = makeChain(3, {0, 1, 0, 0, 0, 1, .5, 0, .5});
        const Chain full = drawChain({.states = 3}, 1, "train", 0);
        QVERIFY(klMatrix(3, full.transition, cycle.transition) > 1 &&
                std::isfinite(klMatrix(3, full.transition, cycle.transition)));
        QVERIFY(std::isfinite(klMatrix(3, cycle.transition, full.transition)));
        QCOMPARE(klPosition(std::vector<double>{1, 0}, std::vector<double>{0, 1}), std::log(1e8));
    }

    void wrongSizesAreRefused() {
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 klMatrix(2, std::vector<double>(4), std::vector<double>(9)));
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument,
                                 klPosition(std::vector<double>(2), std::vector<double>(3)));
    }
};

QTEST_APPLESS_MAIN(DivergenceTest)
#include "divergence_test.moc"

// SPDX-License-Identifier: Apache-2.0
// Generators, priors and mixtures: moments known in closed form, structure, nesting, refusals.
#include <QtTest>
#include <cmath>
#include <set>
#include <stdexcept>

#include "model/chains/dirichlet.hpp"
#include "model/chains/mixture.hpp"

using namespace markov_mixtures;

namespace {

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

class GeneratorsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void gammaHasItsMoments() {
        for (const double shape : {.3, 1.0, 2.5, 40.0}) {
            latent::learn::RandomStream random(9, "gamma");
            const int n = 60000;
            double sum = 0, square = 0;
            for (int i = 0; i < n; ++i) {
                const double x = std::exp(logGamma(random, shape));
                sum += x, square += x * x;
            }
            const double mean = sum / n, variance = square / n - mean * mean;
            QVERIFY(std::abs(mean - shape) < 5 * std::sqrt(shape / n));
            QVERIFY(std::abs(variance / shape - 1) < 5 * std::sqrt((2 + 6 / shape) / n));
        }
    }

    void dirichletRowsHaveTheEntropyOfTheClosedForm() {
        // E H(Dirichlet(1) row) = H_k − 1, H_k the harmonic number: 1.92897 at 10 states, .83333 at 3.
        for (const int k : {3, 5, 10}) {
            double harmonic = 0;
            for (int i = 1; i <= k; ++i) harmonic += 1.0 / i;
            double sum = 0, square = 0;
            const int rows = 400;
            for (int n = 0; n < rows; ++n) {
                const double h =
                    entropy(drawChain({.states = k}, 42, "train", static_cast<std::uint64_t>(n)).row(0));
                sum += h, square += h * h;
            }
            const double mean = sum / rows, sem = std::sqrt((square / rows - mean * mean) / rows);
            QVERIFY(std::abs(mean - (harmonic - 1)) < 4 * sem);
        }
    }

    void entropyRateIsThatOfTheReference() {
        double rate = 0,
               unigram = 0;  // papers/markov_mixtures 2.5: 1.927 (sd .050 over chains) and 2.257 nats
        for (std::uint64_t n = 0; n < 300; ++n) {
            const Chain chain = drawChain({.states = 10}, 7, "train", n);
            rate += entropyRate(chain) / 300, unigram += stationaryEntropy(chain) / 300;
        }
        QVERIFY(std::abs(rate - 1.927) < 5 * .050 / std::sqrt(300));
        QVERIFY(std::abs(unigram - 2.257) < .01);
    }

    void eachGeneratorHasItsStructure() {
        const Chain sparse =
            drawChain({.kind = Generator::Sparse, .states = 10, .density = .3}, 1, "train", 0);
        for (int i = 0; i < 10; ++i) {
            int positive = 0;
            for (const double p : sparse.row(i)) positive += p > 0;
            QCOMPARE(positive, 3);
        }
        const Chain doubly = drawChain({.kind = Generator::DoublyStochastic, .states = 10}, 1, "train", 0);
        for (const double p : doubly.stationary) QVERIFY(std::abs(p - .1) < 1e-11);

        double inside = 0;  // expected mass in the block of a row: 5·5 / (5·5 + 5·1)
        for (std::uint64_t n = 0; n < 200; ++n) {
            const Chain block = drawChain({.kind = Generator::BlockDirichlet, .states = 10}, 1, "train", n);
            for (std::size_t j = 0; j < 5; ++j) inside += block.transition[j] / 200;
        }
        QVERIFY(std::abs(inside - 25.0 / 30) < .03);

        const auto spread = [](double beta) {
            const GeneratorSpec spec{.kind = Generator::DirichletFromBase, .states = 6, .beta = beta};
            const Chain a = drawChain(spec, 1, "train", 0), b = drawChain(spec, 1, "train", 1);
            double distance = 0;
            for (std::size_t i = 0; i < 36; ++i) distance += std::abs(a.transition[i] - b.transition[i]);
            return distance;
        };
        QVERIFY(spread(1e5) < .2 && spread(1) > 2);
        const Chain tiny = drawChain({.states = 5, .concentration = .05}, 1, "train", 0);
        QVERIFY(whyNotErgodic(5, tiny.transition).empty());
    }

    void mixturesAreNestedAndStreamsDiffer() {
        MixtureSpec spec;
        spec.generator.states = 4, spec.chains = 8;
        const Mixture small = makeMixture(spec);
        spec.chains = 16;
        const Mixture large = makeMixture(spec);
        QVERIFY(std::equal(small.transition.begin(), small.transition.end(), large.transition.begin()));
        QVERIFY(small.chain(3).transition == drawChain(spec.generator, spec.seed, "train", 3).transition);
        QVERIFY(drawChain(spec.generator, spec.seed, "ood", 3).transition != small.chain(3).transition);
        spec.seed = 43;
        QVERIFY(makeMixture(spec).chain(3).transition != large.chain(3).transition);
    }

    void priorsAndTheirDiversity() {
        const auto uniform = makePrior({.kind = PriorKind::Uniform}, 64, 1);
        QVERIFY(std::abs(effectiveDiversity(uniform) - 64) < 1e-10);
        const auto zipf = makePrior({.kind = PriorKind::Zipf, .exponent = 1}, 3, 1);
        QVERIFY(std::abs(zipf[0] - 6.0 / 11) < 1e-14 && std::abs(zipf[2] - 2.0 / 11) < 1e-14);
        const auto drawn = makePrior({}, 4096, 42);
        QVERIFY(std::abs(*std::max_element(drawn.begin(), drawn.end()) * 4096 - 2) < .1);
        // E of N·U/ΣU: entropy of the normalised uniform: ln N − E[2U ln 2U] = ln N − (ln 2 − 1/2).
        QVERIFY(std::abs(effectiveDiversity(drawn) / 4096 - std::exp(.5) / 2) < .02);
    }

    void impossibleSpecsAreRefused() {
        QVERIFY(refusal([] {
                    drawChain({.states = 1}, 0, "train", 0);
                }).contains("at least 2 states; 'states' is 1"));
        QVERIFY(refusal([] {
                    drawChain({.states = 4, .concentration = 0}, 0, "train", 0);
                }).contains("'concentration'"));
        QVERIFY(refusal([] {
                    drawChain({.kind = Generator::Sparse, .states = 2, .density = .5}, 0, "train", 0);
                }).contains("Raise 'density'"));
        QVERIFY(refusal([] {
                    drawChain({.kind = Generator::Sparse, .states = 4, .density = 2}, 0, "train", 0);
                }).contains("'density'"));
        MixtureSpec huge;
        huge.generator.states = 64, huge.chains = 1'000'000;
        const QString sentence = refusal([&] { makeMixture(huge); });
        QVERIFY2(sentence.contains("need 133.2 GB of memory") && sentence.contains("lower 'chains'"),
                 qPrintable(sentence));
        QVERIFY(refusal([] { makePrior({}, 0, 1); }).contains("at least 1 chain"));
        QVERIFY(refusal([] { mixtureOf({makeChain(2, {.5, .5, .5, .5})}, {0}); }).contains("above 0"));
    }
};

QTEST_APPLESS_MAIN(GeneratorsTest)
#include "generators_test.moc"

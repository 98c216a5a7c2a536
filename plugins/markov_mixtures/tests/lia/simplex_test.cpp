// SPDX-License-Identifier: Apache-2.0
// Least squares on the simplex: planted weights, the boundary against a brute search, collinear columns.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "model/chains/dirichlet.hpp"
#include "model/lia/simplex.hpp"

using namespace markov_mixtures;
using latent::learn::RandomStream;

namespace {

struct Problem {
    std::vector<double> columns, targets;  // [rows, 4]; [rows]
    SimplexFit fit{4};

    Problem(const std::vector<double>& weights, double noise, std::uint64_t seed, int rows = 300) {
        RandomStream random(seed, "problem");
        for (int r = 0; r < rows; ++r) {
            double y = noise * random.normal();
            for (std::size_t c = 0; c < 4; ++c) {
                columns.push_back(random.uniform());
                y += weights[c] * columns.back();
            }
            targets.push_back(y);
        }
        fit.add(columns, targets);
    }
};

}  // namespace

class SimplexTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void plantedWeightsAreRecovered() {
        for (const std::vector<double>& w : {std::vector<double>{.1, .2, .3, .4},
                                             {0, 0, 1, 0},
                                             {.5, 0, .5, 0},
                                             {.25, .25, .25, .25},
                                             {.999, .001, 0, 0}}) {
            const SimplexSolution s = Problem(w, 0, 1).fit.solve();
            for (std::size_t c = 0; c < 4; ++c) QVERIFY(std::abs(s.weights[c] - w[c]) < 1e-9);
            QVERIFY(s.rmse < 1e-7);
            QVERIFY(s.condition > 1 && s.condition < 3);
        }
    }

    void theBoundaryIsTheTrueMinimum() {
        // Targets that no weights on the simplex meet: nothing on a fine grid, and no small step, is better.
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            RandomStream random(seed, "outside");
            std::vector<double> w(4);
            for (double& x : w) x = 2 * random.normal();
            const SimplexFit fit = Problem(w, .2, seed, 40).fit;
            const SimplexSolution s = fit.solve();
            double sum = 0;
            for (const double x : s.weights) {
                QVERIFY(x >= 0);
                sum += x;
            }
            QVERIFY(std::abs(sum - 1) < 1e-14);
            QVERIFY(std::abs(fit.rmseOf(s.weights) - s.rmse) < 1e-12);
            const std::vector<double> ones(4, 1.0);
            for (int trial = 0; trial < 500; ++trial) {
                std::vector<double> other = dirichlet(random, ones);
                const double step = trial % 2 ? 1 : 1e-3;
                for (std::size_t c = 0; c < 4; ++c) other[c] = (1 - step) * s.weights[c] + step * other[c];
                QVERIFY(fit.rmseOf(other) >= s.rmse - 1e-12);
            }
        }
    }

    void residualsAreThoseOfTheNoise() {
        const SimplexSolution s = Problem({.1, .2, .3, .4}, .01, 3, 5000).fit.solve();
        QVERIFY(std::abs(s.rmse - .01) < .0005);
        for (std::size_t c = 0; c < 4; ++c)
            QVERIFY(std::abs(s.weights[c] - .1 * (static_cast<double>(c) + 1)) < .005);
    }

    void nearlyEqualColumnsAreSeenInTheCondition() {
        RandomStream random(5, "collinear");
        for (const double apart : {1e-2, 1e-4, 0.0}) {
            SimplexFit fit(4);
            for (int r = 0; r < 400; ++r) {
                const double a = random.uniform(), b = random.uniform(), c = random.uniform();
                const std::vector<double> row{a, b, a + apart * random.normal(), c};
                fit.add(row, .3 * row[0] + .3 * row[2] + .4 * b);
            }
            const SimplexSolution s = fit.solve();
            QVERIFY(std::abs(s.weights[0] + s.weights[2] - .6) < 1e-5);
            QVERIFY(std::abs(s.weights[1] - .4) < 1e-5);
            QVERIFY(s.condition > .1 / (apart + 1e-9));
            QVERIFY(std::abs(std::abs(s.weakest[0]) - std::sqrt(.5)) < 1e-2 &&
                    std::abs(s.weakest[0] + s.weakest[2]) < 1e-3);
            if (apart == 0) QVERIFY(std::isinf(s.condition));
            if (apart == 1e-2) QVERIFY(std::abs(s.weights[0] - .3) < 1e-6);
        }
    }

    void theSameSumsGiveTheSameBits() {
        const Problem a({.1, .2, .3, .4}, .1, 8), b({.1, .2, .3, .4}, .1, 8);
        QVERIFY(a.fit.solve().weights == b.fit.solve().weights);
    }

    void nothingToFitIsRefused() {
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, SimplexFit(4).solve());
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, SimplexFit(11));
        SimplexFit fit(4);
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, fit.add(std::vector<double>(3), .5));
    }
};

QTEST_APPLESS_MAIN(SimplexTest)
#include "simplex_test.moc"

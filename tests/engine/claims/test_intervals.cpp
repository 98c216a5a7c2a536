// SPDX-License-Identifier: Apache-2.0
// The intervals against SciPy 1.17, their duality with the p-values, and their coverage by simulation.
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "engine/claims/bounds.hpp"
#include "engine/claims/examples.hpp"

using namespace latent::engine::claims;
using claims_test::draws;
using claims_test::Noise;
using latent::Interval;
using latent::Sample;

namespace {

constexpr double kTail = 0.025;

void near(double actual, double expected, double tolerance = 1e-9) {
    QVERIFY2(std::abs(actual - expected) <= tolerance * std::max(1.0, std::abs(expected)),
             qPrintable(QString("%1 is not %2").arg(actual, 0, 'g', 17).arg(expected, 0, 'g', 17)));
}

Sample valuesOf(std::vector<double> values) {
    latent::ControlEvidence evidence;
    return evidence.values(std::move(values)).sample();
}

/// How often the 95 % interval of `trials` simulated samples holds the truth.
template <class MakeBounds>
double coverage(int trials, double truth, MakeBounds make) {
    int inside = 0;
    for (int i = 0; i < trials; ++i) {
        const auto bounds = make(i);
        inside += bounds->lower(kTail) <= truth && truth <= bounds->upper(kTail);
    }
    return static_cast<double>(inside) / trials;
}

}  // namespace

class TestIntervals : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void symmetricMeanIsStudents() {
        // stats.t.interval(.95 and .99, 4, np.mean(y), stats.sem(y)); stats.ttest_1samp(y, -2,
        // alternative='greater')
        const auto bounds = meanBounds({-3, -1, 0, 1, 3});
        near(bounds->estimate(), 0, 1e-15);
        near(bounds->lower(0.025), -2.7764451051977934);
        near(bounds->upper(0.025), 2.7764451051977934);
        near(bounds->upper(0.005), 4.604094871349992);
        near(bounds->pAbove(-2), 0.05805826175840778);
        near(bounds->pBelow(2), 0.05805826175840778);
    }

    void skewedMeanIsTheOuterOfStudentsAndHalls() {
        // x = [2.1,1.9,2.4,2.0,2.2,2.8,1.7]; g = stats.skew(x, bias=False) = 0.81825526; e = stats.sem(x);
        // h = lambda t: t + g*t*t/(3*7**.5) + g*g*t**3/(27*7) + g/(6*7**.5); c = stats.t.ppf(.975, 6)
        // upper: mean - brentq(lambda t: h(t) + c, -50, 50)*e; lower: mean - c*e (Hall's 1.889 lies further
        // in)
        const auto bounds = meanBounds({2.1, 1.9, 2.4, 2.0, 2.2, 2.8, 1.7});
        near(bounds->lower(kTail), 1.8242962694113307);
        near(bounds->upper(kTail), 2.6713700465100882);
        near(bounds->pAbove(1.8), 0.01964716970293419);  // stats.ttest_1samp(x, 1.8, alternative='greater')
        near(bounds->pBelow(2.6), 0.03346371524606876);  // stats.t.cdf(h((mean - 2.6)/e), 6)
    }

    void offsetAndScaleCostNoDigits() {
        const auto plain = meanBounds({2.1, 1.9, 2.4, 2.0, 2.2, 2.8, 1.7});
        std::vector<double> tiny{2.1, 1.9, 2.4, 2.0, 2.2, 2.8, 1.7};
        for (double& x : tiny) x *= 1e-200;
        near(meanBounds(tiny)->upper(kTail) * 1e200, plain->upper(kTail));
        near(meanBounds({1e8 + 2, 1e8 + 1, 1e8 + 4, 1e8})->upper(kTail) - 1e8,
             meanBounds({2, 1, 4, 0})->upper(kTail), 1e-6);
    }

    void proportionIsClopperPearson() {
        // stats.binomtest(k, n).proportion_ci(.95, 'exact'); stats.binomtest(k, n, .5, alternative=…).pvalue
        struct Row {
            std::size_t k, n;
            double lo, hi, above, below;
        };
        for (const Row& row :
             {Row{0, 5, 0.0, 0.5218237501049814, 1.0, 0.03125},
              Row{3, 10, 0.06673951117773447, 0.652452850060008, 0.9453125, 0.171875},
              Row{10, 10, 0.6915028921812371, 1.0, 0.0009765625, 1.0},
              Row{17, 20, 0.6210731734547044, 0.9679290628144552, 0.0012884140014648438, 0.9997987747192383},
              Row{1, 50, 0.0005062279831152354, 0.10646954571150097, 0.9999999999999991,
                  4.529709940470639e-14}}) {
            const auto bounds = proportionBounds(row.k, row.n);
            near(bounds->lower(kTail), row.lo, 1e-10);
            near(bounds->upper(kTail), row.hi, 1e-10);
            near(bounds->pAbove(0.5), row.above);
            near(bounds->pBelow(0.5), row.below);
        }
    }

    void medianIsOrderStatistics() {
        // max(k for k in range(1, n + 1) if stats.binom.cdf(k - 1, n, .5) <= .025): 0, 1, 1, 2, 6, 18
        const std::vector<std::pair<int, int>> rows{{5, 0}, {6, 1}, {8, 1}, {10, 2}, {20, 6}, {50, 18}};
        for (const auto& [n, k] : rows) {
            std::vector<double> units;
            for (int i = n; i >= 1; --i) units.push_back(i);
            const auto bounds = medianBounds(units);
            near(bounds->estimate(), 0.5 * (n + 1));
            if (k == 0) {
                QVERIFY(std::isinf(bounds->lower(kTail)) && std::isinf(bounds->upper(kTail)));
            } else {
                near(bounds->lower(kTail), k);
                near(bounds->upper(kTail), n + 1 - k);
            }
        }
        near(medianBounds({1, 2, 3, 4, 5})->pAbove(0), std::pow(2, -5));
        near(medianBounds({1, 1, 1, 0, 0})->pAbove(0), 0.5);  // ties count for neither side
    }

    void bootstrapIsBcaWidenedToStudents() {
        const std::vector<double> q{.3,  1.2, .1, 2.5, .7,  .05, 4.1, .9,  .4,  1.6, .2,  3.3, .6,
                                    .15, 1.1, .8, .35, 2.0, .5,  1.4, .25, .95, 5.2, .45, .65};
        // stats.bootstrap((q,), np.mean, method='BCa', n_resamples=200000, random_state=1): [0.792, 1.854]
        // stats.t.interval(.95, 24, np.mean(q), stats.sem(q)): [0.6482184375608904, 1.731781562439109]
        const auto bounds = bootstrapBounds(q, "claim");
        near(bounds->lower(kTail), 0.6482184375608904);
        QVERIFY(bounds->upper(kTail) >= 1.82);
        QCOMPARE(bootstrapBounds(q, "claim")->upper(0.001),
                 bounds->upper(0.001));  // the same everywhere, always
        QVERIFY(bounds->upper(0.001) > bounds->upper(kTail));
    }

    void ratioIsTheGeometricMean() {
        // l = np.log(a/b); np.exp(l.mean()), np.exp(stats.t.interval(.95, 5, l.mean(), stats.sem(l))[0]);
        // upper by Hall
        latent::ControlEvidence pairs;
        pairs.paired({2, 4, 8, 3, 5, 7}, {1, 2.5, 3, 2, 2, 5});
        const auto bounds = makeBounds(Interval::PairedRatio, pairs.sample(), "");
        near(bounds->estimate(), 1.884573163071788);
        near(bounds->lower(kTail), 1.41593685, 1e-8);
        near(bounds->upper(kTail), 2.621698309077794, 1e-8);
        near(bounds->pAbove(1.41593685), kTail, 1e-6);
        QCOMPARE(bounds->pAbove(-1), 0.0);
    }

    void pairsAndNullsAreTakenPerUnit() {
        latent::ControlEvidence pairs;
        pairs.paired({2, 3, 5, 9, 4, 8}, {1, 1, 1, 2, 2, 3});
        near(makeBounds(Interval::PairedMean, pairs.sample(), "")->estimate(), 21.0 / 6);
        near(makeBounds(Interval::PairedMedian, pairs.sample(), "")->estimate(), 3);
        latent::ControlEvidence chosen;
        chosen.values({5, 6, 7, 8, 9}).nulls({{1, 3}, {2, 2}, {3, 1}, {2}, {2, 2, 2}});
        near(makeBounds(Interval::Mean, chosen.sample(), "")->estimate(), 5);
    }

    void unitsWithoutSpreadAreJudgedBySigns() {
        // A mean of identical units has no scale: 2^-n, not certainty.
        const auto five = makeBounds(Interval::Mean, valuesOf({0.3, 0.3, 0.3, 0.3, 0.3}), "");
        near(five->pAbove(0), 1.0 / 32);
        QVERIFY(std::isinf(five->lower(kTail)));
        const auto six = makeBounds(Interval::MeanBootstrap, valuesOf(std::vector<double>(6, 0.3)), "");
        near(six->lower(kTail), 0.3);
        QCOMPARE(six->pAbove(0.3), 1.0);
        QVERIFY(allTheSame({0.1 + 0.2, 0.3, 0.3}));  // up to rounding
        QVERIFY(!allTheSame({0.3, 0.3000001, 0.3}));
    }

    /// p <= tail exactly when the limit lies beyond x: else the verdict and the printed interval could
    /// disagree.
    void pValuesAndLimitsAgree() {
        std::mt19937_64 random(11);
        for (int trial = 0; trial < 400; ++trial) {
            const auto noise = static_cast<Noise>(trial % claims_test::kNoises);
            const std::size_t n = 5 + random() % 40;
            const auto units = draws(noise, true, n, random);
            if (allTheSame(units)) continue;
            std::vector<std::unique_ptr<Bounds>> all;
            all.push_back(meanBounds(units));
            all.push_back(medianBounds(units));
            all.push_back(bootstrapBounds(units, std::to_string(trial)));
            all.push_back(proportionBounds(random() % (n + 1), n));
            for (const auto& bounds : all) {
                for (const double tail : {0.025, 0.0125, 0.005, 0.003}) {
                    const double x = bounds->estimate() + std::normal_distribution<>(0, 0.5)(random);
                    const double lo = bounds->lower(tail), hi = bounds->upper(tail);
                    QVERIFY(lo <= bounds->estimate() && bounds->estimate() <= hi);
                    const auto where =
                        QString("interval %1, noise %2, n %3, tail %4, x %5 in [%6, %7], p %8 %9")
                            .arg(&bounds - all.data())
                            .arg(trial % claims_test::kNoises)
                            .arg(n)
                            .arg(tail)
                            .arg(x, 0, 'g', 12)
                            .arg(lo, 0, 'g', 12)
                            .arg(hi, 0, 'g', 12)
                            .arg(bounds->pAbove(x))
                            .arg(bounds->pBelow(x));
                    if (std::abs(x - lo) > 1e-9)
                        QVERIFY2((bounds->pAbove(x) <= tail) == (lo > x), qPrintable(where));
                    if (std::abs(x - hi) > 1e-9)
                        QVERIFY2((bounds->pBelow(x) <= tail) == (hi < x), qPrintable(where));
                }
            }
        }
    }

    void coverageIsKept() {
        std::mt19937_64 random(5);
        // Four standard errors of a coverage of 0.95 over 2,500 trials: 0.0174.
        const double least = 0.95 - 0.0174;
        for (const std::size_t n : {5u, 8u, 20u, 50u}) {
            for (const Noise noise : {Noise::Normal, Noise::StudentT3, Noise::Cauchy, Noise::Rounded}) {
                const auto sample = [&](int) {
                    return makeBounds(Interval::Mean, valuesOf(draws(noise, false, n, random)), "");
                };
                const double c = coverage(2500, 0, sample);
                QVERIFY2(c >= least,
                         qPrintable(QString("mean, noise %1, n %2: %3").arg(int(noise)).arg(n).arg(c)));
                // No wider than it must be: normal units are covered by 95 % plus what Hall's correction
                // costs few units.
                if (noise == Noise::Normal)
                    QVERIFY2(c <= (n < 20 ? 0.98 : 0.97), qPrintable(QString::number(c)));
            }
            for (int noise = 0; noise < claims_test::kNoises; ++noise) {
                const auto sample = [&](int) { return medianBounds(draws(Noise(noise), true, n, random)); };
                QVERIFY(coverage(2500, 0, sample) >= least);
            }
            for (const double p : {0.02, 0.3, 0.5, 0.9}) {
                const auto sample = [&](int) {
                    return proportionBounds(std::binomial_distribution<std::size_t>(n, p)(random), n);
                };
                QVERIFY(coverage(2500, p, sample) >= least);
            }
            const auto boot = [&](int i) {
                return bootstrapBounds(draws(Noise::Normal, false, n, random), std::to_string(i));
            };
            QVERIFY(coverage(400, 0, boot) >= 0.95 - 0.044);
            const auto ratio = [&](int) {
                latent::ControlEvidence pairs;
                std::vector<double> a(n), b(n);
                std::lognormal_distribution<> positive(0, 0.7);
                for (double& x : a) x = positive(random);
                for (double& x : b) x = positive(random);
                return makeBounds(Interval::PairedRatio, pairs.paired(a, b).sample(), "");
            };
            QVERIFY(coverage(2500, 1, ratio) >= least);
        }
    }

    /// The limit that no interval for a mean escapes, stated in bounds.hpp: here is how large it is.
    void skewnessIsCorrectedAsFarAsPromised() {
        std::mt19937_64 random(6);
        for (const std::size_t n : {5u, 10u, 20u, 50u}) {
            int mean = 0, median = 0;
            const int trials = 6000;
            for (int i = 0; i < trials; ++i) {
                mean += meanBounds(draws(Noise::Exponential, false, n, random))->upper(kTail) < 0;
                median += medianBounds(draws(Noise::Exponential, true, n, random))->upper(kTail) < 0;
            }
            QVERIFY2(mean <= 0.068 * trials,
                     qPrintable(QString("n %1: %2").arg(n).arg(mean)));  // plain t: 0.114 at n = 5
            QVERIFY(median <= 0.025 * trials + 4 * std::sqrt(0.025 * 0.975 * trials));
        }
    }
};

QTEST_APPLESS_MAIN(TestIntervals)
#include "test_intervals.moc"

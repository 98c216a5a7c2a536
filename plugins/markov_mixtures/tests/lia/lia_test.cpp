// SPDX-License-Identifier: Apache-2.0
// LIA on planted models: weights, forecasts on new chains, and controls that must do worse.
#include <QtTest>
#include <cmath>

#include "model/algorithms/bank.hpp"
#include "model/algorithms/divergence.hpp"
#include "model/algorithms/evaluation_set.hpp"
#include "model/lia/forecast.hpp"

using namespace markov_mixtures;

namespace {

/// A bank, and what its algorithms say on known and new chains.
struct Study {
    std::shared_ptr<const Mixture> mixture;
    std::unique_ptr<AlgorithmBank> bank;
    EvaluationSpec spec;

    explicit Study(std::vector<int> lengths) {
        MixtureSpec m;
        m.generator.states = 4, m.chains = 12;
        mixture = std::make_shared<const Mixture>(makeMixture(m));
        bank = std::make_unique<AlgorithmBank>(mixture);
        spec.generator = m.generator;
        spec.contextLength = std::move(lengths);
        spec.sequenceLength = 3 * spec.contextLength.back();
        spec.seed = 2;
    }

    /// Rows of all algorithms [kAlgorithms, k] after every window of known chains.
    std::vector<std::vector<double>> knownRows(int replicates) const {
        std::vector<std::vector<double>> all;
        for (int r = 0; r < replicates; ++r) {
            const Replicate replicate = makeReplicate(*mixture, spec, SetKind::Id, r);
            for (std::size_t m = 0; m < spec.contextLength.size(); ++m)
                for (int j = 0; j < 4; ++j) {
                    const Context window{replicate.window(m, j)};
                    std::vector<double> rows(kAlgorithms * 4);
                    bank->predict({&window, 1}, rows);
                    all.push_back(rows);
                }
        }
        return all;
    }

    /// New chains, where a model has the weights `w`.
    Condition condition(const std::array<double, 4>& w, int chains) const {
        Condition c;
        LiaFit fit(4);
        for (const auto& rows : knownRows(6)) fit.add(interpolate(w, rows), rows);
        c.fit = fit.solve();
        for (std::size_t a = 0; a < 4; ++a) c.klToModel[a] = 1 - w[a];
        for (int r = 0; r < chains; ++r) {
            const Replicate replicate = makeReplicate(*mixture, spec, SetKind::Ood, r);
            std::vector<Context> windows;
            for (int j = 0; j < 4; ++j)
                windows.push_back({replicate.window(spec.contextLength.size() - 1, j)});
            c.algorithms.push_back(bank->inferredMatrices(windows));
            c.truth.push_back(replicate.truth.transition);
            c.measured += klMatrix(4, interpolate(w, c.algorithms.back()), c.truth.back()) / chains;
        }
        return c;
    }
};

}  // namespace

class LiaTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void plantedWeightsOfRealAlgorithmsAreRecovered() {
        const Study study({1, 5, 20, 60});
        for (const std::array<double, 4>& w :
             {std::array<double, 4>{.4, .3, .1, .2}, {0, 1, 0, 0}, {0, .5, 0, .5}}) {
            LiaFit fit(4);
            for (const auto& rows : study.knownRows(8)) fit.add(interpolate(w, rows), rows);
            const Lia lia = fit.solve();
            for (std::size_t a = 0; a < 4; ++a) QVERIFY(std::abs(lia.weights[a] - w[a]) < 1e-8);
            QVERIFY(lia.rmse < 1e-7 && std::abs(lia.klModelLia) < 1e-12);
            QVERIFY(std::abs(lia.unigram() - w[0] - w[2]) < 1e-8 &&
                    std::abs(lia.retrieval() - w[0] - w[1]) < 1e-8);
        }
    }

    void aModelOffTheSimplexHasAResidual() {
        const Study study({20, 60});
        LiaFit fit(4);
        for (const auto& rows : study.knownRows(8)) fit.add(std::vector<double>{.7, .1, .1, .1}, rows);
        const Lia lia = fit.solve();
        QVERIFY(lia.rmse > .1 && lia.klModelLia > .05);
    }

    void longContextsAloneHideTheSplitOfUnigrams() {
        const auto condition = [](std::vector<int> lengths) {
            const Study study(std::move(lengths));
            LiaFit fit(4);
            for (const auto& rows : study.knownRows(8))
                fit.add(interpolate(std::array<double, 4>{.25, .25, .25, .25}, rows), rows);
            return fit.solve();
        };
        const Lia longOnly = condition({600}), withShort = condition({1, 5, 20, 600});
        QVERIFY(longOnly.condition > 2 * withShort.condition);
        QVERIFY(std::abs(longOnly.weakest[0] + longOnly.weakest[2]) < .3 &&
                std::abs(longOnly.weakest[0] - longOnly.weakest[2]) > .9);
        QVERIFY(std::abs(longOnly.unigram() - .5) < 1e-6);
        QVERIFY(!withShort.illConditioned());
        QVERIFY(longOnly.illConditioned(withShort.condition));
    }

    void largestNamesTheAlgorithm() {
        Lia lia;
        lia.weights = {.1, .2, .3, .4};
        QCOMPARE(lia.largest(), Algorithm::BiInf);
        lia.weights = {.1, .6, .1, .2};
        QCOMPARE(lia.largest(), Algorithm::BiRet);
    }

    void forecastsOfPlantedModelsAreExactAndControlsAreNot() {
        const Study study({1, 5, 20, 60});
        std::vector<Condition> conditions;
        for (const double t : {0.0, .2, .4, .6, .8, 1.0})  // a model that goes from inference to retrieval
            conditions.push_back(study.condition({.1 * (1 - t), .1 + .8 * t, .1 * t, .8 * (1 - t)}, 5));
        const ForecastReport report = forecast(4, conditions, {.randomDraws = 20, .seed = 1});
        QVERIFY(report.lia.meanAbsoluteError < 1e-6);
        QVERIFY(std::abs(report.lia.rankCorrelation - 1) < 1e-12);
        for (const double error :
             {report.singleBest.meanAbsoluteError, report.staticWeights.meanAbsoluteError,
              report.contextFree.meanAbsoluteError, report.randomMeanError})
            QVERIFY(error > .01);
        QVERIFY(report.randomBestError <= report.randomMeanError);
        QVERIFY(std::isnan(forecast(4, {conditions[0]}, {.randomDraws = 1, .seed = 1}).lia.rankCorrelation));
    }

    void everyAccountIsItsDefinition() {
        const Study study({1, 5, 20, 60});
        const std::vector<Condition> conditions{study.condition({.1, .1, .1, .7}, 2),
                                                study.condition({0, .8, .1, .1}, 2),
                                                study.condition({.6, 0, .4, 0}, 2)};
        const ForecastReport report = forecast(4, conditions, {.randomDraws = 1, .seed = 1});
        const std::array<double, 4> mean{.7 / 3, .3, .2, .8 / 3},
            best[3]{{0, 0, 0, 1}, {0, 1, 0, 0}, {1, 0, 0, 0}};
        for (std::size_t c = 0; c < 3; ++c) {
            double fixed = 0, single = 0, free = 0;
            for (std::size_t r = 0; r < 2; ++r) {
                const auto& a = conditions[c].algorithms[r];
                fixed += klMatrix(4, interpolate(mean, a), conditions[c].truth[r]) / 2;
                single += klMatrix(4, interpolate(best[c], a), conditions[c].truth[r]) / 2;
                free += klMatrix(4, std::span(a).subspan(indexOf(Algorithm::MeanMatrix) * 16, 16),
                                 conditions[c].truth[r]) /
                        2;
            }
            QVERIFY(std::abs(report.staticWeights.predicted[c] - fixed) < 1e-6);
            QVERIFY(std::abs(report.singleBest.predicted[c] - single) < 1e-12);
            QVERIFY(std::abs(report.contextFree.predicted[c] - free) < 1e-12);
        }
    }

    void ranksAreSpearmans() {
        QVERIFY(std::abs(rankCorrelation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 4, 9, 16}) -
                         1) < 1e-15);
        QVERIFY(std::abs(rankCorrelation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1}) +
                         1) < 1e-15);
        QVERIFY(std::abs(rankCorrelation(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 3, 2, 4}) -
                         .948683298) < 1e-8);
        QVERIFY(std::isnan(rankCorrelation(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
    }
};

QTEST_APPLESS_MAIN(LiaTest)
#include "lia_test.moc"

// SPDX-License-Identifier: Apache-2.0
// Checkpoints of models that are known: an algorithm in the place of the model is found again, whatever the number of threads.
#include <QtTest>
#include <cmath>

#include "model/training/snapshot.hpp"

using namespace markov_mixtures;

namespace {

constexpr int kStates = 3;

/// Predicts as one algorithm, or as a mixture of two.
class Planted final : public Predictor {
  public:
    Planted(const AlgorithmBank& bank, Algorithm a, Algorithm b, double share)
        : m_bank(bank), m_a(a), m_b(b), m_share(share) {}
    int states() const override { return m_bank.states(); }
    void predict(std::span<const Token> tokens, int batch, Positions where,
                 std::span<double> out) const override {
        const std::size_t length = tokens.size() / static_cast<std::size_t>(batch),
                          k = static_cast<std::size_t>(states());
        std::vector<Context> contexts;
        for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b)
            for (std::size_t n = where == Positions::Last ? length : 1; n <= length; ++n)
                contexts.push_back({tokens.subspan(b * length, n)});
        std::vector<double> rows(contexts.size() * kAlgorithms * k);
        m_bank.predict(contexts, rows);
        for (std::size_t c = 0; c < contexts.size(); ++c)
            for (std::size_t i = 0; i < k; ++i)
                out[c * k + i] = (1 - m_share) * rows[(c * kAlgorithms + indexOf(m_a)) * k + i] +
                                 m_share * rows[(c * kAlgorithms + indexOf(m_b)) * k + i];
    }

  private:
    const AlgorithmBank& m_bank;
    Algorithm m_a, m_b;
    double m_share;
};

class SnapshotTest : public QObject {
    Q_OBJECT
    std::unique_ptr<AlgorithmBank> m_bank;
    std::optional<Reference> m_reference;

    Snapshot planted(Algorithm a, Algorithm b, double share, int threads = 1) {
        return explain(Planted(*m_bank, a, b, share), *m_reference, {.threads = threads}).value();
    }
    std::size_t at(std::size_t set, std::size_t four, std::size_t m) const {
        return (set * 4 + four) * m_reference->lengths() + m;
    }

  private Q_SLOTS:
    void initTestCase() {
        MixtureSpec mixture;
        mixture.chains = 6;
        mixture.seed = 3;
        mixture.generator.states = kStates;
        m_bank = std::make_unique<AlgorithmBank>(std::make_shared<const Mixture>(makeMixture(mixture)));
        EvaluationSpec spec{.generator = mixture.generator,
                            .contextLength = contextLengths(24, 64, kStates, LengthSpacing::Logarithmic),
                            .sequenceLength = 64,
                            .sequences = 2,
                            .seed = 3};
        m_reference = Reference::make(*m_bank, spec, {.replicates = 12, .proximityChains = 40, .redraws = 5},
                                      {.threads = 2});
        QVERIFY(m_reference.has_value());
    }

    void aModelThatIsAnAlgorithmIsFoundAgain() {
        for (const std::size_t four :
             {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {  // Uni-Inf is no function of one context
            const Snapshot s = planted(kFour[four], kFour[four], 0);
            QVERIFY2(s.joint.weights[four] > 1 - 1e-6, nameOf(kFour[four]));
            QVERIFY(s.joint.rmse < 1e-9 && std::abs(s.joint.klModelLia) < 1e-9);
            for (std::size_t set = 0; set < kModelSets.size(); ++set)
                for (std::size_t m = 0; m < m_reference->lengths(); ++m) {
                    QVERIFY(std::abs(s.klToAlgorithm[at(set, four, m)]) < 1e-6);
                    // The model's curves are then the algorithm's.
                    QVERIFY(std::abs(s.klMatrix[set * m_reference->lengths() + m] -
                                     m_reference->set(set).klMatrix[four * m_reference->lengths() + m]) <
                            1e-9);
                    QVERIFY(std::abs(s.klPosition[set * m_reference->lengths() + m] -
                                     m_reference->set(set).klPosition[four * m_reference->lengths() + m]) <
                            1e-9);
                }
        }
    }

    void plantedWeightsAreRecoveredAndForecast() {
        const Snapshot s = planted(Algorithm::BiRet, Algorithm::BiInf, .3);
        const std::size_t last = m_reference->lengths() - 1;
        for (const Lia* fit : {&s.joint, &s.half[0], &s.half[1], static_cast<const Lia*>(&s.lia[last])}) {
            QVERIFY(std::abs(fit->weights[1] - .7) < 1e-6);
            QVERIFY(std::abs(fit->weights[3] - .3) < 1e-6);
        }
        for (std::size_t m = 2; m <= last; ++m)
            QVERIFY(std::abs(s.forecast[m] - s.klMatrix[kOod * m_reference->lengths() + m]) < 1e-6);
        const ForecastReport report = forecastOver(
            *m_reference,
            {{s.lia[last].weights, {1, 0, 1, 1}, s.klMatrix[kOod * m_reference->lengths() + last]}});
        QVERIFY(report.lia.meanAbsoluteError < 1e-6);
        // Without random weights LIA's own forecast is the same.
        QCOMPARE(
            forecastOver(
                *m_reference,
                {{s.lia[last].weights, {1, 0, 1, 1}, s.klMatrix[kOod * m_reference->lengths() + last]}}, 0)
                .lia.meanAbsoluteError,
            report.lia.meanAbsoluteError);
        QVERIFY(report.contextFree.meanAbsoluteError > .01);
    }

    void scoresSeparateTheAlgorithms() {
        const std::size_t last = m_reference->lengths() - 1;
        QVERIFY(std::abs(planted(Algorithm::UniRet, Algorithm::UniRet, 0).utilisation[last].raw) < 1e-9);
        QVERIFY(planted(Algorithm::BiInf, Algorithm::BiInf, 0).utilisation[last].raw > .5);
        QVERIFY(planted(Algorithm::BiRet, Algorithm::BiRet, 0).proximity.back().fraction > .95);
    }

    void threadsDoNotChangeTheNumbers() {
        const Snapshot one = planted(Algorithm::BiRet, Algorithm::BiInf, .5, 1),
                       two = planted(Algorithm::BiRet, Algorithm::BiInf, .5, 2);
        QCOMPARE(one.klMatrix, two.klMatrix);
        QCOMPARE(one.klPosition, two.klPosition);
        QCOMPARE(one.klToAlgorithmHalf, two.klToAlgorithmHalf);
        QCOMPARE(one.joint.weights, two.joint.weights);
        QCOMPARE(one.klPositionHalf, two.klPositionHalf);
        QCOMPARE(one.proximity.size(), std::size_t{3});
        for (std::size_t m = 0; m < 3; ++m)
            QCOMPARE(one.proximity[m].trainShare, two.proximity[m].trainShare);
    }

    void halvesShareNoKnownChainAndAverageToTheWhole() {
        const Snapshot s = planted(Algorithm::BiInf, Algorithm::BiInf, 0);
        std::array<std::size_t, 2> count{};
        for (std::size_t r = 0; r < m_reference->count(); ++r) {
            const ReferenceReplicate& replicate = m_reference->set(kId).replicates[r];
            QCOMPARE(replicate.half(r), static_cast<std::size_t>(replicate.contexts.chainNumber % 2));
            ++count[replicate.half(r)];
        }
        const std::size_t last = m_reference->lengths() - 1,
                          half = kModelSets.size() * m_reference->lengths();
        const double whole = (static_cast<double>(count[0]) * s.klMatrixHalf[last] +
                              static_cast<double>(count[1]) * s.klMatrixHalf[half + last]) /
                             12;
        QVERIFY(std::abs(whole - s.klMatrix[last]) < 1e-12);
        const double position = (static_cast<double>(count[0]) * s.klPositionHalf[last] +
                                 static_cast<double>(count[1]) * s.klPositionHalf[half + last]) /
                                12;
        QVERIFY(std::abs(position - s.klPosition[last]) < 1e-12);
    }

    void proximityIsMeasuredAtThreeLengths() {
        QCOMPARE(proximityPlaces(std::vector{1, 2, 3, 4, 6, 8, 11, 16, 24}),
                 (std::vector<std::size_t>{4, 6, 8}));
        QCOMPARE(proximityPlaces(std::vector{1, 2}), (std::vector<std::size_t>{0, 1}));
        QCOMPARE(proximityPlaces(std::vector{5}), std::vector<std::size_t>{0});
        // At the longest length it is what it is when nothing shorter is looked at.
        const Planted model(*m_bank, Algorithm::BiRet, Algorithm::BiInf, .5);
        EvaluationSpec spec = m_reference->spec();
        spec.contextLength = {spec.contextLength.back()};
        const auto alone =
            Reference::make(*m_bank, spec, {.replicates = 1, .proximityChains = 40, .redraws = 5});
        QCOMPARE(explain(model, *alone)->proximity.back().trainShare,
                 explain(model, *m_reference)->proximity.back().trainShare);
    }

    void trueUnigramsAreTheFloorOfWhatIgnoresOrder() {
        for (std::size_t set : {kId, kOod}) {
            const ReferenceSet& of = m_reference->set(set);
            QVERIFY(of.unigramMatrix > 0 && of.unigramPosition > 0);
            const std::size_t last = m_reference->lengths() - 1;
            for (const std::size_t unigram :
                 {std::size_t{0}, std::size_t{2}})  // no unigram algorithm is better
                QVERIFY(of.klMatrix[unigram * m_reference->lengths() + last] > .9 * of.unigramMatrix);
        }
    }

    void aWishToStopIsHeard() {
        int asked = 0;
        QVERIFY(!explain(Planted(*m_bank, Algorithm::BiInf, Algorithm::BiInf, 0), *m_reference,
                         {.keepGoing = [&] { return ++asked < 3; }}));
        QCOMPARE(asked, 3);
    }
};

}  // namespace

QTEST_APPLESS_MAIN(SnapshotTest)
#include "snapshot_test.moc"

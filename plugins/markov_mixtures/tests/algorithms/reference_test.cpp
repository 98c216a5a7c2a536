// SPDX-License-Identifier: Apache-2.0
// The numbers that an independent implementation found for 10 states (papers/markov_mixtures 2.5), within 5 % and the sampling
// error of both.
#include <QtTest>
#include <cmath>

#include "model/algorithms/evaluate.hpp"

using namespace markov_mixtures;

namespace {

SetCurves curvesOf(std::int64_t chains, SetKind kind, std::int64_t replicates, std::vector<int> lengths) {
    MixtureSpec m;
    m.chains = chains;
    const auto mixture = std::make_shared<const Mixture>(makeMixture(m));
    EvaluationSpec spec;
    spec.generator = m.generator;
    spec.contextLength = std::move(lengths);
    spec.sequences = 1;
    spec.seed = 1;
    return evaluate(AlgorithmBank(mixture), spec, kind, replicates);
}

/// Within 5 % of the range [low, high], and two of our standard errors.
bool near(const SetCurves& c, Algorithm a, std::size_t m, double low, double high) {
    const double value = c.klMatrix[c.at(a, m)], slack = 2 * c.klMatrixSem[c.at(a, m)];
    const bool is = value > .95 * low - slack && value < 1.05 * high + slack;
    if (!is)
        qWarning("%s at length %zu: %g ± %g, expected %g … %g", nameOf(a), m, value, slack / 2, low, high);
    return is;
}

}  // namespace

class ReferenceTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void newChains() {
        const SetCurves c = curvesOf(4, SetKind::Ood, 60, {10, 100, 400});
        QVERIFY(near(c, Algorithm::BiInf, 2, .093, .099));
        QVERIFY(near(c, Algorithm::BiInf, 1, .26, .26));
        QVERIFY(near(c, Algorithm::BiInf, 0, .50, .50));
        for (const Algorithm a : {Algorithm::UniInf, Algorithm::UniInfCount})
            QVERIFY(near(c, a, 2, .45, .51));
        QVERIFY(near(c, Algorithm::BiRet, 2, .83, .83));
        QVERIFY(std::abs(c.klMatrix[c.at(Algorithm::UniInf, 0)] -
                         c.klMatrix[c.at(Algorithm::UniInfCount, 0)]) < .09);
        QVERIFY(std::abs(c.klMatrix[c.at(Algorithm::UniInf, 2)] -
                         c.klMatrix[c.at(Algorithm::UniInfCount, 2)]) < .002);
    }

    void knownChains() {
        const SetCurves few = curvesOf(4, SetKind::Id, 60, {10, 100, 400}),
                        many = curvesOf(1024, SetKind::Id, 60, {10, 100, 400});
        QVERIFY(near(few, Algorithm::BiRet, 0, .058, .058));
        QVERIFY(near(many, Algorithm::BiRet, 0, .42, .42));
        for (const SetCurves* c : {&few, &many}) QVERIFY(near(*c, Algorithm::BiInf, 2, .093, .099));
        QVERIFY(near(many, Algorithm::UniRet, 2, .49, .51));  // with 4 chains it is the mean of four numbers
        QVERIFY(few.klMatrix[few.at(Algorithm::BiRet, 1)] < 5e-4);
        QVERIFY(many.klMatrix[many.at(Algorithm::BiRet, 2)] < 5e-4);
    }

    void moreChainsCoverNewOnesBetter() {
        double before = INFINITY;
        for (const std::int64_t chains : {4, 32, 256}) {
            const SetCurves c = curvesOf(chains, SetKind::Ood, 30, {400});
            QVERIFY(c.klMatrix[c.at(Algorithm::BiRet, 0)] < before);
            before = c.klMatrix[c.at(Algorithm::BiRet, 0)];
        }
    }
};

QTEST_APPLESS_MAIN(ReferenceTest)
#include "reference_test.moc"

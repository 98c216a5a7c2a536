// SPDX-License-Identifier: Apache-2.0
// Where trajectories start: the generators against published vectors, the draws' shapes and distributions,
// factors.
#include <Eigen/LU>
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "theory_oracle.hpp"

using namespace theory_test;

class TestTheoryInitialWeights : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void philoxGivesThePublishedVectors() {  // Random123, kat_vectors, philox4x32 10
        using latent::learn::philox4x32;
        using Words = latent::learn::PhiloxCounter;
        QVERIFY(philox4x32({0, 0, 0, 0}, {0, 0}) == (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
        QVERIFY(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
                (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
        QVERIFY(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
                (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    }

    void drawsAreReproducibleAndDistinct() {
        const auto draw = [](std::uint64_t seed, std::uint64_t substream) {
            return InitialWeights::draw("uniform:0.2", 3, seed, substream).weights();
        };
        QCOMPARE(draw(1, 0), draw(1, 0));
        QVERIFY(distance(draw(1, 0), draw(2, 0)) > 1e-4);
        QVERIFY(distance(draw(1, 0), draw(1, 1)) > 1e-4);
    }

    void drawsHaveTheirMoments() {
        // E w_ii = width std^2 and E w_ij = 0 for normal factors; E w_ij = d scale^2 / 4 for uniform ones.
        double normalDiagonal = 0, normalMinor = 0, uniformMinor = 0;
        const int n = 4000;
        for (std::uint64_t i = 0; i < n; ++i) {
            const Eigen::MatrixXd w = InitialWeights::draw("normal:0.1:8", 3, 4, i).weights();
            normalDiagonal += w(0, 0) / n;
            normalMinor += w(0, 1) / n;
            uniformMinor += InitialWeights::draw("uniform:0.2", 3, 4, i).weights()(0, 2) / n;
        }
        QVERIFY(std::abs(normalDiagonal - .08) < 5 * .1 * .1 * std::sqrt(16.0 / n));
        QVERIFY(std::abs(normalMinor) < 5 * .1 * .1 * std::sqrt(8.0 / n));
        QVERIFY(std::abs(uniformMinor - .03) < 1e-3);
    }

    void torchDrawIsTorchs() {  // torch.manual_seed(2333); torch.rand(3, 3)
        const Eigen::MatrixXd u = InitialWeights::draw("torch_uniform:1:2333", 3, 99).factor();
        QCOMPARE(u(0, 0), 0.6230716705322266);
        QCOMPARE(u(0, 1), 0.6318433284759521);
        QCOMPARE(u(2, 2), 0.11636006832122803);
    }

    void factorsReproduceTheirWeights() {
        for (const char* spec : {"uniform:0.2", "normal:0.1:2", "normal:0.1:4", "normal:0.1:9", "zero"}) {
            const InitialWeights w = InitialWeights::draw(spec, 4, 6);
            const Eigen::MatrixXd u = w.factor();
            QCOMPARE(u.cols(), 4);
            QVERIFY(distance(u * u.transpose(), w.weights()) < 1e-16);
            const Eigen::MatrixXd again = InitialWeights::matrix(w.weights()).factor();
            QVERIFY(distance(again * again.transpose(), w.weights()) < 1e-15);
        }
    }

    void narrowFactorsStayRankDeficient() {
        const Eigen::MatrixXd u = InitialWeights::draw("normal:0.1:2", 4, 6).factor();
        QVERIFY(u.rightCols(2).isZero(0));
        const Eigen::MatrixXd w = InitialWeights::draw("normal:0.1:2", 4, 6).weights();
        Eigen::FullPivLU<Eigen::MatrixXd> decomposition(InitialWeights::matrix(w).factor());
        decomposition.setThreshold(1e-10);
        QCOMPARE(decomposition.rank(), 2);
    }

    void refusalsNameTheText_data() {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("words");
        QTest::newRow("unknown") << "gauss:1"
                                 << "it must be a matrix, or one of zero, uniform:scale";
        QTest::newRow("no scale") << "uniform"
                                  << "write it as uniform:scale";
        QTest::newRow("not a number") << "uniform:abc"
                                      << "the scale 'abc' is not a number";
        QTest::newRow("trailing") << "uniform:0.2x"
                                  << "the scale '0.2x' is not a number";
        QTest::newRow("nan") << "uniform:nan"
                             << "the scale must lie between";
        QTest::newRow("negative") << "normal:-1"
                                  << "the standard deviation must lie between";
        QTest::newRow("width") << "normal:1:0"
                               << "the width must lie between 1 and 65536";
        QTest::newRow("too many") << "zero:1"
                                  << "write it as zero";
        QTest::newRow("seed") << "torch_uniform:1:-3"
                              << "the seed '-3' is not a number";
        QTest::newRow("empty") << ""
                               << "w0 is ''";
    }
    void refusalsNameTheText() {
        QFETCH(QString, spec);
        QFETCH(QString, words);
        try {
            InitialWeights::draw(spec.toStdString(), 3, 0);
            QFAIL("accepted");
        } catch (const std::invalid_argument& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(words), error.what());
        }
    }

    void matricesThatAreNoSquareOfAFactorAreRefused() {
        Eigen::MatrixXd skewed(2, 2);
        skewed << 1, .5, .4, 1;
        Eigen::MatrixXd indefinite(2, 2);
        indefinite << .1, .5, .5, .1;
        QVERIFY_EXCEPTION_THROWN(InitialWeights::matrix(skewed).factor(), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(InitialWeights::matrix(indefinite).factor(), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(InitialWeights::matrix(Eigen::MatrixXd::Zero(2, 3)), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(InitialWeights::matrix(Eigen::MatrixXd::Constant(2, 2, std::nan(""))),
                                 std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(TestTheoryInitialWeights)
#include "test_theory_initial_weights.moc"

// SPDX-License-Identifier: Apache-2.0
// Iterative logistic regression against scikit-learn, its own gradient, and what must not change it.
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

#include "data/cube.hpp"
#include "data/mapped_file.hpp"
#include "data/raw_cube.hpp"
#include "model/ilr/ilr.hpp"

using namespace hyperspectral_shadows;

namespace {

std::vector<float> array(const char* name) {
    const auto cube =
        openCube(std::string(LATENT_SOURCE_DIR) + "/plugins/hyperspectral_shadows/tests/model/" + name);
    std::vector<float> all(cube->header().pixels() * static_cast<std::size_t>(cube->header().bands));
    cube->read(0, cube->header().lines, all.data());
    return all;
}

/// Doubles of a .npy file, which a cube would round.
std::vector<double> doubles(const char* name) {
    const MappedFile file(std::string(LATENT_SOURCE_DIR) + "/plugins/hyperspectral_shadows/tests/model/" +
                          name);
    const NumpyHeader header = parseNumpy({reinterpret_cast<const char*>(file.data()), file.size()}, name);
    std::vector<double> values((file.size() - header.offset) / sizeof(double));
    std::memcpy(values.data(), file.data() + header.offset, values.size() * sizeof(double));
    return values;
}

struct Data {
    std::vector<float> z;
    std::vector<std::uint8_t> shadow;
    std::size_t channels;
    Labelled labelled() const { return {z.data(), shadow.size(), channels, shadow.data(), nullptr}; }
};

Data fixture() {
    Data d{array("ilr_x.npy"), {}, 24};
    for (const float v : array("ilr_y.npy")) d.shadow.push_back(static_cast<std::uint8_t>(v));
    return d;
}

IlrResult iterated(const Data& d, int rounds, LogisticOptions logistic = {.tolerance = 1e-9}) {
    return iterate(d.labelled(), d.labelled(),
                   {.rounds = rounds, .logistic = logistic, .chance = 0, .patience = 0});
}

double furthest(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

}  // namespace

class IlrTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyRoundIsThatOfScikitLearn() {
        const Data d = fixture();
        const std::vector<double> expected = doubles("ilr_expected.npy");
        LogisticSolver solver(d.labelled(), {.tolerance = 1e-9});
        Eigen::MatrixXd basis(24, 0);
        for (int round = 0; round < 3; ++round) {
            const double* row = expected.data() + round * 26;
            const Eigen::VectorXd w = Eigen::Map<const Eigen::VectorXd>(row, 24);
            const LogisticFit fit =
                solver.fit(basis);  // on the matrix that scikit-learn's own rounds deflated
            QVERIFY(fit.w.dot(w) / (fit.w.norm() * w.norm()) > 1 - 1e-6);
            QVERIFY2(std::abs(fit.objective / row[25] - 1) < 1e-8,
                     qPrintable(QString::number(fit.objective / row[25] - 1)));
            QVERIFY(std::abs(fit.intercept - row[24]) < 1e-3);
            basis.conservativeResize(Eigen::NoChange, round + 1);
            Eigen::VectorXd u = w;
            for (int twice = 0; twice < 2; ++twice)
                u -= basis.leftCols(round) * (basis.leftCols(round).transpose() * u).eval();
            basis.col(round) = u.normalized();
        }
    }

    void theGradientIsThatOfTheObjective() {
        const Data d = fixture();
        LogisticSolver solver(d.labelled(), {});
        Eigen::VectorXd at = Eigen::VectorXd::Constant(25, .1), gradient, unused;
        solver.evaluate(at, gradient);
        for (const Eigen::Index i : {Eigen::Index{0}, Eigen::Index{11}, Eigen::Index{24}}) {
            Eigen::VectorXd up = at, down = at;
            up(i) += .01, down(i) -= .01;
            const double slope = (solver.evaluate(up, unused) - solver.evaluate(down, unused)) / .02;
            QVERIFY(std::abs(slope - gradient(i)) < 1e-3 * std::max(1.0, std::abs(slope)));
        }
    }

    void directionsAreOrthonormalAndPointToShadow() {
        const Data d = fixture();
        const IlrResult r = iterated(d, 6);
        QCOMPARE(r.basis.cols(), Eigen::Index{6});
        QVERIFY(furthest(r.basis.transpose() * r.basis, Eigen::MatrixXd::Identity(6, 6)) < 1e-10);
        double lit = 0, shadow = 0, n[2] = {0, 0};
        for (std::size_t i = 0; i < d.shadow.size(); ++i) {
            const double p =
                Eigen::Map<const Eigen::VectorXf>(d.z.data() + i * 24, 24).cast<double>().dot(r.basis.col(0));
            (d.shadow[i] ? shadow : lit) += p, n[d.shadow[i]] += 1;
        }
        QVERIFY(shadow / n[1] > lit / n[0]);
        for (std::size_t k = 1; k < r.rounds.size(); ++k)
            QVERIFY(r.rounds[k].accuracy <= r.rounds[0].accuracy);
    }

    void whatMustNotMatterDoesNot() {
        const Data d = fixture();
        const IlrResult plain = iterated(d, 3);
        Data shifted = d;  // the intercept is free
        for (std::size_t i = 0; i < shifted.z.size(); ++i) shifted.z[i] += 2.0F;
        QVERIFY(furthest(iterated(shifted, 3).basis, plain.basis) < 2e-3);
        Data turned = d;
        const auto order =
            latent::learn::RandomStream(3, "order").permutation(static_cast<std::uint32_t>(d.shadow.size()));
        for (std::size_t i = 0; i < order.size(); ++i) {
            turned.shadow[i] = d.shadow[order[i]];
            std::copy_n(d.z.begin() + static_cast<std::ptrdiff_t>(order[i] * 24), 24,
                        turned.z.begin() + static_cast<std::ptrdiff_t>(i * 24));
        }
        QVERIFY(furthest(iterated(turned, 3).basis, plain.basis) < 1e-4);
        Data swapped = d;
        for (auto& s : swapped.shadow) s = static_cast<std::uint8_t>(1 - s);
        QVERIFY(furthest(iterated(swapped, 3).basis, -plain.basis) < 1e-4);
        // Scaling the spectra by s and C by 1/s² is the same problem.
        Data scaled = d;
        for (float& v : scaled.z) v *= 4;
        QVERIFY(furthest(iterated(scaled, 3, {.inverseRegularisation = 1.0 / 16, .tolerance = 1e-9}).basis,
                         plain.basis) < 1e-4);
        // A rotation of the channels rotates the basis.
        Eigen::MatrixXd reflection = Eigen::MatrixXd::Identity(24, 24);
        const Eigen::VectorXd v = Eigen::VectorXd::LinSpaced(24, -1, 2).normalized();
        reflection -= 2 * v * v.transpose();
        Data rotated = d;
        for (std::size_t i = 0; i < d.shadow.size(); ++i) {
            const Eigen::VectorXf z =
                (reflection * Eigen::Map<const Eigen::VectorXf>(d.z.data() + i * 24, 24).cast<double>())
                    .cast<float>();
            std::copy_n(z.data(), 24, rotated.z.begin() + static_cast<std::ptrdiff_t>(i * 24));
        }
        QVERIFY(furthest(iterated(rotated, 3).basis, reflection * plain.basis) < 1e-4);
    }

    void threadsDoNotMatterToTheBit() {
        const Data d = fixture();
        const IlrResult one = iterated(d, 3), three = iterated(d, 3, {.tolerance = 1e-9, .threads = 3});
        QCOMPARE(one.basis, three.basis);
    }

    void weightsActAsCopies() {
        Data d = fixture();
        std::vector<float> weight(d.shadow.size(), 1.0F);
        weight[0] = weight[5] = 3;
        Data copied = d;
        for (const std::size_t i : {0U, 0U, 5U, 5U}) {
            copied.z.insert(copied.z.end(), d.z.begin() + static_cast<std::ptrdiff_t>(i * 24),
                            d.z.begin() + static_cast<std::ptrdiff_t>((i + 1) * 24));
            copied.shadow.push_back(d.shadow[i]);
        }
        Labelled weighted = d.labelled();
        weighted.weight = weight.data();
        const LogisticOptions options{.tolerance = 1e-9};
        const LogisticFit a = LogisticSolver(weighted, options).fit(Eigen::MatrixXd(24, 0)),
                          b = LogisticSolver(copied.labelled(), options).fit(Eigen::MatrixXd(24, 0));
        QVERIFY((a.w - b.w).norm() < 1e-4 * b.w.norm());
        const std::vector<float> balanced = balancedWeights({0, 0, 0, 1});
        QCOMPARE(balanced, (std::vector<float>{4.0F / 6, 4.0F / 6, 4.0F / 6, 2.0F}));
    }

    void separableDataStaysFinite() {
        Data d{{}, {}, 3};
        for (int i = 0; i < 200; ++i) {
            const float side = i % 2 ? 10.0F : -10.0F;
            for (const float v : {side, .01F * static_cast<float>(i % 7), side * .5F}) d.z.push_back(v);
            d.shadow.push_back(static_cast<std::uint8_t>(i % 2));
        }
        const IlrResult r = iterated(d, 3, {});
        QVERIFY(r.basis.allFinite() && r.rounds[0].accuracy == 1 && r.rounds[0].converged);
    }

    void oneClassIsSaid() {
        Data d = fixture();
        std::fill(d.shadow.begin(), d.shadow.end(), std::uint8_t{0});
        try {
            iterated(d, 2);
            QFAIL("One class was accepted.");
        } catch (const latent::RunError& error) {
            QVERIFY(QString(error.what()).contains("All labelled pixels are lit"));
        }
    }

    void chanceEndsTheBasis() {
        // Only one direction holds anything; the rest is noise that held-out pixels do not share.
        Data train{{}, {}, 12}, held{{}, {}, 12};
        for (Data* part : {&train, &held}) {
            latent::learn::RandomStream random(part == &train ? 1 : 2, "noise");
            for (int i = 0; i < 400; ++i) {
                part->shadow.push_back(static_cast<std::uint8_t>(i % 2));
                for (int c = 0; c < 12; ++c)
                    part->z.push_back(static_cast<float>(random.normal() + (c == 0 && i % 2 ? 3 : 0)));
            }
        }
        const IlrResult r =
            iterate(train.labelled(), held.labelled(), {.rounds = 8, .logistic = {}, .chance = .55});
        QVERIFY(r.basis.cols() < 4);
        QVERIFY(r.rounds[0].balancedAccuracy > .9 && std::abs(r.basis(0, 0)) > .9);
    }
};

QTEST_APPLESS_MAIN(IlrTest)
#include "ilr_test.moc"

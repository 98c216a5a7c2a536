// SPDX-License-Identifier: Apache-2.0
// Corrections: nothing at coverage 0, exact where the model is exact, and features that land where they should.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <latent/learn/random.hpp>

#include "model/correction.hpp"

using namespace hyperspectral_shadows;

namespace {

constexpr std::size_t kChannels = 20, kPixels = 400;

/// Lit and shadowed spectra of one material with noise, half each.
struct Scene {
    std::vector<float> x;
    std::vector<std::uint8_t> shadow;
    std::vector<float> lit, gain;
};

Scene scene() {
    Scene s;
    latent::learn::RandomStream random(2, "spectra");
    for (std::size_t c = 0; c < kChannels; ++c) {
        s.lit.push_back(1e13F * (1 + .3F * std::sin(.5F * static_cast<float>(c))));
        s.gain.push_back(.08F + .04F * static_cast<float>(c) / kChannels);
    }
    for (std::size_t i = 0; i < kPixels; ++i) {
        s.shadow.push_back(i % 2);
        const auto texture = static_cast<float>(1 + .05 * random.normal());
        for (std::size_t c = 0; c < kChannels; ++c)
            s.x.push_back(texture * s.lit[c] * (i % 2 ? s.gain[c] : 1) *
                          static_cast<float>(1 + .005 * random.normal()));
    }
    return s;
}

struct Fitted {
    Spectra spectra;
    Eigen::MatrixXd basis, q;
    std::vector<float> mean, deviation;
    std::shared_ptr<Plcg> model;
};

Fitted fitted(const Scene& s, Preprocessing kind) {
    Fitted f;
    f.spectra = Spectra::fit(kind, s.x.data(), kPixels, kChannels);
    f.basis = Eigen::MatrixXd::Zero(kChannels, 2);
    f.basis.col(0).setLinSpaced(-1, 1);
    f.basis.col(0).normalize();
    f.basis.col(1).setConstant(1);
    f.basis.col(1) -= f.basis.col(0) * f.basis.col(0).dot(f.basis.col(1));
    f.basis(3, 1) += 2;
    f.basis.col(1) -= f.basis.col(0) * f.basis.col(0).dot(f.basis.col(1));
    f.basis.col(1).normalize();
    f.mean.resize(kPixels), f.deviation.resize(kPixels);
    f.q = f.spectra.features(s.x.data(), kPixels, f.basis, 1, f.mean.data(), f.deviation.data());
    f.model = std::make_shared<Plcg>(fitGaussians(f.q, s.shadow, {}), MixedCovariance::Independent);
    return f;
}

constexpr Preprocessing kKinds[] = {Preprocessing::Raw, Preprocessing::PerSpectrum, Preprocessing::Fraction};
constexpr CorrectionKind kCorrections[] = {CorrectionKind::Gain, CorrectionKind::Transport,
                                           CorrectionKind::Whitening};

}  // namespace

class CorrectionTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void featuresAreThoseOfPreparedSpectra() {
        const Scene s = scene();
        for (const Preprocessing kind : kKinds) {
            const Fitted f = fitted(s, kind);
            std::vector<float> z(kPixels * kChannels);
            f.spectra.prepare(s.x.data(), kPixels, z.data());
            // Prepared spectra are centred and scaled; differences between pixels tell the same.
            const Eigen::Index first = f.spectra.brightness() ? 1 : 0;
            for (const std::size_t i : {1U, 6U, 77U}) {
                const auto row = [&](std::size_t p) {
                    return Eigen::Map<const Eigen::VectorXf>(z.data() + p * kChannels, kChannels)
                        .cast<double>();
                };
                const Eigen::VectorXd expected =
                    f.spectra.spread() * (f.basis.transpose() * (row(i) - row(0)));
                const Eigen::VectorXd found =
                    (f.q.row(static_cast<Eigen::Index>(i)) - f.q.row(0)).tail(f.q.cols() - first).transpose();
                QVERIFY((expected - found).norm() < 1e-4 * std::max(1.0, expected.norm()));
            }
            if (first) QVERIFY(std::abs(f.q(3, 0) * f.spectra.scale() / f.mean[3] - 1) < 1e-6);
        }
    }

    void coverageZeroIsBitIdentical() {
        const Scene s = scene();
        const std::vector<float> none(kPixels, 0.0F);
        for (const Preprocessing kind : kKinds)
            for (const CorrectionKind correction : kCorrections) {
                const Fitted f = fitted(s, kind);
                std::vector<float> out(s.x.size());
                Correction(correction, f.spectra, f.basis, *f.model, s.gain)
                    .apply(s.x.data(), f.q, f.mean.data(), f.deviation.data(), none.data(), kPixels,
                           out.data(), 2);
                QVERIFY(std::memcmp(out.data(), s.x.data(), out.size() * sizeof(float)) == 0);
            }
    }

    void everyCorrectionBringsShadowToLight() {
        const Scene s = scene();
        std::vector<float> a(kPixels);
        for (std::size_t i = 0; i < kPixels; ++i) a[i] = s.shadow[i] ? 1.0F : 0.0F;
        for (const Preprocessing kind : kKinds)
            for (const CorrectionKind correction : kCorrections) {
                const Fitted f = fitted(s, kind);
                std::vector<float> out(s.x.size());
                Correction(correction, f.spectra, f.basis, *f.model, s.gain)
                    .apply(s.x.data(), f.q, f.mean.data(), f.deviation.data(), a.data(), kPixels, out.data(),
                           1);
                double mean[2] = {0, 0};
                for (std::size_t i = 0; i < kPixels; ++i)
                    for (std::size_t c = 0; c < kChannels; ++c) mean[s.shadow[i]] += out[i * kChannels + c];
                QVERIFY2(std::abs(mean[1] / mean[0] - 1) < .03,
                         qPrintable(QString("%1 %2: %3")
                                        .arg(static_cast<int>(kind))
                                        .arg(static_cast<int>(correction))
                                        .arg(mean[1] / mean[0])));
            }
    }

    void gainIsExactForExactMixtures() {
        const Scene s = scene();
        const Fitted f = fitted(s, Preprocessing::Raw);
        std::vector<float> x, a, out(5 * kChannels), mean(5), deviation(5);
        for (int i = 0; i < 5; ++i) {
            a.push_back(.25F * static_cast<float>(i));
            for (std::size_t c = 0; c < kChannels; ++c)
                x.push_back(s.lit[c] * ((1 - a.back()) + a.back() * s.gain[c]));
        }
        const Eigen::MatrixXd q = f.spectra.features(x.data(), 5, f.basis, 1, mean.data(), deviation.data());
        const Correction correction(CorrectionKind::Gain, f.spectra, f.basis, *f.model, s.gain);
        correction.apply(x.data(), q, mean.data(), deviation.data(), a.data(), 5, out.data(), 1);
        for (std::size_t i = 0; i < out.size(); ++i)
            QVERIFY(std::abs(out[i] / s.lit[i % kChannels] - 1) < 1e-5);
        // Its uncertainty is that of a changed coverage.
        const std::vector<float> sigma(5, .001F);
        std::vector<float> uncertain(out.size()), more = a, moved(out.size());
        correction.uncertainty(x.data(), nullptr, a.data(), sigma.data(), 5, uncertain.data());
        for (float& v : more) v -= .001F;
        correction.apply(x.data(), q, mean.data(), deviation.data(), more.data(), 5, moved.data(), 1);
        for (std::size_t i = kChannels; i < out.size(); ++i)
            QVERIFY(std::abs(uncertain[i] / std::abs(moved[i] - out[i]) - 1) < .05);
        // And with noise alone, of the gain.
        const std::vector<float> noise(out.size(), 1e10F), none(5, 0.0F);
        correction.uncertainty(x.data(), noise.data(), a.data(), none.data(), 5, uncertain.data());
        QVERIFY(std::abs(uncertain[4 * kChannels] / (1e10 / s.gain[0]) - 1) < 1e-5);
        for (std::size_t c = 0; c < kChannels; ++c)
            QCOMPARE(uncertain[c], noise[c]);  // coverage 0: as it was
    }

    void transportMovesFeaturesToTheLitOnes() {
        const Scene s = scene();
        const Fitted f = fitted(s, Preprocessing::Raw);
        std::vector<float> a(kPixels), out(s.x.size());
        for (std::size_t i = 0; i < kPixels; ++i) a[i] = s.shadow[i] ? 1.0F : 0.0F;
        Correction(CorrectionKind::Transport, f.spectra, f.basis, *f.model, s.gain)
            .apply(s.x.data(), f.q, f.mean.data(), f.deviation.data(), a.data(), kPixels, out.data(), 1);
        const Eigen::MatrixXd q = f.spectra.features(out.data(), kPixels, f.basis, 1);
        const Gaussians after = fitGaussians(q, s.shadow, {});
        QVERIFY((after.meanShadow - f.model->pure().meanLit).norm() < 1e-4);
        QVERIFY((after.covarianceShadow - f.model->pure().covarianceLit).norm() <
                1e-3 * f.model->pure().covarianceLit.norm());
    }
};

QTEST_APPLESS_MAIN(CorrectionTest)
#include "correction_test.moc"

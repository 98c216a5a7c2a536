// SPDX-License-Identifier: Apache-2.0
// Easy scenes of the independent script with true labels, the defaults of the form: what a user relies on.
#include <QtTest>
#include <filesystem>

#include "pipeline/measures.hpp"

using namespace hyperspectral_shadows;

class EasyTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void shadowIsFoundAndRemoved() {
        const std::string folder = qEnvironmentVariable("LATENT_SHADOW_SCENES").toStdString();
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error) || std::filesystem::is_empty(folder, error))
            QSKIP("There are no scenes: this needs a Python with NumPy and h5py (LATENT_TEST_PYTHON).");
        int scenes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const auto cube = openCube(entry.path().string());
            FitOptions o;
            o.classWeights = true, o.deadBand = 3, o.mostPixels = 20'000, o.threads = 2;
            const Bands bands = chooseBands(*cube);
            const std::vector<float> coverage = *cube->image("coverage");
            const ShadowModel model = fitModel(*takeSample(*cube, bands, labelsFromCoverage(coverage), o), o);
            Measures measures;
            std::vector<float> found, truth;
            removeShadow(*cube, bands, model, HardMask::Cube, [&](const Removed& r) {
                readBeside(*cube, &CubeReader::readUnshadowed, bands, r.first, r.count, truth);
                measures.add(r, bands.kept.size(), truth.data(), nullptr,
                             coverage.data() + r.first * cube->header().samples);
                found.insert(found.end(), r.coverage->a.begin(), r.coverage->a.end());
                return true;
            });
            const std::vector<double> rmse = measures.relativeRmse();  // [state, area]; border is area 1
            const QString numbers = QString("%1: coverage RMSE %2, border %3 against %4, lit change %5")
                                        .arg(QString::fromStdString(entry.path().filename().string()))
                                        .arg(scoreCoverage(found, coverage).rmse)
                                        .arg(rmse[7])
                                        .arg(rmse[4])
                                        .arg(measures.litChange());
            QVERIFY2(scoreCoverage(found, coverage).rmse < .06, qPrintable(numbers));
            QVERIFY2(rmse[7] < .2 * rmse[4], qPrintable(numbers));
            QVERIFY2(measures.litChange() < .03, qPrintable(numbers));
            ++scenes;
        }
        QVERIFY(scenes >= 20);
    }
};

QTEST_APPLESS_MAIN(EasyTest)
#include "easy_test.moc"

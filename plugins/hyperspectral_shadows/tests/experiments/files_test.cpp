// SPDX-License-Identifier: Apache-2.0
// Scenes and results in files: they come out as they went in, with their uncertainty.
#include <QtTest>
#include <cmath>

#include "data/cube.hpp"
#include "data/hdf5_image.hpp"
#include "experiments/sources.hpp"
#include "fake_host.hpp"

using namespace hyperspectral_shadows;

class FilesTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

  private Q_SLOTS:
    void scenesGoToFilesAndComeBack() {
        const std::string folder = m_folder.path().toStdString();
        const latent::Parameters scene =
            with(SceneSource::parameters(),
                 {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"output_folder", folder}});
        Job made;
        latent::Job job(&made);
        SceneSource().run(scene, job);
        QCOMPARE(wrong(SceneSource().outputs(scene), shapesOf(made.kept), true), QStringList());
        const std::string file = folder + "/scene_easy_sun30_seed0.nc";
        // The file gives what the scene gives.
        const latent::Parameters fromFile = removal(
                                     {{"source", "file"}, {"input", file}, {"output_folder", folder}}),
                                 fromScene = removal();
        Job a, b;
        latent::Job jobA(&a), jobB(&b);
        Remove().run(fromFile, jobA);
        Remove().run(fromScene, jobB);
        QCOMPARE(published<float>(a.kept, "coverage"), published<float>(b.kept, "coverage"));
        QCOMPARE(a.large.at("corrected"), b.large.at("corrected"));
        const auto result = openCube(folder + "/scene_easy_sun30_seed0_unshadowed.nc");
        std::vector<float> corrected(40 * 36 * 24);
        result->read(0, 40, corrected.data());
        QCOMPARE(corrected, a.large.at("corrected"));
        QCOMPARE(*readMask(folder + "/scene_easy_sun30_seed0_unshadowed.nc", "Shadow/Coverage", 40, 36),
                 published<float>(a.kept, "coverage"));
        // Its preview is its run, for a small file.
        const latent::Parameters open = with(OpenSource::parameters(), {{"input", file}});
        FakeReply fake;
        latent::Reply reply(&fake);
        OpenSource().preview(open, reply);
        QCOMPARE(wrong(OpenSource().outputs(open), fake.shapes, true), QStringList());
        QCOMPARE(fake.said.at("format").get<std::string>(), std::string("MethaneAIR/MethaneSAT L1B"));
        // Labels from a mask that lies in a file.
        const latent::Parameters masked = removal({{"source", "file"},
                                                   {"input", file},
                                                   {"labels", "mask"},
                                                   {"mask", file},
                                                   {"mask_name", "Truth/hard_mask"}});
        Job c;
        latent::Job jobC(&c);
        Remove().run(masked, jobC);
        QVERIFY(published<double>(c.kept, "score_value")[kCoverageCorrelation] > .9);
    }

    void uncertaintyIsWrittenWhateverTheBands() {
        const std::string folder = m_folder.path().toStdString();
        Job made;
        latent::Job job(&made);
        SceneSource().run(
            with(SceneSource::parameters(),
                 {{"lines", 40}, {"samples", 36}, {"bands", 24}, {"seed", 7}, {"output_folder", folder}}),
            job);
        const std::string file = folder + "/scene_easy_sun30_seed7.nc";
        for (const bool some : {false, true}) {
            Values values = {{"source", "file"},
                             {"input", file},
                             {"labels", "truth"},
                             {"output_folder", folder},
                             {"keep_uncertainty", true}};
            if (some) values.push_back({"first_used_nm", 1620});
            const latent::Parameters p = removal(values);
            Job host;
            latent::Job removing(&host);
            Remove().run(p, removing);
            const auto result = openCube(folder + "/scene_easy_sun30_seed7_unshadowed.nc"),
                       input = openCube(file);
            std::vector<float> radiance(40 * 36 * 24), sigma(radiance.size()), before(radiance.size());
            result->read(0, 40, radiance.data());
            QVERIFY(result->readUncertainty(0, 40, sigma.data()) &&
                    input->readUncertainty(0, 40, before.data()));
            const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
            QVERIFY(std::equal(radiance.begin(), radiance.end(), host.large.at("corrected").begin(), same));
            QVERIFY(std::equal(sigma.begin(), sigma.end(), host.large.at("corrected_sigma").begin(), same));
            const auto coverage = published<float>(host.kept, "coverage");
            for (std::size_t i = 0; i < sigma.size(); ++i) {
                const bool used =
                    !some ||
                    i % 24 >= 8;  // of 24 bands from 1592 to 1680 nm the ninth is the first above 1620
                QCOMPARE(std::isnan(sigma[i]), !used);
                QCOMPARE(std::isnan(radiance[i]), !used);
                // Brightening makes noise larger; what is not touched keeps its own.
                if (used)
                    QVERIFY(coverage[i / 24] > .9F ? sigma[i] > 2 * before[i]
                                                   : sigma[i] >= before[i] * .999F);
            }
        }
    }
};

QTEST_APPLESS_MAIN(FilesTest)
#include "files_test.moc"

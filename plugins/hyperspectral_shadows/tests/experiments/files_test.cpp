// SPDX-License-Identifier: Apache-2.0
// Scenes and results in files: they come out as they went in, with their uncertainty.
#include <QtTest>
#include <cmath>

#include "data/cube.hpp"
#include "data/hdf5_image.hpp"
#include "experiments/ask.hpp"
#include "experiments/parameters.hpp"
#include "experiments/sources.hpp"
#include "fake_host.hpp"

using namespace hyperspectral_shadows;

namespace {

std::size_t unpacked = 0;

/// A filter that leaves bytes as they are and counts how often chunks come out of it.
std::size_t counting(unsigned flags, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) {
    if (flags & H5Z_FLAG_REVERSE) ++unpacked;
    return bytes;
}

constexpr hsize_t kTall = 64, kWide = 96, kDeep = 128, kChunk[] = {32, 32, 32};
constexpr std::size_t kChunks = 2 * 3 * 4;

/// The values in chunks that are counted when they are read; a row of chunks is larger than HDF5's own cache.
void writeCounted(const std::string& path, const std::vector<float>& values) {
    const H5Z_class2_t filter{H5Z_CLASS_T_VERS, 30'000, 1, 1, "counting", nullptr, nullptr, counting};
    H5Zregister(&filter);
    const hsize_t shape[] = {kTall, kWide, kDeep};
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, shape, nullptr);
    H5Pset_chunk(list, 3, kChunk);
    H5Pset_filter(list, 30'000, 0, 0, nullptr);
    const hid_t set = H5Dcreate2(file, "radiance", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set), H5Sclose(space), H5Pclose(list), H5Fclose(file);
}

}  // namespace

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

    void chunksAreUnpackedOnce() {
        const std::string path = m_folder.filePath("counted.h5").toStdString();
        FakeRun made;
        made.p = removal({{"lines", kTall}, {"samples", kWide}, {"bands", kDeep}});
        SceneCube scene(sceneOf(made.p));
        std::vector<float> values(kTall * kWide * kDeep);
        scene.read(0, kTall, values.data());
        writeCounted(path, values);
        const latent::Parameters open =
            with(OpenSource::parameters(), {{"input", path}, {"axes", "y,x,band"}});
        FakeReply fake;
        latent::Reply reply(&fake);
        unpacked = 0;
        OpenSource().preview(open, reply);
        QCOMPARE(unpacked, kChunks);
        const std::vector<float> mean = meanRadiance(values.data(), kTall * kWide, kDeep);
        QCOMPARE(fake.arrays.at("line").size(), std::size_t{kTall});
        for (std::size_t i = 0; i < mean.size(); ++i)
            QVERIFY(std::abs(fake.arrays.at("mean_radiance")[i] / mean[i] - 1) < 1e-5);
        unpacked = 0;
        Job host;
        latent::Job job(&host);
        OpenSource().run(open, job);
        QCOMPARE(unpacked, kChunks);
        // A probe looks at sixteen lines for the bands, then reads all; some chunks HDF5 still has from before.
        FakeRun stored;
        stored.p = removal({{"source", "file"}, {"input", path}, {"axes", "y,x,band"}});
        const latent::Run run(&stored);
        unpacked = 0;
        Ask probe;
        probe.open(&run);
        QVERIFY2(unpacked >= kChunks && unpacked <= 2 * kChunks, qPrintable(QString::number(unpacked)));
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

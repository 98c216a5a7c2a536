// SPDX-License-Identifier: Apache-2.0
// Scenes and results in files: they come out as they went in, with their uncertainty.
#include <unistd.h>

#include <QtTest>
#include <cmath>
#include <fstream>
#include <numeric>

#include "../data/counted_chunks.hpp"
#include "data/hdf5_cube.hpp"
#include "data/hdf5_image.hpp"
#include "data/result_writer.hpp"
#include "experiments/ask.hpp"
#include "experiments/first_look.hpp"
#include "experiments/parameters.hpp"
#include "experiments/sources.hpp"
#include "fake_host.hpp"

using namespace hyperspectral_shadows;

namespace {

/// A row of chunks (1.5 MB) is larger than the cache that libhdf5 has of itself.
constexpr hsize_t kTall = 64, kWide = 96, kDeep = 128;
constexpr Sizes kShape = {kTall, kWide, kDeep}, kChunk = {32, 32, 32}, kTallChunk = {48, 32, 32};
constexpr std::size_t kChunks = 2 * 3 * 4, kChunkBytes = 32 * 32 * 32 * sizeof(float);

std::vector<float> sceneValues() {
    SceneCube scene(sceneOf(removal({{"lines", kTall}, {"samples", kWide}, {"bands", kDeep}})));
    std::vector<float> values(kTall * kWide * kDeep);
    scene.read(0, kTall, values.data());
    return values;
}

/// 0 where the system does not say.
std::size_t residentBytes() {
    std::size_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
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
        const std::vector<float> values = sceneValues();
        CountedFile(path).put("radiance", kShape, kChunk, values);
        const latent::Parameters open =
            with(OpenSource::parameters(), {{"input", path}, {"axes", "y,x,band"}});
        FakeReply fake;
        latent::Reply reply(&fake);
        chunksUnpacked = 0;
        OpenSource().preview(open, reply);
        QCOMPARE(chunksUnpacked, kChunks);
        const std::vector<float> mean = meanRadiance(values.data(), kTall * kWide, kDeep);
        QCOMPARE(fake.arrays.at("line").size(), std::size_t{kTall});
        for (std::size_t i = 0; i < mean.size(); ++i)
            QVERIFY(std::abs(fake.arrays.at("mean_radiance")[i] / mean[i] - 1) < 1e-5);
        QVERIFY(fake.said.at("notes").is_string());  // a window shows texts beside the figures, and no lists
        chunksUnpacked = 0;
        Job host;
        latent::Job job(&host);
        OpenSource().run(open, job);
        QCOMPARE(chunksUnpacked, kChunks);
        // A probe looks at some places for the bands, then reads all; some chunks HDF5 still has from before.
        FakeRun stored;
        stored.p = removal({{"source", "file"}, {"input", path}, {"axes", "y,x,band"}});
        const latent::Run run(&stored);
        chunksUnpacked = 0;
        Ask probe;
        probe.open(&run);
        QVERIFY2(chunksUnpacked >= kChunks && chunksUnpacked <= 2 * kChunks,
                 qPrintable(QString::number(chunksUnpacked)));
    }

    void aLookTakesNoChunkApart() {
        const std::string path = m_folder.filePath("apart.h5").toStdString();
        const std::vector<float> values = sceneValues();
        const std::vector<float> mean = meanRadiance(values.data(), kTall * kWide, kDeep);
        // One column and one layer of chunks; several.
        for (const Sizes& chunk : {Sizes{32, kWide, kDeep}, Sizes{32, 48, 64}}) {
            CountedFile(path).put("radiance", kShape, chunk, values);
            const std::size_t bytes = chunk[0] * chunk[1] * chunk[2] * sizeof(float),
                              chunks = values.size() * sizeof(float) / bytes;
            const auto cube = openCube(path, {"", "y,x,band"});
            chunksUnpacked = 0;
            const auto look = lookAt(*cube, std::nullopt, [](std::int64_t, std::int64_t) { return true; },
                                     {.loose = bytes / 4, .packed = bytes});
            QCOMPARE(chunksUnpacked, chunks);
            QCOMPARE(look->line.size(), std::size_t{kTall});
            for (std::size_t i = 0; i < mean.size(); ++i)
                QVERIFY(std::abs(look->mean[i] / mean[i] - 1) < 1e-5);
        }
    }

    void aCancelledLookReadsFewPieces() {
        const std::string path = m_folder.filePath("cancelled.h5").toStdString();
        CountedFile(path).put("radiance", kShape, kChunk, sceneValues());
        const auto unpackedUntil = [&](std::size_t most, const std::optional<LookLimits>& limits) {
            const auto cube = openCube(path, {"", "y,x,band"});
            chunksUnpacked = 0;
            const auto look =
                lookAt(*cube, limits, [&](std::int64_t, std::int64_t) { return chunksUnpacked < most; });
            return look ? std::size_t{0} : chunksUnpacked;
        };
        // Of a row of twelve; of the spectra, which are read when the six of the image are there.
        QCOMPARE(unpackedUntil(2, std::nullopt), std::size_t{2});
        QCOMPARE(unpackedUntil(7, LookLimits{6 * kChunkBytes, 4 * kChunkBytes}), std::size_t{7});
    }

    void aLookUnpacksFewChunks() {
        const std::string path = m_folder.filePath("looked.h5").toStdString();
        const std::vector<float> values = sceneValues();
        CountedFile(path).put("radiance", kShape, kChunk, values);
        const auto lookWith = [&](std::size_t picture, std::size_t spectra) {
            const auto cube = openCube(path, {"", "y,x,band"});
            chunksUnpacked = 0;
            return *lookAt(*cube, LookLimits{picture * kChunkBytes, spectra * kChunkBytes},
                           [](std::int64_t, std::int64_t) { return true; });
        };
        const auto meanOf = [&](std::int32_t line, std::size_t x, std::size_t first, std::size_t count) {
            const float* v = values.data() + (static_cast<std::size_t>(line) * kWide + x) * kDeep + first;
            return std::accumulate(v, v + count, 0.0) / static_cast<double>(count);
        };
        // One layer of bands, the third, of all places; all bands of one place, which has that layer already.
        Look look = lookWith(6, 4);
        QCOMPARE(chunksUnpacked, std::size_t{6 + 3});
        QCOMPARE(look.line.size(), std::size_t{kTall});
        QCOMPARE(look.band.size(), std::size_t{kDeep});
        for (std::size_t i = 0; i < look.mean.size(); ++i)
            QVERIFY(std::abs(look.mean[i] / meanOf(look.line[i / kWide], i % kWide, 64, 32) - 1) < 1e-5);
        QVERIFY(std::all_of(look.spectra.begin(), look.spectra.end(), [](float v) { return v > 0; }));
        QVERIFY2(look.words.find("32 of 128 bands (numbers 64 to 95)") != std::string::npos,
                 look.words.c_str());
        // Four chunks: a row of three. The spectra of a place cost too much, and have the bands of the image.
        look = lookWith(4, 3);
        QCOMPARE(chunksUnpacked, std::size_t{3});
        QCOMPARE(look.line.front(), 32);
        QCOMPARE(look.line.size(), std::size_t{32});
        QCOMPARE(look.band.size(), std::size_t{32});
        for (std::size_t i = 0; i < look.mean.size(); ++i)
            QVERIFY(std::abs(look.mean[i] / meanOf(look.line[i / kWide], i % kWide, 64, 32) - 1) < 1e-5);
        // Each spectrum is that of a pixel: its first value is found at that band somewhere in the row.
        for (std::size_t k = 0; k < std::size_t{kSpectra}; ++k) {
            bool found = false;
            for (std::size_t p = 32 * kWide; p < kTall * kWide && !found; ++p) {
                found = true;
                for (std::size_t c = 0; c < 32 && found; ++c)
                    found = values[p * kDeep + 64 + c] == look.spectra[c * kSpectra + k];
            }
            QVERIFY(found);
        }
        QVERIFY2(look.words.find("32 of 64 lines, 32 of 128 bands") != std::string::npos &&
                     look.words.find("the spectra show 32 of 128 bands") != std::string::npos,
                 look.words.c_str());
        // Two: two columns of a row have an image, that between them none.
        look = lookWith(2, 3);
        QCOMPARE(chunksUnpacked, std::size_t{2});
        QCOMPARE(std::count_if(look.mean.begin(), look.mean.end(), [](float v) { return std::isnan(v); }),
                 std::ptrdiff_t{32 * 32});
        QVERIFY2(look.words.find("64 of 96 samples") != std::string::npos, look.words.c_str());
        QVERIFY(lookWith(24, 1).words.empty());
        QCOMPARE(chunksUnpacked, kChunks);
    }

    void aPassUnpacksAndPacksChunksOnce() {
        const std::string folder = m_folder.path().toStdString(), path = folder + "/tall.h5";
        const std::vector<float> values = sceneValues();
        std::vector<float> sigma(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) sigma[i] = values[i] / 150;
        {
            // Flags and uncertainties lie in taller chunks than the radiance.
            CountedFile file(path);
            file.put("radiance", kShape, kChunk, values);
            file.put("RadianceUncertainty", kShape, kTallChunk, sigma);
            file.put("RadianceFlag", kShape, kTallChunk, std::vector<float>(values.size(), 0.0F));
        }
        const auto cube = openCube(path, {"radiance", "y,x,band"});
        Bands bands;
        for (std::size_t c = 0; c < kDeep; ++c) bands.kept.push_back(c);
        FitOptions options;
        options.slabBytes = kWide * kDeep * sizeof(float);
        chunksUnpacked = 0;
        QVERIFY(takeSample(*cube, bands, std::nullopt, options));
        QCOMPARE(chunksUnpacked, 2 * kChunks);
        chunksUnpacked = chunksPacked = 0;
        std::vector<float> part(cube->header().valuesPerLine());
        {
            const auto writer = ResultWriter::make(path, *cube, folder);
            QVERIFY(writer->takesSigma());
            for (std::int64_t y = 0; y < std::int64_t{kTall}; ++y) {
                QVERIFY(cube->readUncertainty(y, 1, part.data()));
                writer->lines(y, 1, values.data() + static_cast<std::size_t>(y) * part.size(), part.data());
            }
            writer->finish("{}");
        }
        QCOMPARE(chunksPacked, 2 * kChunks);
        // Those of the uncertainty that is read, and of the one that is written the row of twelve that reach beyond the
        // last line: libhdf5 takes lines as far as the last for a part of a chunk, and unpacks it to put them in. A chunk
        // that is written whole it does not unpack.
        QCOMPARE(chunksUnpacked, kChunks + 12);
        const auto written = openCube(folder + "/tall_unshadowed.h5", {"radiance", "y,x,band"});
        std::vector<float> all(values.size());
        written->read(0, kTall, all.data());
        QCOMPARE(all, values);
        QVERIFY(written->readUncertainty(0, kTall, all.data()));
        QCOMPARE(all, sigma);
    }

    void rowsInAnotherOrderAreTurnedByColumnsOfChunks() {
        constexpr hsize_t kLines = 48, kSamples = 250, kBands = 512;
        constexpr std::size_t kPlanes = 4 * 4, kLine = kSamples * kBands,
                              kRow = kLines * kLine * sizeof(float);
        const std::string folder = m_folder.path().toStdString(), path = folder + "/turned.h5";
        std::vector<float> values(kLines * kLine), all(values.size());
        std::iota(values.begin(), values.end(), 0.0F);
        CountedFile(path).put("radiance", {kBands, kSamples, kLines}, {128, 64, kLines}, values);
        const auto cube = openCube(path, {"", "band,x,y"});
        const auto writer = ResultWriter::make(path, *cube, folder);
        chunksUnpacked = chunksPacked = 0;
        std::size_t resident = 0;
        for (hsize_t y = 0; y < kLines; ++y) {
            cube->read(static_cast<std::int64_t>(y), 1, all.data() + y * kLine);
            if (y == 0) resident = residentBytes();
        }
        QCOMPARE(chunksUnpacked, kPlanes);
        // Lines of the row give their memory back when they were read.
        if (resident > 0) QVERIFY(residentBytes() + kRow * 3 / 4 < resident);
        std::size_t misplaced = 0;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i] != values[(i % kBands * kSamples + i / kBands % kSamples) * kLines + i / kLine])
                ++misplaced;
        QCOMPARE(misplaced, std::size_t{0});
        for (hsize_t y = 0; y < kLines; ++y)
            writer->lines(static_cast<std::int64_t>(y), 1, all.data() + y * kLine, nullptr);
        writer->finish("{}");
        QCOMPARE(chunksPacked, kPlanes);
        std::vector<float> again(all.size());
        openCube(folder + "/turned_unshadowed.h5", {"radiance", "band,x,y"})->read(0, kLines, again.data());
        QCOMPARE(again, all);
        // Not the whole row at once, and no chunk in two.
        std::vector<std::int64_t> samples;
        for (const CubeBox& part :
             dynamic_cast<Hdf5Cube&>(*cube).radiance().columnsOf(cube->header().wholeLines(0, kLines)))
            samples.push_back(part.samples);
        QCOMPARE(samples, (std::vector<std::int64_t>{64, 64, 64, 58}));
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

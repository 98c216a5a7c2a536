// SPDX-License-Identifier: Apache-2.0
// shadows/remove without a host: what is published is what was declared, lit pixels stay as they are, and what
// cannot be is said before a run.
#include <QtTest>
#include <cstring>
#include <functional>

#include "experiments/ask.hpp"
#include "experiments/parameters.hpp"
#include "experiments/remove.hpp"
#include "experiments/remove_record.hpp"
#include "experiments/sources.hpp"
#include "fake_host.hpp"
#include "pipeline/remove.hpp"

using namespace hyperspectral_shadows;

class RemoveTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void removalPublishesWhatItDeclares() {
        for (const Values& more :
             {Values{},
              {{"labels", "truth"}, {"preprocessing", "per_spectrum"}, {"correction", "transport"}},
              {{"preprocessing", "fraction"},
               {"labels", "truth"},
               {"rounds", 2},
               {"plumes", 1},
               {"keep_uncertainty", true}},
              {{"first_used_nm", 1620}, {"keep_uncertainty", true}, {"covariance", "transport"}},
              {{"labels", "sunlight"}, {"materials", 3}}}) {
            const latent::Parameters p = removal(more);
            Job host;
            latent::Job job(&host);
            Remove().run(p, job);
            QCOMPARE(wrong(Remove().outputs(p), shapesOf(host.kept), true), QStringList());
            QCOMPARE(host.large.at("corrected").size(), std::size_t{40 * 36 * 24});
            if (p.flag("keep_uncertainty"))
                QCOMPARE(host.large.at("corrected_sigma").size(), std::size_t{40 * 36 * 24});
            const auto coverage = published<float>(host.kept, "coverage");
            QVERIFY(std::all_of(coverage.begin(), coverage.end(), [](float a) { return a >= 0 && a <= 1; }));
            if (p.choice("preprocessing") != "fraction")
                QVERIFY(published<double>(host.kept, "score_value")[kCoverageCorrelation] > .85);
        }
    }

    void litPixelsStayBitIdentical() {
        const latent::Parameters p = removal({{"labels", "truth"}});
        Job host;
        latent::Job job(&host);
        Remove().run(p, job);
        const auto coverage = published<float>(host.kept, "coverage");
        SceneCube scene(sceneOf(p));
        std::vector<float> x(40 * 36 * 24);
        scene.read(0, 40, x.data());
        std::size_t untouched = 0;
        for (std::size_t i = 0; i < coverage.size(); ++i) {
            const bool same = std::memcmp(x.data() + 24 * i, host.large.at("corrected").data() + 24 * i,
                                          24 * sizeof(float)) == 0;
            QCOMPARE(same, coverage[i] == 0);
            untouched += same;
        }
        QVERIFY(untouched > 500);
    }

    void theBrightnessByTheHardMaskIsThatOfItsCube() {
        // Without a known truth only its mean is made; here there is one, so both ways can be compared.
        const latent::Parameters p = removal({{"labels", "truth"}});
        SceneCube scene(sceneOf(p));
        const Bands bands = chooseBands(scene);
        const FitOptions options = optionsOf(p, 2);
        const ShadowModel model =
            fitModel(*takeSample(scene, bands, knownLabels(p, scene), options), options);
        std::vector<float> means[2];
        for (const HardMask kind : {HardMask::Mean, HardMask::Cube})
            removeShadow(scene, bands, model, kind, [&](const Removed& r) {
                std::vector<float>& to = means[kind == HardMask::Cube];
                to.insert(to.end(), r.hardCorrectedMean, r.hardCorrectedMean + r.pixels);
                return (r.hardCorrected != nullptr) == (kind == HardMask::Cube);
            });
        QCOMPARE(means[0].size(), std::size_t{40 * 36});
        QCOMPARE(means[0], means[1]);
        Job host;
        latent::Job job(&host);
        Remove().run(p, job);
        QCOMPARE(published<float>(host.kept, "hard_corrected_mean"), means[0]);
    }

    void theScatterOpensAtTheFirstProjection() {
        const nlohmann::json declared = Remove().outputs(removal()).toJson();
        for (const auto& array : declared.at("arrays"))
            if (array.at("name") == "projection") QCOMPARE(array.at("rest").get<double>(), 1.0);
        Job host;
        latent::Job job(&host);
        Remove().run(removal(), job);
        QCOMPARE(published<std::int32_t>(host.kept, "projection").front(), 1);
    }

    void aPauseStartsOver() {
        const latent::Parameters p = removal();
        Job host;
        host.kept.pauseAfter = 0;
        latent::Job first(&host);
        Remove().run(p, first);
        QVERIFY(!host.kept.published.count("coverage"));
        host.kept.pauseAfter = 1'000'000;
        host.kept.resumes = true;
        latent::Job second(&host);
        Remove().run(p, second);
        QVERIFY(host.kept.published.count("coverage"));
    }

    void whatIsMissingIsSaidBeforeARun() {
        const auto refused = [](const Values& values) {
            return refusal([&] { Remove().outputs(removal(values)); });
        };
        QVERIFY(refused({{"source", "file"}}).contains("'input'"));
        QVERIFY(refused({{"source", "file"}, {"input", "/no/such/file.nc"}}).contains("There is no file"));
        QVERIFY(refused({{"labels", "mask"}}).contains("'mask'"));
        QVERIFY(refused({{"labels", "regions"}}).contains("'lit_regions'"));
        QVERIFY(refused({{"first_nm", 1700}}).contains("'first_nm' must be below"));
        QCOMPARE(
            refused(
                {{"labels", "regions"}, {"lit_regions", {{0, 3, 0, 3}}}, {"shadow_regions", {{4, 5, 0, 3}}}}),
            QString());
    }

    void onlyATruthWithRadianceNeedsTheCubeByTheHardMask() {
        // A cube whose coverage alone is known cannot be judged by its radiance.
        struct CoverageOnly final : CubeReader {
            SceneCube scene;
            explicit CoverageOnly(const SceneSpec& spec) : scene(spec) { m_header = scene.header(); }
            void read(std::int64_t first, std::int64_t count, float* out) override {
                scene.read(first, count, out);
            }
            std::optional<std::vector<float>> image(const std::string& name) override {
                return scene.image(name);
            }
        };
        const latent::Parameters p = removal({{"labels", "truth"}});
        SceneCube scene(sceneOf(p));
        CoverageOnly coverage(sceneOf(p));
        const Bands bands = chooseBands(scene);
        Job host;
        latent::Job job(&host);
        QVERIFY(RemoveRecord(p, scene, bands, job).hardMask() == HardMask::Cube);
        QVERIFY(RemoveRecord(p, coverage, bands, job).hardMask() == HardMask::Mean);
        // None of it is read before its turn: of a packed file that would unpack a row of chunks twice.
        struct Counted final : CubeReader {
            SceneCube scene;
            std::int64_t lines = 0;
            explicit Counted(const SceneSpec& spec) : scene(spec) { m_header = scene.header(); }
            void read(std::int64_t first, std::int64_t count, float* out) override {
                scene.read(first, count, out);
            }
            std::optional<std::vector<float>> image(const std::string& name) override {
                return scene.image(name);
            }
            bool readUnshadowed(std::int64_t first, std::int64_t count, float* out) override {
                lines += count;
                return scene.readUnshadowed(first, count, out);
            }
        } counted(sceneOf(p));
        QVERIFY(RemoveRecord(p, counted, bands, job).hardMask() == HardMask::Cube);
        QCOMPARE(counted.lines, std::int64_t{0});
    }

    void everyPresetFitsItsOwnSchema() {
        using Parameters = latent::Parameters;
        struct Kind {
            latent::Schema schema;
            std::size_t presets;
            std::function<void(const Parameters&)> outputs;
        };
        for (const auto& [schema, least, outputs] :
             {Kind{Remove::parameters(), 3, [](const Parameters& p) { Remove().outputs(p); }},
              Kind{SceneSource::parameters(), 3, [](const Parameters& p) { SceneSource().outputs(p); }},
              Kind{Ask::parameters(), 2, [](const Parameters& p) { Ask().outputs(p); }}}) {
            const nlohmann::json presets = schema.toJson().at("presets");
            QVERIFY(presets.size() >= least);
            for (const auto& preset : presets) {
                Values values;
                for (const auto& [name, value] : preset.at("values").items())
                    values.emplace_back(name, value);
                QVERIFY(!values.empty());
                QCOMPARE(refusal([&] { outputs(with(schema, values)); }), QString());
            }
        }
        QCOMPARE(scoreNames().size(), std::size_t{kScores});
    }
};

QTEST_APPLESS_MAIN(RemoveTest)
#include "remove_test.moc"

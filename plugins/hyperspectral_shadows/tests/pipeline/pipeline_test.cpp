// SPDX-License-Identifier: Apache-2.0
// The whole way over a cube: pieces as the whole, missing values, and what cannot be worked with.
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <limits>

#include "model/scene/scene.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/separability.hpp"

using namespace hyperspectral_shadows;

namespace {

/// A cube in memory that a test may spoil.
struct MemoryCube final : CubeReader {
    std::vector<float> values;
    std::vector<float> coverage;

    explicit MemoryCube(SceneCube& scene)
        : values(scene.header().pixels() * static_cast<std::size_t>(scene.header().bands)),
          coverage(*scene.image("coverage")) {
        m_header = scene.header();
        scene.read(0, m_header.lines, values.data());
    }
    void read(std::int64_t first, std::int64_t count, float* out) override {
        const auto line = static_cast<std::ptrdiff_t>(m_header.valuesPerLine());
        std::copy_n(values.begin() + first * line, count * line, out);
    }
    CubeHeader& head() { return m_header; }
};

SceneSpec small() { return {.lines = 48, .samples = 40, .bands = 24, .seed = 1}; }

FitOptions options() {
    FitOptions o;
    o.ilr.rounds = 3;
    o.ilr.chance = 0;
    o.deadBand = 3;
    return o;
}

std::string refusal(const std::function<void()>& body) {
    try {
        body();
    } catch (const latent::RunError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

class PipelineTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void piecesAreTheWhole() {
        SceneCube scene(small());
        const Bands bands = chooseBands(scene);
        QVERIFY(bands.all);
        const Labels truth = labelsFromCoverage(*scene.image("coverage"));
        const Sample sample = *takeSample(scene, bands, truth, options());
        const ShadowModel model = fitModel(sample, options());
        FitOptions more = options();
        more.threads = 3;
        const ShadowModel threaded = fitModel(sample, more);
        QCOMPARE(model.ilr.basis, threaded.ilr.basis);
        // All lines at once, against slabs of one line.
        std::vector<float> whole, pieces, coverage[2];
        const auto line = scene.header().valuesPerLine();
        QVERIFY(removeShadow(scene, bands, model, false, [&](const Removed& r) {
            whole.insert(whole.end(), r.corrected, r.corrected + r.pixels * 24);
            coverage[0].insert(coverage[0].end(), r.coverage->a.begin(), r.coverage->a.end());
            return true;
        }));
        for (std::int64_t y = 0; y < 48; ++y) {
            std::vector<float> x(line), mean(40), deviation(40), out(line);
            scene.read(y, 1, x.data());
            const Eigen::MatrixXd q = threaded.features(x.data(), 40, mean.data(), deviation.data());
            const Coverage c = threaded.coverage(q);
            threaded.correction->apply(x.data(), q, mean.data(), deviation.data(), c.a.data(), 40, out.data(),
                                       3);
            pieces.insert(pieces.end(), out.begin(), out.end());
            coverage[1].insert(coverage[1].end(), c.a.begin(), c.a.end());
        }
        QCOMPARE(coverage[0], coverage[1]);
        QCOMPARE(whole, pieces);
    }

    void missingValuesStayAway() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        const float none = std::numeric_limits<float>::quiet_NaN();
        for (std::size_t p = 0; p < cube.values.size(); p += 24) cube.values[p + 5] = none;  // a dead band
        cube.values[24 * 100 + 7] = none;                                                    // a dead value
        std::fill_n(cube.values.begin() + 24 * 300, 24, none);  // a pixel without anything
        const Bands bands = chooseBands(cube);
        QCOMPARE(bands.kept.size(), std::size_t{23});
        QVERIFY(QString::fromStdString(bands.words).contains("1 bands have no numbers"));
        const ShadowModel model =
            fitModel(*takeSample(cube, bands, labelsFromCoverage(cube.coverage), options()), options());
        std::vector<float> a;
        std::vector<std::uint8_t> flags;
        removeShadow(cube, bands, model, false, [&](const Removed& r) {
            a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end());
            flags.insert(flags.end(), r.flags, r.flags + r.pixels);
            return true;
        });
        QVERIFY(std::isnan(a[100]) && std::isnan(a[300]) && flags[100] == kNoSpectrum);
        QCOMPARE(std::count_if(a.begin(), a.end(), [](float v) { return std::isnan(v); }), std::ptrdiff_t{2});
        QVERIFY(scoreCoverage(a, cube.coverage).rmse < .08);
        std::vector<float> kept = {1, 2, 3}, all(4);
        Bands some;
        some.kept = {0, 1, 3};
        expand(kept.data(), 1, 4, some, all.data());
        QVERIFY(all[0] == 1 && all[1] == 2 && std::isnan(all[2]) && all[3] == 3);
    }

    void rangesAndBadBandsAreLeftOut() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        cube.head().goodBand.assign(24, true);
        cube.head().goodBand[10] = false;
        QCOMPARE(chooseBands(cube, 1600, 1670).kept.size(), std::size_t{17});
        QVERIFY(QString::fromStdString(refusal([&] {
                    chooseBands(cube, 1700, 1800);
                })).contains("Only 0 of 24 bands"));
    }

    void whatCannotBeWorkedWithIsSaid() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        const Bands bands = chooseBands(cube);
        const auto says = [](const std::string& sentence, const char* words) {
            return QString::fromStdString(sentence).contains(words);
        };
        Labels oneClass(cube.coverage.size(), 0);
        QVERIFY(says(refusal([&] { takeSample(cube, bands, oneClass, options()); }),
                     "No pixel is labelled shadow"));
        Labels few = oneClass;
        few[3] = few[9] = 1;
        QVERIFY(says(refusal([&] { fitModel(*takeSample(cube, bands, few, options()), options()); }),
                     "pixels are labelled shadow"));
        std::fill(cube.values.begin(), cube.values.end(), std::numeric_limits<float>::quiet_NaN());
        QVERIFY(says(refusal([&] { chooseBands(cube); }), "No pixel has a number"));
        std::fill(cube.values.begin(), cube.values.end(), 7.0F);
        QVERIFY(says(refusal([&] { takeSample(cube, bands, {}, options()); }), "equally bright"));
        std::fill(cube.values.begin(), cube.values.end(), 0.0F);
        QVERIFY(says(refusal([&] {
                         fitModel(*takeSample(cube, bands, labelsFromCoverage(cube.coverage), options()),
                                  options());
                     }),
                     "No pixel has a whole spectrum"));
    }

    void aStopIsHeard() {
        SceneCube scene(small());
        QVERIFY(!takeSample(scene, chooseBands(scene), {}, options(), [](std::int64_t) { return false; }));
    }

    void everyOptionFindsTheShadowOfAnEasyScene() {
        SceneCube scene({.lines = 64, .samples = 64, .bands = 48, .seed = 1});
        const Bands bands = chooseBands(scene);
        const auto coverage = *scene.image("coverage");
        for (const auto kind : {Preprocessing::Raw, Preprocessing::PerSpectrum, Preprocessing::Fraction})
            for (const auto covariance :
                 {MixedCovariance::Independent, MixedCovariance::Interpolated, MixedCovariance::Transport}) {
                FitOptions o = options();
                o.preprocessing = kind, o.covariance = covariance, o.classWeights = true,
                o.gaussians.trim = .01;
                const ShadowModel model =
                    fitModel(*takeSample(scene, bands, labelsFromCoverage(coverage), o), o);
                std::vector<float> a;
                removeShadow(scene, bands, model, false, [&](const Removed& r) {
                    return a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end()), true;
                });
                const double correlation = scoreCoverage(a, coverage).correlation;
                QVERIFY2(correlation > (kind == Preprocessing::Fraction ? .5 : .9),
                         qPrintable(QString("%1 %2: %3")
                                        .arg(static_cast<int>(kind))
                                        .arg(static_cast<int>(covariance))
                                        .arg(correlation)));
            }
    }

    void materialsKeepDarkSurfacesApart() {
        double error[2] = {0, 0}, falseShadow[2] = {0, 0};
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            SceneCube scene({.lines = 64, .samples = 64, .bands = 64, .tier = Tier::Dark, .seed = seed});
            const Bands bands = chooseBands(scene);
            const auto coverage = *scene.image("coverage");
            for (const int materials : {1, 8}) {
                FitOptions o = options();
                o.ilr.rounds = 4, o.classWeights = true, o.materials = materials;
                if (materials > 1) o.leastRatio = 20;
                const ShadowModel model =
                    fitModel(*takeSample(scene, bands, labelsFromCoverage(coverage), o), o);
                std::vector<float> a;
                removeShadow(scene, bands, model, false, [&](const Removed& r) {
                    return a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end()), true;
                });
                error[materials > 1] += scoreCoverage(a, coverage).rmse / 3;
                for (std::size_t i = 0; i < a.size(); ++i)
                    falseShadow[materials > 1] += coverage[i] < .05F && a[i] > .5F ? 1 : 0;
            }
        }
        qInfo("coverage RMSE %.3f with one pair, %.3f with eight; lit pixels called shadow %.0f and %.0f",
              error[0], error[1], falseShadow[0], falseShadow[1]);
        QVERIFY(error[1] < .6 * error[0] && falseShadow[1] < .2 * falseShadow[0]);
        Eigen::MatrixXd points(40, 2);
        for (Eigen::Index i = 0; i < 40; ++i)
            points.row(i) << (i % 2 ? 5.0 : -5.0) + .01 * static_cast<double>(i),
                (i % 2 ? 3.0 : -3.0) + .02 * static_cast<double>(i % 7);
        const std::vector<int> places = cluster(points, 2);
        for (std::size_t i = 2; i < 40; ++i) QCOMPARE(places[i], places[i % 2]);
        QVERIFY(places[0] != places[1]);
    }

    void outliersAreFarFromAllLitPixels() {
        SceneCube scene({.lines = 64, .samples = 64, .bands = 48, .tier = Tier::Hard, .seed = 2});
        MemoryCube cube(scene);
        for (std::size_t c = 0; c < 48; ++c) cube.values[48 * 70 + c] *= 3;  // a cloud
        cube.coverage[70] = .5F;                                             // nobody labels it
        const Bands bands = chooseBands(cube);
        std::vector<float> a[2];
        std::vector<std::uint8_t> flags[2];
        for (const int several : {0, 1}) {
            FitOptions o = options();
            o.materials = several ? 6 : 1, o.leastRatio = 20;
            const ShadowModel model =
                fitModel(*takeSample(cube, bands, labelsFromCoverage(cube.coverage), o), o);
            removeShadow(cube, bands, model, false, [&](const Removed& r) {
                a[several].insert(a[several].end(), r.coverage->a.begin(), r.coverage->a.end());
                flags[several].insert(flags[several].end(), r.flags, r.flags + r.pixels);
                return true;
            });
        }
        std::size_t lit = 0, out = 0;
        for (std::size_t i = 0; i < a[0].size(); ++i) {
            if (cube.coverage[i] == 0) ++lit, out += flags[1][i] & kOutlier ? 1 : 0;
            // What counts as far does not depend on how many pairs of Gaussians there are.
            if (a[0][i] == 0 && a[1][i] == 0) QCOMPARE(flags[0][i] & kOutlier, flags[1][i] & kOutlier);
        }
        QVERIFY(a[1][70] == 0 && flags[1][70] == kOutlier);
        QVERIFY2(out < lit / 100, qPrintable(QString("%1 of %2").arg(out).arg(lit)));
    }

    void aPriorPullsToLightWithMaterialsToo() {
        SceneCube scene({.lines = 48, .samples = 48, .bands = 24, .tier = Tier::Hard, .seed = 4});
        const Bands bands = chooseBands(scene);
        const auto coverage = *scene.image("coverage");
        for (const int materials : {1, 4}) {
            double sum[2] = {0, 0};
            for (const int pulled : {0, 1}) {
                FitOptions o = options();
                o.materials = materials, o.prior = pulled ? 30 : 0, o.deadBand = 0;
                const ShadowModel model =
                    fitModel(*takeSample(scene, bands, labelsFromCoverage(coverage), o), o);
                removeShadow(scene, bands, model, false, [&](const Removed& r) {
                    for (const float v : r.coverage->a) sum[pulled] += v;
                    return true;
                });
            }
            QVERIFY2(sum[1] < .98 * sum[0],
                     qPrintable(QString("%1: %2 and %3").arg(materials).arg(sum[0]).arg(sum[1])));
        }
    }

    void darkSurfacesInTheSunAreKnownByTheirLight() {
        std::size_t wrong[2] = {0, 0}, lost = 0, shadows = 0;
        double error[2] = {0, 0};
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            SceneCube scene({.lines = 64,
                             .samples = 64,
                             .bands = 96,
                             .tier = Tier::Dark,
                             .zenithDegrees = 60,
                             .seed = seed});
            MemoryCube cube(scene);
            const Bands bands = chooseBands(cube);
            for (const bool sunlight : {false, true}) {
                FitOptions o = options();
                o.sunlight = sunlight, o.materials = 8, o.leastRatio = 20, o.refinements = 2;
                const Sample sample = *takeSample(cube, bands, {}, o);
                QCOMPARE(sample.sunlight.tells, sunlight);
                for (std::size_t i = 0; i < sample.size(); ++i) {
                    const float a = cube.coverage[sample.pixel[i]];
                    if (a < .05F && sample.labels[i] == 1) ++wrong[sunlight];
                    if (sunlight && a > .95F) ++shadows, lost += sample.labels[i] == 0 ? 1 : 0;
                }
                const ShadowModel model = fitModel(sample, o);
                std::vector<float> a;
                removeShadow(cube, bands, model, false, [&](const Removed& r) {
                    return a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end()), true;
                });
                error[sunlight] += scoreCoverage(a, cube.coverage).rmse / 3;
            }
        }
        qInfo(
            "lit pixels learnt as shadow %zu by brightness, %zu by the light; shadow learnt as lit %zu of "
            "%zu; coverage RMSE %.3f, %.3f",
            wrong[0], wrong[1], lost, shadows, error[0], error[1]);
        QVERIFY(wrong[0] > 500 && wrong[1] * 50 < wrong[0]);
        QVERIFY(lost * 8 < shadows);  // shadow over dark surfaces has little light of any kind
        QVERIFY(error[1] < .6 * error[0]);
    }

    void lightThatIsLikeTheSunsTellsNothing() {
        // Shadow that is only darker; lit materials of two brightnesses; noise.
        constexpr std::size_t kChannels = 40, kPixels = 600;
        latent::learn::RandomStream random(4, "alike");
        std::vector<float> x;
        Labels labels;
        for (std::size_t i = 0; i < kPixels; ++i) {
            const double level = i % 3 == 0 ? .1 : i % 3 == 1 ? .7 : 1;
            labels.push_back(i % 3 == 0 ? 1 : 0);
            for (std::size_t c = 0; c < kChannels; ++c)
                x.push_back(static_cast<float>(level * (2 + std::sin(.9 * static_cast<double>(c))) +
                                               .01 * random.normal()));
        }
        const Labels before = labels;
        QVERIFY(!relabelBySunlight(x.data(), kPixels, kChannels, labels).tells);
        QCOMPARE(labels, before);
        // Light of the sky with a line where sunlight has none: now it tells, and a dark surface in the sun
        // is found.
        for (std::size_t i = 0; i < kPixels; i += 3)
            if (i % 2) x[i * kChannels + 17] *= .5F;
        const Sunlight s = relabelBySunlight(x.data(), kPixels, kChannels, labels);
        QVERIFY(s.tells);
        int shadow = 0, lit = 0;
        for (std::size_t i = 0; i < kPixels; ++i) {
            if (i % 3 != 0)
                QCOMPARE(labels[i], std::int8_t{0});
            else if (i % 2)
                QCOMPARE(labels[i], std::int8_t{1});
            else
                shadow += labels[i] == 1 ? 1 : 0, lit += labels[i] == 0 ? 1 : 0;
        }
        QVERIFY2(shadow <= 8 && lit >= 70, qPrintable(QString("%1 of 100 stayed shadow, %2 are lit")
                                                          .arg(shadow)
                                                          .arg(lit)));  // noise is as large as in light here
        Labels few(kPixels, -1);
        few[0] = 0, few[1] = 1;
        QVERIFY(!relabelBySunlight(x.data(), kPixels, kChannels, few).tells);
    }

    void separabilityKnowsItsControls() {
        SceneCube scene({.lines = 64, .samples = 64, .bands = 48, .tier = Tier::Dark, .seed = 3});
        const Bands bands = chooseBands(scene);
        const Labels truth = labelsFromCoverage(*scene.image("coverage"));
        FitOptions o = options();
        o.preprocessing = Preprocessing::PerSpectrum;
        const Separability s = measureSeparability(*takeSample(scene, bands, truth, o), truth, o, 1);
        QCOMPARE(s.balancedAccuracy.size(), std::size_t{kSeparators});
        QVERIFY(s.balancedAccuracy[0] > .95);
        QVERIFY(s.balancedAccuracy[0] > s.balancedAccuracy[1]);  // dark lit surfaces fool brightness
        QVERIFY(s.balancedAccuracy[4] < .85);
        QCOMPARE(s.byRounds.size(), std::size_t{3});
    }
};

QTEST_APPLESS_MAIN(PipelineTest)
#include "pipeline_test.moc"

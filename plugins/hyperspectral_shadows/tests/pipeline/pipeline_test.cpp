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

    explicit MemoryCube(SceneCube& scene) : values(scene.header().pixels() * static_cast<std::size_t>(scene.header().bands)), coverage(*scene.image("coverage")) {
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
            threaded.correction->apply(x.data(), q, mean.data(), deviation.data(), c.a.data(), 40, out.data(), 3);
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
        cube.values[24 * 100 + 7] = none;                                                   // a dead value
        std::fill_n(cube.values.begin() + 24 * 300, 24, none);                              // a pixel without anything
        const Bands bands = chooseBands(cube);
        QCOMPARE(bands.kept.size(), std::size_t{23});
        QVERIFY(QString::fromStdString(bands.words).contains("1 bands have no numbers"));
        const ShadowModel model = fitModel(*takeSample(cube, bands, labelsFromCoverage(cube.coverage), options()), options());
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
        QVERIFY(QString::fromStdString(refusal([&] { chooseBands(cube, 1700, 1800); })).contains("Only 0 of 24 bands"));
    }

    void whatCannotBeWorkedWithIsSaid() {
        SceneCube scene(small());
        MemoryCube cube(scene);
        const Bands bands = chooseBands(cube);
        const auto says = [](const std::string& sentence, const char* words) { return QString::fromStdString(sentence).contains(words); };
        Labels oneClass(cube.coverage.size(), 0);
        QVERIFY(says(refusal([&] { takeSample(cube, bands, oneClass, options()); }), "No pixel is labelled shadow"));
        Labels few = oneClass;
        few[3] = few[9] = 1;
        QVERIFY(says(refusal([&] { fitModel(*takeSample(cube, bands, few, options()), options()); }), "pixels are labelled shadow"));
        std::fill(cube.values.begin(), cube.values.end(), std::numeric_limits<float>::quiet_NaN());
        QVERIFY(says(refusal([&] { chooseBands(cube); }), "No pixel has a number"));
        std::fill(cube.values.begin(), cube.values.end(), 7.0F);
        QVERIFY(says(refusal([&] { takeSample(cube, bands, {}, options()); }), "equally bright"));
        std::fill(cube.values.begin(), cube.values.end(), 0.0F);
        QVERIFY(says(refusal([&] { fitModel(*takeSample(cube, bands, labelsFromCoverage(cube.coverage), options()), options()); }), "No pixel has a whole spectrum"));
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
            for (const auto covariance : {MixedCovariance::Independent, MixedCovariance::Interpolated, MixedCovariance::Transport}) {
                FitOptions o = options();
                o.preprocessing = kind, o.covariance = covariance, o.classWeights = true, o.gaussians.trim = .01;
                const ShadowModel model = fitModel(*takeSample(scene, bands, labelsFromCoverage(coverage), o), o);
                std::vector<float> a;
                removeShadow(scene, bands, model, false, [&](const Removed& r) { return a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end()), true; });
                const double correlation = scoreCoverage(a, coverage).correlation;
                QVERIFY2(correlation > (kind == Preprocessing::Fraction ? .5 : .9), qPrintable(QString("%1 %2: %3").arg(static_cast<int>(kind)).arg(static_cast<int>(covariance)).arg(correlation)));
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
                const ShadowModel model = fitModel(*takeSample(scene, bands, labelsFromCoverage(coverage), o), o);
                std::vector<float> a;
                removeShadow(scene, bands, model, false, [&](const Removed& r) { return a.insert(a.end(), r.coverage->a.begin(), r.coverage->a.end()), true; });
                error[materials > 1] += scoreCoverage(a, coverage).rmse / 3;
                for (std::size_t i = 0; i < a.size(); ++i) falseShadow[materials > 1] += coverage[i] < .05F && a[i] > .5F ? 1 : 0;
            }
        }
        qInfo("coverage RMSE %.3f with one pair, %.3f with eight; lit pixels called shadow %.0f and %.0f", error[0], error[1], falseShadow[0], falseShadow[1]);
        QVERIFY(error[1] < .6 * error[0] && falseShadow[1] < .2 * falseShadow[0]);
        Eigen::MatrixXd points(40, 2);
        for (Eigen::Index i = 0; i < 40; ++i) points.row(i) << (i % 2 ? 5.0 : -5.0) + .01 * static_cast<double>(i), (i % 2 ? 3.0 : -3.0) + .02 * static_cast<double>(i % 7);
        const std::vector<int> places = cluster(points, 2);
        for (std::size_t i = 2; i < 40; ++i) QCOMPARE(places[i], places[i % 2]);
        QVERIFY(places[0] != places[1]);
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

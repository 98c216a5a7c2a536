// SPDX-License-Identifier: Apache-2.0
// The whole way over a cube: pieces as the whole, missing values, and what cannot be worked with.
#include <QtTest>
#include <cmath>
#include <limits>

#include "memory_cube.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/separability.hpp"

using namespace hyperspectral_shadows;

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
        // All lines at once, slabs of three lines on one thread and on three, and line by line by hand.
        std::vector<float> pieces, found;
        const auto line = scene.header().valuesPerLine();
        for (std::int64_t y = 0; y < 48; ++y) {
            std::vector<float> x(line), mean(40), deviation(40), out(line);
            scene.read(y, 1, x.data());
            const Eigen::MatrixXd q = threaded.features(x.data(), 40, mean.data(), deviation.data());
            const Coverage c = threaded.coverage(q, 3);
            threaded.correction->apply(x.data(), q, mean.data(), deviation.data(), c.a.data(), 40, out.data(),
                                       3);
            pieces.insert(pieces.end(), out.begin(), out.end());
            found.insert(found.end(), c.a.begin(), c.a.end());
        }
        for (const auto& [slabBytes, threads] : {std::pair{kSlabBytes, 1},
                                                 {3 * line * sizeof(float), 1},
                                                 {3 * line * sizeof(float), 3},
                                                 {line * sizeof(float), 2}}) {
            ShadowModel cut = model;
            cut.options.slabBytes = slabBytes, cut.options.threads = threads;
            std::vector<float> whole, coverage, brightness;
            std::int64_t next = 0;
            QVERIFY(removeShadow(scene, bands, cut, HardMask::No, [&](const Removed& r) {
                if (r.first != next) return false;
                next += r.count;
                whole.insert(whole.end(), r.corrected, r.corrected + r.pixels * 24);
                coverage.insert(coverage.end(), r.coverage->a.begin(), r.coverage->a.end());
                brightness.insert(brightness.end(), r.correctedMean, r.correctedMean + r.pixels);
                return true;
            }));
            QCOMPARE(coverage, found);
            QCOMPARE(whole, pieces);
            QCOMPARE(brightness, meanRadiance(whole.data(), 48 * 40, 24));
            FitOptions looking = options();
            looking.slabBytes = slabBytes, looking.threads = threads;
            const Sample again = *takeSample(scene, bands, truth, looking);
            QCOMPARE(again.x, sample.x);
            QCOMPARE(again.meanImage, sample.meanImage);
            QCOMPARE(again.heldOut, sample.heldOut);
        }
    }

    void aSampleHasRoomForItselfOnly() {
        SceneCube scene(small());
        const Bands bands = chooseBands(scene);
        FitOptions few = options();
        few.mostPixels = 700;
        for (const bool known : {true, false}) {
            std::optional<Labels> labels;
            if (known) labels = labelsFromCoverage(*scene.image("coverage"));
            const Sample sample = *takeSample(scene, bands, labels, few);
            QVERIFY(sample.size() > 300);
            QCOMPARE(sample.x.size(), sample.size() * 24);
            QCOMPARE(sample.x.capacity(), sample.x.size());
        }
    }

    void onePartWithOneClassIsLearntWithTheOther() {
        // What is held out lacks shadow: all is learnt from and judged by, whichever pixels those are.
        SceneCube scene(small());
        const Bands bands = chooseBands(scene);
        Sample sample = *takeSample(scene, bands, labelsFromCoverage(*scene.image("coverage")), options());
        for (std::size_t i = 0; i < sample.size(); ++i)
            sample.heldOut[i] = sample.labels[i] == 0 && i % 3 == 0;
        const ShadowModel some = fitModel(sample, options());
        std::fill(sample.heldOut.begin(), sample.heldOut.end(), std::uint8_t{0});
        const ShadowModel none = fitModel(sample, options());
        QCOMPARE(some.ilr.basis, none.ilr.basis);
        QCOMPARE(some.ilr.rounds[0].balancedAccuracy, none.ilr.rounds[0].balancedAccuracy);
        QVERIFY(some.ilr.rounds[0].balancedAccuracy > .9);
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
        removeShadow(cube, bands, model, HardMask::No, [&](const Removed& r) {
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
        // Radiance of the other sign gives gains above 0 all the same.
        const Labels truth = labelsFromCoverage(cube.coverage);
        for (float& v : cube.values) v = -v;
        QVERIFY(says(refusal([&] { fitModel(*takeSample(cube, bands, truth, options()), options()); }),
                     "not above 0 at band 0"));
        QVERIFY(says(refusal([&] { chooseBands(cube, 1592, 1592.1); }), "told by two or more (23 bands"));
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
                removeShadow(scene, bands, model, HardMask::No, [&](const Removed& r) {
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
                removeShadow(scene, bands, model, HardMask::No, [&](const Removed& r) {
                    for (const float v : r.coverage->a) sum[pulled] += v;
                    return true;
                });
            }
            QVERIFY2(sum[1] < .98 * sum[0],
                     qPrintable(QString("%1: %2 and %3").arg(materials).arg(sum[0]).arg(sum[1])));
        }
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

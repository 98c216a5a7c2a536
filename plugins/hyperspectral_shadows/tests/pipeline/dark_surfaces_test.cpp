// SPDX-License-Identifier: Apache-2.0
// Surfaces that are dark though the sun shines on them: a pair of Gaussians for each material, labels by the
// light, and what lies far from all that is lit.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "memory_cube.hpp"
#include "pipeline/measures.hpp"

using namespace hyperspectral_shadows;

class DarkSurfacesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
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
                removeShadow(scene, bands, model, HardMask::No, [&](const Removed& r) {
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
            removeShadow(cube, bands, model, HardMask::No, [&](const Removed& r) {
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
                removeShadow(cube, bands, model, HardMask::No, [&](const Removed& r) {
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

    void onlyTheSideOfTheShadowCounts() {
        // Lit pixels on a line of brightness; dark ones far above it (shadow), near it, and far below it.
        constexpr std::size_t kChannels = 40, kPixels = 600;
        latent::learn::RandomStream random(6, "sides");
        std::vector<float> x;
        Labels labels;
        for (std::size_t i = 0; i < kPixels; ++i) {
            const bool dark = i % 2;
            double line = 0, level = i % 4 ? 1 : .7;
            if (dark) line = i % 12 == 1 ? .1 : .15, level = .2;
            if (i % 12 == 3) line = -.05, level = .3;  // what is lit is brighter than the darkest shadow
            labels.push_back(dark ? 1 : 0);
            for (std::size_t c = 0; c < kChannels; ++c)
                x.push_back(static_cast<float>(level * (2 + std::sin(.9 * static_cast<double>(c))) +
                                               (c == 17 ? line : 0) + .002 * random.normal()));
        }
        QVERIFY(relabelBySunlight(x.data(), kPixels, kChannels, labels).tells);
        int below = 0, above = 0;
        for (std::size_t i = 3; i < kPixels; i += 12) below += labels[i] == 0 ? 1 : 0;
        for (std::size_t i = 1; i < kPixels; i += 12) above += labels[i] == 1 ? 1 : 0;
        QVERIFY2(below >= 40, qPrintable(QString("%1 of 50 below the line are lit").arg(below)));
        QCOMPARE(above, 50);
    }
};

QTEST_APPLESS_MAIN(DarkSurfacesTest)
#include "dark_surfaces_test.moc"

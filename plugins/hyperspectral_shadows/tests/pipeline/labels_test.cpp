// SPDX-License-Identifier: Apache-2.0
// Rules for labels, and the measures that judge what came of them.
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>
#include <limits>

#include "pipeline/labels.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/methane.hpp"

using namespace hyperspectral_shadows;

class LabelsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void otsuSplitsTwoHeaps() {
        std::vector<float> values;
        for (int i = 0; i < 100; ++i)
            values.push_back(1 + .01F * static_cast<float>(i % 10)),
                values.push_back(5 + .01F * static_cast<float>(i % 10));
        values.push_back(std::numeric_limits<float>::quiet_NaN());
        const Otsu split = otsu(values);
        QVERIFY(split.threshold > 1.09 && split.threshold < 5.0);
        QVERIFY(std::abs(split.meanBelow - 1.045) < .02 && std::abs(split.meanAbove - 5.045) < .02);
        values.assign(
            {1, 1.3F, 3, 4.7F, 5, 5, 1});  // the middle is nearer to the threshold than to either class
        const Labels labels = labelsFromBrightness(values, .6);
        QCOMPARE(labels[0], std::int8_t{1});
        QCOMPARE(labels[2], std::int8_t{-1});
        QCOMPARE(labels[4], std::int8_t{0});
        const Otsu far = otsu({-3e38F, -3e38F, 3e38F, 3e38F});  // whose difference is no float32
        QVERIFY(far.threshold > -3e38 && far.threshold < 3e38 && far.meanBelow < far.meanAbove);
        try {
            otsu({2, 2, 2});
            QFAIL("Equal values were split.");
        } catch (const latent::RunError& error) {
            QVERIFY(QString(error.what()).contains("equally bright"));
        }
    }

    void masksLoseTheirBorders() {
        std::vector<float> mask(7 * 7, 0.0F);
        for (int y = 2; y < 7; ++y)
            for (int x = 2; x < 7; ++x) mask[static_cast<std::size_t>(7 * y + x)] = 1;
        const Labels labels = labelsFromMask(mask, 7, 7, 1);
        QCOMPARE(labels[0], std::int8_t{0});
        QCOMPARE(labels[1 * 7 + 1], std::int8_t{-1});
        QCOMPARE(labels[2 * 7 + 2], std::int8_t{-1});
        QCOMPARE(labels[3 * 7 + 3], std::int8_t{1});
        const Labels regions = labelsFromRegions({{0, 1, 0, 0}}, {{2.5, 9, -4, .5}}, 2, 4);
        QCOMPARE(regions, (Labels{0, 0, -1, 1, -1, -1, -1, -1}));
        // Numbers of any size are cut to the image; what lies outside, or the wrong way round, labels nothing.
        QCOMPARE(labelsFromRegions({{-1e300, 1e300, -1e19, 1e19}}, {}, 2, 2), (Labels{0, 0, 0, 0}));
        QCOMPARE(labelsFromRegions({},
                                   {{1e300, 1e301, 0, 1},
                                    {0, 1, -1e300, -1e299},
                                    {1, 0, 0, 1},
                                    {NAN, 1, 0, 1},
                                    {0, NAN, 0, 1},
                                    {.2, .8, 0, 1}},
                                   2, 2),
                 (Labels{-1, -1, -1, -1}));
        QCOMPARE(labelsFromRegions({}, {{1, 1e300, 1, 1}}, 2, 2), (Labels{-1, -1, -1, 1}));
        QCOMPARE(labelsFromCoverage({0.0F, .5F, .99F}), (Labels{0, -1, 1}));
    }

    void scoresByHand() {
        const Classification c = classify({.9F, .8F, .4F, .1F, .6F}, {1, 1, 1, 0, 0});
        QCOMPARE(c.accuracy, 3.0 / 5);
        QCOMPARE(c.recall, 2.0 / 3);
        QCOMPARE(c.precision, 2.0 / 3);
        QCOMPARE(c.balancedAccuracy, .5 * (2.0 / 3 + .5));
        QCOMPARE(c.f1, 2.0 / 3);
        QCOMPARE(c.iou, .5);
        QCOMPARE(c.auc, 5.0 / 6);                                // of six pairs one is in the wrong order
        QCOMPARE(classify({.3F, .3F, .3F}, {0, 1, 1}).auc, .5);  // ties count half
        const CoverageScore s = scoreCoverage({0.0F, .5F, 1.0F, NAN}, {0.1F, .5F, .9F, 1.0F});
        QVERIFY(std::abs(s.rmse - std::sqrt(.02 / 3)) < 1e-6 && std::abs(s.bias) < 1e-6 &&
                std::abs(s.correlation - 1) < 1e-6);
        QVERIFY(std::abs(s.calibrationTrue[9] - .9) < 1e-6 && std::isnan(s.calibrationTrue[3]));
    }

    void sharesByHand() {
        QCOMPARE(percentile(std::vector<float>{5, 1, NAN, 4, 2, 3}, .5), 3.0F);
        QCOMPARE(percentile(std::vector<double>{}, .5), 0.0);
        QCOMPARE(percentile(std::vector<double>{7, 9}, 1), 9.0);
        // Ten lit pixels of which the darkest and another are called shadow; one pixel of shadow.
        std::vector<float> truth(10, 0.0F), found = truth, brightness;
        for (int i = 0; i < 10; ++i) brightness.push_back(1 + static_cast<float>(i));
        truth.push_back(1), found.push_back(1), brightness.push_back(.1F);
        found[0] = found[7] = .9F;
        const FalseShadow wrong = falseShadow(found, truth, brightness);
        QCOMPARE(wrong.ofLit, .2);
        QCOMPARE(wrong.ofDarkest, 1.0);
        QVERIFY(std::isnan(falseShadow({1}, {1}, {1}).ofLit));
        QVERIFY(!inHeldOutBlock(0, 10, 2) && inHeldOutBlock(2, 10, 2) && inHeldOutBlock(20, 10, 2) &&
                !inHeldOutBlock(22, 10, 2));
    }

    void matchedFilterFindsWhatWasPlanted() {
        constexpr std::size_t kChannels = 12, kPixels = 800;
        std::vector<float> signature, background, truth, coverage(kPixels, 1.0F), x;
        for (std::size_t c = 0; c < kChannels; ++c) signature.push_back(c % 3 ? -.05F : -.6F);
        latent::learn::RandomStream random(1, "spectra");
        for (std::size_t i = 0; i < 2 * kPixels; ++i) {
            const auto albedo = static_cast<float>(1 + .1 * random.normal());
            const float column = i % 4 ? 0 : .2F;
            if (i >= kPixels) truth.push_back(column);
            for (std::size_t c = 0; c < kChannels; ++c)
                (i < kPixels ? background : x)
                    .push_back(albedo * (100 + 3 * static_cast<float>(c)) *
                               static_cast<float>(1 + (i < kPixels ? 0 : column * signature[c]) +
                                                  .002 * random.normal()));
        }
        const MatchedFilter filter(background.data(), kPixels, kChannels, signature);
        std::vector<float> found(kPixels);
        filter.apply(x.data(), kPixels, found.data());
        const MethaneScore s = scoreMethane(found, truth, coverage);
        QCOMPARE(s.pixels, kPixels / 4.0);
        QVERIFY2(std::abs(s.slope - 1) < .12, qPrintable(QString::number(s.slope)));
        QVERIFY(s.falseEnhancement < .02);
    }
};

QTEST_APPLESS_MAIN(LabelsTest)
#include "labels_test.moc"

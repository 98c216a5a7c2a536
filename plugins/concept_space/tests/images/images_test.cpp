// SPDX-License-Identifier: Apache-2.0
// The generator of concept images: statistics of what is drawn, the pixels of a scene, exact conditions, the analytic probe, and refusals.
#include <QtTest>
#include <cmath>
#include <latent/error.hpp>
#include <numbers>

#include "data/images.hpp"

using namespace concept_space;

namespace {

constexpr int kDraws = 2000;

struct Spread {
    double mean = 0, low = 1e9, high = -1e9, variance = 0;
};

template <class Value>
Spread spreadOf(Value value) {
    Spread s;
    std::vector<double> all;
    for (int i = 0; i < kDraws; ++i) all.push_back(value(static_cast<std::uint64_t>(i)));
    for (const double v : all) {
        s.mean += v / kDraws;
        s.low = std::min(s.low, v);
        s.high = std::max(s.high, v);
    }
    for (const double v : all) s.variance += (v - s.mean) * (v - s.mean) / kDraws;
    return s;
}

/// Uniform on mean ± spread.
void verifyUniform(const Spread& s, double mean, double spread) {
    const double deviation = spread / std::numbers::sqrt3;
    QVERIFY2(std::abs(s.mean - mean) < 4.5 * deviation / std::sqrt(kDraws), std::to_string(s.mean).c_str());
    QVERIFY(s.low >= mean - spread - 1e-6 && s.high <= mean + spread + 1e-6);
    QVERIFY(std::abs(std::sqrt(s.variance) / deviation - 1) < .05);
}

}  // namespace

class ImagesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// The paper's means and ranges: colour ± C/8 a channel, radius ± 3Z/8, centre ± .5, ground .8 … 1.
    void scenesHaveTheStatistics() {
        const ImageSpec spec{.colour = .4, .size = .4};
        const auto red = [&](std::size_t channel) {
            return spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b00, i).colour[channel]; });
        };
        verifyUniform(red(0), .7, .05);
        verifyUniform(red(1), .3, .05);
        verifyUniform(red(2), .3, .05);
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b10, i).colour[2]; }), .7, .05);
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b00, i).radius; }), .65, .15);
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b01, i).radius; }), .25, .15);
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b11, i).x; }), 0, .5);
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b11, i).ground[1]; }), .9, .1);
        const ImageSpec three{.background = .4};
        verifyUniform(spreadOf([&](std::uint64_t i) { return drawScene(three, 0b001, i).ground[0]; }), .3,
                      .05);
        QCOMPARE(drawScene(three, 0b001, 3).ground[0], drawScene(three, 0b001, 3).ground[2]);  // grey
    }

    void radiiHaveAFloor() {
        const ImageSpec spec{.size = .4};
        QVERIFY(spreadOf([&](std::uint64_t i) { return drawScene(spec, 0b01, i).radius; }).low >= .1 - 1e-6);
    }

    /// A disc of radius r covers πr²/4 of the image, in its colour on the ground; a triangle as much.
    void pixelsAreTheScene() {
        for (const Figure figure : {Figure::Disc, Figure::Triangle}) {
            ImageSpec spec{.side = 64, .figure = figure, .noise = 0};
            Scene scene = meanScene(spec, 0b10);
            scene.radius = .45F;
            const std::vector<float> image = render(scene, spec, 0);
            double covered = 0;
            for (std::size_t p = 0; p < image.size(); p += 3)
                covered += (.9 - static_cast<double>(image[p])) / (.9 - .3) / (64 * 64);
            QVERIFY2(std::abs(covered / (std::numbers::pi * .45 * .45 / 4) - 1) < .06,
                     std::to_string(covered).c_str());
            const std::size_t middle = (32 * 64 + 32) * 3;
            QVERIFY(std::abs(image[middle] - .3F) < 1e-3F && std::abs(image[middle + 2] - .7F) < 1e-3F);
            QVERIFY(std::abs(image[0] - .9F) < 1e-3F);
        }
        ImageSpec noisy{.side = 32, .noise = .1};
        QVERIFY(render(meanScene(noisy, 0), noisy, 1) != render(meanScene(noisy, 0), noisy, 2));
        for (const float v : render(meanScene(noisy, 0), noisy, 1)) QVERIFY(v >= 0 && v <= 1);
    }

    void conditionsAreExact() {
        const ImageSpec spec;
        const Scene scene = drawScene(spec, 0b01, 17);
        const auto c = conditionOf(spec, scene);
        for (std::size_t i : {0U, 1U, 2U, 3U, 8U, 9U, 10U}) QCOMPARE(c[i], 0.0F);  // not varied as concepts
        for (std::size_t i = 0; i < 3; ++i) QCOMPARE(c[4 + i], scene.colour[i]);
        QCOMPARE(c[7], scene.radius);
        const ImageSpec three{.background = .4};
        QCOMPARE(conditionOf(three, drawScene(three, 1, 2))[8], drawScene(three, 1, 2).ground[0]);
        QCOMPARE(strongPrompt(spec, 0, 5), conditionOf(spec, meanScene(spec, 0b11)));
        const auto last = strongPrompt(spec, 4, 5);
        QVERIFY(std::abs(last[4] - .05F) < 1e-6F && std::abs(last[6] - .95F) < 1e-6F &&
                last[7] == strongPrompt(spec, 0, 5)[7]);
    }

    void heldOutClassesHaveTwoChanges() {
        for (int c = 0; c < 8; ++c) QCOMPARE(isHeldOut(c), c == 3 || c == 5 || c == 6 || c == 7);
        QCOMPARE(classNames({}).at(3), std::string("blue, small"));
        QCOMPARE(classNames({.background = .2}).at(0b101), std::string("blue, big, dark"));
    }

    /// The signal of a concept grows with its separation and not with the other's.
    void signalsFollowTheSeparation() {
        const ImageSpec weak{.side = 16, .colour = .2}, strong{.side = 16, .colour = .8};
        QVERIFY(conceptSignal(strong, 0) > 4 * conceptSignal(weak, 0));
        ImageSpec bigger = weak;
        bigger.size = .2;
        QVERIFY(conceptSignal(bigger, 1) < conceptSignal(weak, 1));
    }

    /// The analytic probe tells all classes of true images apart, on the right side of one half.
    void analyticProbeReadsTrueImages() {
        for (const ImageSpec& spec :
             {ImageSpec{.side = 16}, ImageSpec{.side = 32, .colour = .2},
              ImageSpec{.side = 32, .background = .4}, ImageSpec{.side = 32, .figure = Figure::Triangle}})
            for (int c = 0; c < spec.classes(); ++c) {
                int right = 0;
                for (std::uint64_t i = 0; i < 50; ++i) {
                    const std::vector<double> read =
                        readConcepts(spec, render(drawScene(spec, c, i), spec, i).data());
                    QCOMPARE(read.size(), static_cast<std::size_t>(spec.concepts()));
                    bool all = true;
                    for (int k = 0; k < spec.concepts(); ++k)
                        all = all && (read[static_cast<std::size_t>(k)] > .5) == (conceptOf(spec, c, k) == 1);
                    right += all ? 1 : 0;
                }
                QVERIFY2(
                    right >= 45,
                    (classNames(spec)[static_cast<std::size_t>(c)] + ": " + std::to_string(right)).c_str());
            }
    }

    void imagesDoNotDependOnEachOther() {
        const ImageSpec spec{.side = 16, .seed = 5};
        QVERIFY(render(drawScene(spec, 1, 9), spec, 9) == render(drawScene(spec, 1, 9), spec, 9));
        ImageSpec other = spec;
        other.seed = 6;
        QVERIFY(render(drawScene(spec, 1, 9), spec, 9) != render(drawScene(other, 1, 9), other, 9));
    }

    void impossibleOnesAreRefused() {
        const auto why = [](ImageSpec spec) {
            try {
                spec.validate();
            } catch (const std::exception& e) {
                return QString::fromUtf8(e.what());
            }
            return QString();
        };
        QVERIFY(why({}).isEmpty());
        QVERIFY(why({.mask = 1.5}).contains("'mask'"));
        QVERIFY(why({.colour = .9}).contains("'sep_colour'"));
        QVERIFY(why({.side = 2}).contains("'side'"));
        QVERIFY(why({.side = 256, .perClass = 1'000'000}).contains("'samples_per_class'"));
        QVERIFY(why({.side = 256, .perClass = 2048}).isEmpty());
        // What makes no images is not asked whether they fit in memory, and for its values all the same.
        ImageSpec many{.side = 256, .perClass = 1'000'000};
        many.validateValues();
        many.noise = 2;
        QVERIFY_EXCEPTION_THROWN(many.validateValues(), latent::UsageError);
        QVERIFY(why({.size = std::nan("")}).contains("'sep_size'"));
    }
};

QTEST_APPLESS_MAIN(ImagesTest)
#include "images_test.moc"

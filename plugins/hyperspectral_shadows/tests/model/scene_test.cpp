// SPDX-License-Identifier: Apache-2.0
// The synthetic scene: line shapes against their limits, and the truth that it claims.
#include <QtTest>
#include <cmath>
#include <numbers>

#include "model/scene/gas.hpp"
#include "model/scene/scene.hpp"

using namespace hyperspectral_shadows;

class SceneTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void voigtHasUnitAreaAndItsLimits() {
        double area = 0;
        for (int i = -40'000; i <= 40'000; ++i) area += .01 * voigt(.01 * i, .5, .2);
        QVERIFY(std::abs(area + 2 * .2 / (std::numbers::pi * 400) - 1) <
                1e-4);  // the wings beyond are Lorentzian
        for (const double x : {0.0, .3, 1.0}) {
            const double gauss = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi),
                         lorentz = 1 / (std::numbers::pi * (1 + x * x));
            QVERIFY(std::abs(voigt(x, 1, 1e-7) - gauss) < 1e-6);
            QVERIFY(std::abs(voigt(x, 1e-3, 1) - lorentz) < 1e-5);
        }
    }

    void theInstrumentKeepsConstantsAndWidths() {
        const std::vector<double> channels = {1600, 1600.5, 1601};
        const std::vector<double> grid = fineGrid(channels, .002), flat(grid.size(), 3.0);
        for (const double v : throughInstrument(grid, flat, channels, .28)) QVERIFY(std::abs(v - 3) < 1e-12);
        // A narrow line, seen by channels across it: half height at half the width.
        std::vector<double> line(grid.size(), 0.0), fine;
        for (std::size_t i = 0; i < grid.size(); ++i)
            line[i] = std::abs(grid[i] - 1600.5) < .0011 ? 1.0 : 0.0;
        for (const double offset : {0.0, .14}) fine.push_back(1600.5 + offset);
        const std::vector<double> seen = throughInstrument(grid, line, fine, .28);
        QVERIFY(std::abs(seen[1] / seen[0] - .5) < .02);
    }

    void aSceneIsAFunctionOfItsSeed() {
        const SceneSpec spec{.lines = 20, .samples = 24, .bands = 16, .tier = Tier::Hard, .seed = 5};
        SceneCube a(spec), b(spec);
        const std::size_t line = 24 * 16;
        std::vector<float> whole(20 * line), parts(20 * line);
        a.read(0, 20, whole.data());
        for (const std::int64_t first : {13, 0, 7})
            b.read(first,
                   first == 13  ? 7
                   : first == 7 ? 6
                                : 7,
                   parts.data() + static_cast<std::size_t>(first) * line);
        QCOMPARE(whole, parts);
        SceneCube other({.lines = 20, .samples = 24, .bands = 16, .tier = Tier::Hard, .seed = 6});
        other.read(0, 20, parts.data());
        QVERIFY(whole != parts);
    }

    void radianceMixesLinearlyAndTheTruthIsItsLitEnd() {
        SceneCube scene({.lines = 48, .samples = 48, .bands = 24, .seed = 2});
        const auto coverage = *scene.image("coverage"), hard = *scene.image("hard_mask");
        std::vector<float> x(48 * 48 * 24), truth(x.size()), sigma(x.size());
        scene.read(0, 48, x.data());
        scene.readUnshadowed(0, 48, truth.data());
        scene.readUncertainty(0, 48, sigma.data());
        double lit = 0, square = 0, mixed = 0, count = 0;
        float darkest = 1;
        for (std::size_t i = 0; i < coverage.size(); ++i) {
            QVERIFY(coverage[i] >= 0 && coverage[i] <= 1);
            if (coverage[i] > 0 && coverage[i] < 1) mixed += 1;
            for (std::size_t c = 0; c < 24; ++c) {
                const float t = truth[i * 24 + c], ratio = x[i * 24 + c] / t;
                if (coverage[i] == 0)
                    lit += 1, square += std::pow((x[i * 24 + c] - t) / sigma[i * 24 + c], 2);
                if (coverage[i] > .999F) darkest = std::min(darkest, ratio), count += 1;
            }
        }
        QVERIFY(lit > 10'000 && mixed > 100 && count > 100);
        QVERIFY(std::abs(square / lit - 1) < .05);  // noise is what it is said to be
        QVERIFY(darkest > .03 && darkest < .2);     // diffuse light alone
        double snr = 0;
        for (std::size_t c = 0; c < 24; ++c) snr += truth[c] / sigma[c] / 24;
        QVERIFY(coverage[0] > 0 || (snr > 110 && snr < 190));
        QCOMPARE(std::count_if(hard.begin(), hard.end(), [](float h) { return h != 0 && h != 1; }),
                 std::ptrdiff_t{0});
    }

    void plumesAbsorb() {
        const SceneSpec spec{.lines = 40, .samples = 40, .bands = 64, .plumes = 1, .seed = 4};
        SceneSpec without = spec;
        without.plumes = 0;
        SceneCube with(spec), plain(without);
        const auto column = *with.image("methane");
        const auto peak =
            static_cast<std::size_t>(std::max_element(column.begin(), column.end()) - column.begin());
        QVERIFY(std::abs(column[peak] - .15F) < 1e-3);
        const float there = (*with.image("coverage"))[peak];
        QVERIFY(there > .4F && there < .6F);
        std::vector<float> a(40 * 40 * 64), b(a.size());
        with.readUnshadowed(0, 40, a.data());
        plain.readUnshadowed(0, 40, b.data());
        for (std::size_t c = 0; c < 64;
             ++c) {  // to first order by the signature; light from the path dilutes it where lines are deep
            const double change = a[peak * 64 + c] / b[peak * 64 + c] - 1,
                         expected = .15 * with.methaneSignature()[c];
            QVERIFY(std::abs(change - expected) < .12 * std::abs(expected) + .6 * expected * expected + 1e-4);
        }
    }
};

QTEST_APPLESS_MAIN(SceneTest)
#include "scene_test.moc"

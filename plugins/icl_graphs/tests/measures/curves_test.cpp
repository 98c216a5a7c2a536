// SPDX-License-Identifier: Apache-2.0
// Memorisation formulae, counting learners, observed edges, and fits over the context.
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "measures/baselines.hpp"
#include "measures/context_curves.hpp"
#include "measures/neighbour_mass.hpp"

using namespace icl_graphs;

namespace {
bool isNear(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }
std::vector<double> contexts() {
    std::vector<double> x;
    for (int i = 0; i <= 60; ++i) x.push_back(std::exp(std::log(2.) + i * std::log(1000.) / 60));
    return x;
}
}  // namespace

class CurvesTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void memorisationHasThePapersNumbers() {
        for (const auto& [n, l, p1, p2] : {std::tuple{16, 10, .4755, .1259},
                                           {16, 20, .7249, .3582},
                                           {16, 50, .9603, .8281},
                                           {16, 100, .9984, .9879},
                                           {10, 10, .6513, .2639}}) {
            QVERIFY(isNear(memorisation(n, l).first, p1, 5e-5));
            QVERIFY(isNear(memorisation(n, l).second, p2, 5e-5));
        }
        QVERIFY(isNear(memorisation(30, 50).first, .8164, 5e-5) &&
                isNear(memorisation(30, 50).second, .4999, 5e-5));
    }
    void walksRememberLessThanIndependentDraws() {
        const std::vector<Graph> grid{makeGrid(4, 4)};
        const WalkMemorisation walk = walkMemorisation(grid, {.length = 60}, 2000, 1);
        QVERIFY(isNear(walk.once[0], 1. / 16, 1e-12));
        QVERIFY(walk.once[19] < memorisation(16, 20).first - .1);  // it goes back and forth
        QVERIFY(walk.twice[19] < walk.once[19]);
        // Independent tokens give the formula: a complete graph with loops is a teleport at every step.
        const WalkMemorisation free = walkMemorisation(grid, {.length = 60, .teleport = 1}, 4000, 2);
        for (const int l : {10, 20, 50}) {
            QVERIFY(isNear(free.once[static_cast<std::size_t>(l) - 1], memorisation(16, l).first, .01));
            QVERIFY(isNear(free.twice[static_cast<std::size_t>(l) - 1], memorisation(16, l).second, .01));
        }
    }
    void countingLearners() {
        const std::vector<Graph> ring{makeRing(6)};
        Sequence s;
        s.nodes = {0, 1, 2, 1, 0, 5};
        s.graph.assign(6, 0);
        s.follows = {true, true, true, true, true, false};
        const CountBaselines b = countBaselines(ring, s);
        QVERIFY(isNear(b.unigram[0], 0, 1e-12));  // only 0 has been seen, which is not its own neighbour
        QVERIFY(isNear(b.unigram[1], .5, 1e-12));
        QVERIFY(isNear(b.induction[3], 1, 1e-12));  // 1 was followed by 2
        QVERIFY(
            isNear(b.induction[2], 1. / 3, 1e-12));  // 2 is new: {0, 1, 2} seen once each, 1 is a neighbour
        QVERIFY(std::isnan(b.unigram[5]));
    }
    void edgesThatWereSeen() {
        const ObservedEdges o = observedEdges(
            makeGrid(2, 2), {{0, 1, 0, 2, 3}, {0, 0, 0, 0, 0}, {true, true, true, true, false}});
        QVERIFY((o.fraction == std::vector<double>{0, .25, .25, .5, .75}));
        QVERIFY((o.giant == std::vector<double>{.25, .5, .5, .75, 1}));
        // Of pairs only the pair shows an edge, not the two words where one pair ends and the next begins.
        const ObservedEdges pairs =
            observedEdges(makeGrid(2, 2), {{0, 1, 3, 2}, {0, 0, 0, 0}, {true, false, true, false}});
        QVERIFY((pairs.fraction == std::vector<double>{0, .25, .25, .5}));
    }
    void aKneeIsFoundAndASigmoidIsNot() {
        latent::learn::RandomStream random(3, "noise");
        const std::vector<double> x = contexts();
        std::vector<double> broken, smooth, power;
        for (const double c : x) {
            const double u = std::log(c) - std::log(60.);
            broken.push_back(.3 + (u < 0 ? .02 : .25) * u + .005 * random.normal());
            smooth.push_back(.2 + .7 / (1 + std::exp(-u / 1.2)) + .005 * random.normal());
            power.push_back(.1 * std::pow(c, .3) * std::exp(.01 * random.normal()));
        }
        const auto knee = compareOnset(x, broken);
        QVERIFY(knee && knee->heldOutRatio < .8);
        QVERIFY(compareOnset(x, smooth)->heldOutRatio > 1.5);
        QVERIFY(compareOnset(x, power)->heldOutRatio > 1.5);
        const auto s = fitSigmoid(x, smooth);
        QVERIFY(isNear(s->middle, std::log(60.), .1) && isNear(s->low, .2, .05) && isNear(s->high, .9, .05));
        QVERIFY(!compareOnset(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2, 3}));
    }
    /// How many times steeper: the planted ratio lies in its interval, and what has no finite end has none.
    void slopesAreCompared() {
        const auto curve = [](const std::vector<double>& x, double before, double after, double noise,
                              std::uint64_t seed) {
            latent::learn::RandomStream random(seed, "noise");
            std::vector<double> y;
            for (const double c : x) {
                const double u = std::log(c) - std::log(60.);
                y.push_back(.3 + (u < 0 ? before : after) * u + noise * random.normal());
            }
            return y;
        };
        const std::vector<double> x = contexts();
        const SlopeRatio exact = *compareSlopes(x, curve(x, .05, .2, 0, 1));
        QVERIFY(isNear(exact.ratio, 4, .2) && isNear(exact.low, 4, .2) && isNear(exact.high, 4, .2));
        QVERIFY(isNear(std::log(exact.line.criticalContext()), std::log(60.), .05));
        QVERIFY(isNear(exact.line.before, .05, .01) && isNear(exact.line.after, .2, .01));
        // As many contexts as the presets have, and more: a 95 % interval, of 100 curves.
        for (const int n : {16, 24, 61}) {
            std::vector<double> at;
            for (int i = 0; i < n; ++i) at.push_back(4 * std::pow(900. / 4, i / (n - 1.)));
            int covered = 0;
            for (std::uint64_t seed = 0; seed < 100; ++seed) {
                const SlopeRatio s = *compareSlopes(at, curve(at, .05, .2, .02, seed));
                // No number: the end is not finite.
                covered += (std::isnan(s.low) || s.low < 4) && (std::isnan(s.high) || 4 < s.high);
            }
            QVERIFY2(covered >= 89 && covered < 100, qPrintable(QString("%1 of %2").arg(covered).arg(n)));
        }
        const SlopeRatio flat = *compareSlopes(x, curve(x, 0, .2, .01, 3));
        QVERIFY(flat.low > 5 && std::isnan(flat.high));  // nothing before: no finite end
        const SlopeRatio saturates = *compareSlopes(x, curve(x, .2, .02, .01, 3));
        QVERIFY(saturates.high < .3 && saturates.low > -.1);
        const SlopeRatio falls = *compareSlopes(x, curve(x, -.05, -.2, .01, 3));  // energies fall
        QVERIFY(falls.low > 1.5 && falls.high < 12 && falls.line.after < 0);
        QVERIFY(!compareSlopes(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2, 3}));
    }
    /// Of two graphs the one that makes the next step counts, not the one that made the last: who knew each next word is
    /// always right.
    void mixturesAreScoredByTheStepToCome() {
        const std::vector<Graph> two{makeRing(12), makeGrid(3, 4)};
        const Sequence s = makeSequence(two, {.length = 400, .switching = .5}, 5, 0);
        std::vector<float> next(400 * 12, 0);
        for (std::size_t t = 0; t + 1 < 400; ++t) next[t * 12 + static_cast<std::size_t>(s.nodes[t + 1])] = 1;
        const std::vector<double> mass = neighbourMass(two, s, next);
        const CountBaselines counted = countBaselines(two, s);
        std::vector<double> seen(12, 0);
        for (std::size_t t = 0; t < 400; ++t) {
            seen[static_cast<std::size_t>(s.nodes[t])] += 1;
            if (!s.follows[t]) continue;
            QCOMPARE(mass[t], 1.0);
            double valid = 0;
            for (int v = 0; v < 12; ++v)
                if (two[static_cast<std::size_t>(s.graph[t + 1])].adjacent(s.nodes[t], v))
                    valid += seen[static_cast<std::size_t>(v)];
            QCOMPARE(counted.unigram[t], valid / static_cast<double>(t + 1));
        }
    }
    /// Worked out by hand: whose turn it is at each step, and what the other graph's neighbours get.
    void turnsAreTold() {
        const std::vector<Graph> two{fromEdges(3, {{0, 1}, {1, 2}}), fromEdges(3, {{0, 2}, {1, 2}})};
        const Sequence s{{0, 1, 2, 1, 2}, {0, 0, 1, 0, 1}, {true, true, true, true, false}};
        std::vector<float> p;
        for (const float scale : {.1F, .2F, .3F, .4F, .5F})
            for (const float each : {1.F, .1F, .01F}) p.push_back(scale * each);
        TurnMass mass(two, 5);
        mass.add(s, p);
        const std::vector<double> first{.01, NAN, .03, NAN, NAN}, second{NAN, .002, NAN, .004, NAN},
            other{.001, .202, .33, .404, NAN};
        for (std::size_t t = 0; t < 5; ++t)
            for (const auto& [found, known] : {std::pair{mass.turn(0)[t], first[t]},
                                               {mass.turn(1)[t], second[t]},
                                               {mass.other()[t], other[t]}})
                QVERIFY2(std::isnan(known) ? std::isnan(found) : isNear(found, known, 1e-7),
                         qPrintable(QString("%1: %2").arg(t).arg(found)));
    }
    /// Each draw moves the words of all sequences alike; several behind each other are several.
    void permutedLabelsAreAveraged() {
        const std::vector<Graph> one{makePath(4)};
        const Sequence a{{0, 1, 2}, {0, 0, 0}, {true, true, false}},
            b{{3, 2, 1}, {0, 0, 0}, {true, true, true}};
        std::vector<float> p, both;
        for (int i = 0; i < 12; ++i) p.push_back(.01F * static_cast<float>(i * i));
        both = p;
        both.insert(both.end(), p.begin(), p.end());
        PermutedMass mass(one, 20, 7, 3), together(one, 20, 7, 3);
        mass.add(a, p);
        mass.add(b, p);
        together.add({{0, 1, 2, 3, 2, 1}, {0, 0, 0, 0, 0, 0}, {true, true, false, true, true, true}}, both);
        const auto moved = permutedGraphs(one, 20, 7);
        for (std::size_t d = 0; d < 20; ++d) {
            const std::vector<double> first = neighbourMass(moved[d], a, p),
                                      second = neighbourMass(moved[d], b, p);
            for (std::size_t t = 0; t < 3; ++t) {
                QVERIFY(isNear(mass.curves()[d][t], t < 2 ? (first[t] + second[t]) / 2 : second[t], 1e-12));
                QVERIFY(isNear(together.curves()[d][t], mass.curves()[d][t], 1e-12));
            }
        }
        QVERIFY(mass.curves()[0] != mass.curves()[1] || mass.curves()[1] != mass.curves()[2]);
    }
    void meansBeforeContexts() {
        const std::vector<double> values{1, 2, NAN, 4, 5, NAN};
        const std::vector<std::int64_t> positions{0, 1, 2, 3, 4, 5}, contexts{1, 2, 3, 5, 6, 9};
        const std::vector<double> whole = meanBefore(values, contexts, 2),
                                  each = meanBefore(values, positions, contexts, 2);
        const std::vector<double> expected{1, 1.5, 2, 4.5, 5, NAN};
        for (std::size_t c = 0; c < expected.size(); ++c)
            for (const double mean : {whole[c], each[c]})
                QVERIFY(std::isnan(expected[c]) ? std::isnan(mean) : mean == expected[c]);
    }
    void halfChangesAndPowers() {
        const std::vector<double> x = contexts();
        std::vector<double> y, flat(x.size(), .5);
        for (const double c : x) y.push_back(std::log(c) / std::log(2000.));
        const double half = *halfChange(x, y);
        QVERIFY(isNear(std::log(half), (std::log(2.) + std::log(2000.)) / 2, .05));
        for (double& v : y) v = 1 - v;  // falling curves too
        QVERIFY(isNear(*halfChange(x, y), half, 1e-6));
        QVERIFY(!halfChange(x, flat, .01));
        std::vector<double> law;
        for (const double c : x) law.push_back(3 * std::pow(c, -.7));
        const auto fitted = fitPowerLaw(x, law);
        QVERIFY(isNear(fitted->exponent, -.7, 1e-10) &&
                isNear(fitted->at(10), 3 * std::pow(10, -.7), 1e-10) && fitted->exponentError < 1e-8);
    }
};

QTEST_APPLESS_MAIN(CurvesTest)
#include "curves_test.moc"

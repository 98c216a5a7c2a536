// SPDX-License-Identifier: Apache-2.0
// What is trained on: nothing held out, exact conditions, masks within their bounds; and what is asked for.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <set>

#include "model/diffusion/concept_set.hpp"

using namespace concept_space;

namespace {

ImageSpec small(ImageSpec spec = {}) {
    spec.side = 8;
    spec.perClass = 200;
    return spec;
}

std::size_t masked(const ConceptSet& set, int itsClass) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < set.size(); ++i)
        if (set.label(i) == itsClass &&
            std::all_of(set.condition(i).begin() + 4, set.condition(i).begin() + 7,
                        [](float v) { return v == 0; }))
            ++n;
    return n;
}

}  // namespace

class ConceptSetTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    /// Neither by label nor by what is on the images or in the conditions is there anything blue and small.
    void heldOutClassesAreAbsent() {
        const ConceptSet set = ConceptSet::images(small());
        QCOMPARE(set.size(), std::size_t{600});
        QCOMPARE(set.trainSize(), std::size_t{510});
        std::set<int> labels;
        for (std::size_t i = 0; i < set.size(); ++i) {
            labels.insert(set.label(i));
            const auto c = set.condition(i);
            const bool blue = c[6] > c[4], isSmall = c[7] < .45F;
            QVERIFY(!(blue && isSmall));
            QCOMPARE(blue ? 2 : isSmall ? 1 : 0, set.label(i));
        }
        QCOMPARE(labels, (std::set<int>{0, 1, 2}));
        ImageSpec three = small({.background = .4});
        const ConceptSet of3 = ConceptSet::images(three);
        for (std::size_t i = 0; i < of3.size(); ++i)
            QVERIFY(of3.label(i) == 0 || of3.label(i) == 1 || of3.label(i) == 2 || of3.label(i) == 4);
        QCOMPARE(of3.heldOut(), 7);
    }

    void samplesAreShuffled() {
        const ConceptSet set = ConceptSet::images(small());
        int first = 0;
        for (std::size_t i = 0; i < 200; ++i) first += set.label(i) == 0 ? 1 : 0;
        QVERIFY(first > 30 && first < 110);
    }

    void masksHideTheColourOfOneClass() {
        QCOMPARE(masked(ConceptSet::images(small()), 1), std::size_t{0});
        QCOMPARE(masked(ConceptSet::images(small({.mask = 1})), 1), std::size_t{200});
        const ConceptSet half = ConceptSet::images(small({.mask = .5}));
        QVERIFY(masked(half, 1) > 70 && masked(half, 1) < 130);
        QCOMPARE(masked(half, 0) + masked(half, 2), std::size_t{0});
        for (std::size_t i = 0; i < half.size(); ++i) QVERIFY(half.condition(i)[7] > 0);  // the size stays
        // Vectors: −1, which no condition is; 0 is what the class has itself.
        for (const double share : {0., 1.}) {
            const ConceptSet set = ConceptSet::vectors({.perClass = 100, .mask = share});
            for (std::size_t i = 0; i < set.size(); ++i)
                QCOMPARE(set.condition(i)[0] == -1, share == 1 && set.label(i) == 1);
        }
        QVERIFY_EXCEPTION_THROWN(ConceptSet::images(small({.mask = 1.01})), std::exception);
        QVERIFY_EXCEPTION_THROWN(ConceptSet::vectors({.mask = -.1}), std::exception);
    }

    void promptsLeadAwayFromTheClass() {
        const ConceptSet set = ConceptSet::images(small({.colour = .2}));
        QCOMPARE(set.prompts().front(), set.meanCondition(3));
        for (std::size_t k = 1; k < set.prompts().size(); ++k)
            QVERIFY(set.prompts()[k][6] > set.prompts()[k - 1][6] &&
                    set.prompts()[k][4] < set.prompts()[k - 1][4]);
    }

    void vectorsAreGaussians() {
        const VectorSpec spec{.first = .4, .second = .8, .perClass = 4000};
        const ConceptSet set = ConceptSet::vectors(spec);
        double sum = 0, squares = 0, n = 0;
        for (std::size_t i = 0; i < set.size(); ++i) {
            const double off = static_cast<double>(set.x(i)[1]) - static_cast<double>(set.condition(i)[1]);
            sum += off;
            squares += off * off;
            ++n;
        }
        QVERIFY(std::abs(sum / n) < 4.5 * .05 / std::sqrt(n));
        QVERIFY(std::abs(std::sqrt(squares / n) / .05 - 1) < .03);
        const std::vector<float> x{.4F, .2F};
        QVERIFY(std::abs(set.read(x.data())[0] - 1) < 1e-6 && std::abs(set.read(x.data())[1] - .25) < 1e-6);
        QCOMPARE(set.meanCondition(3), (std::vector<float>{.4F, .8F}));
    }
};

QTEST_APPLESS_MAIN(ConceptSetTest)
#include "concept_set_test.moc"

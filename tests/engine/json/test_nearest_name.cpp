// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/json/nearest_name.hpp"

using namespace latent::engine;

class TestNearestName : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void distances() {
        QCOMPARE(editDistance("", ""), std::size_t{0});
        QCOMPARE(editDistance("abc", ""), std::size_t{3});
        QCOMPARE(editDistance("sgima", "sigma"), std::size_t{1});  // neighbours swapped
        QCOMPARE(editDistance("kitten", "sitting"), std::size_t{3});
        QCOMPARE(editDistance("ca", "abc"), std::size_t{3});  // the restricted form
    }
    void isSymmetricAndATriangle() {
        const std::vector<std::string> words = {"mu", "sigma", "sgima", "variance", "steps", "step", "t_end"};
        for (const auto& a : words) {
            for (const auto& b : words) {
                QCOMPARE(editDistance(a, b), editDistance(b, a));
                QCOMPARE(editDistance(a, b) == 0, a == b);
            }
        }
    }
    void suggests() {
        const std::vector<std::string> known = {"mu", "sigma", "variance", "steps"};
        QCOMPARE(nearestName("sgima", known).value_or("-"), std::string("sigma"));
        QCOMPARE(nearestName("step", known).value_or("-"), std::string("steps"));
        QVERIFY(!nearestName("learning_rate", known));
        QVERIFY(!nearestName("xy", {"mu"}));
        QVERIFY(!nearestName("", known));
        QVERIFY(!nearestName(std::string(100000, 'a'), known));
        QCOMPARE(didYouMean("stesp", known), std::string("; did you mean \"steps\"?"));
    }
    void lists() {
        QCOMPARE(listed({}), std::string());
        QCOMPARE(listed({"a"}), std::string("a"));
        QCOMPARE(listed({"a", "b", "c"}), std::string("a, b and c"));
        QCOMPARE(listed({"a", "b"}, "or"), std::string("a or b"));
        QCOMPARE(listed({"a", "b", "c", "d"}, "and", 2), std::string("a, b and 2 more"));
    }
};

QTEST_APPLESS_MAIN(TestNearestName)
#include "test_nearest_name.moc"

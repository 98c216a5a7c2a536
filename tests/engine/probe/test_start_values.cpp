// SPDX-License-Identifier: Apache-2.0
// What a question starts from: defaults, the run, a preset, and what is given, in this order.
#include <QTest>
#include <latent/schema.hpp>

#include "engine/probe/start_values.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

SchemaModel schemaOf() {
    using namespace latent;
    const Schema schema = Schema{}
                              .add(integer("dim", 2).range(1, 9))
                              .add(numbers("mu", {1, 1}).length("dim"))
                              .add(number("variance", 1).exclusiveWith("sigma"))
                              .add(number("sigma").optional())
                              .add(integer("steps", 100).range(1, 1000))
                              .preset("three", {{"dim", 3}, {"mu", {1, 2, 3}}})
                              .preset("wide", {{"variance", 9}});
    const auto model = SchemaModel::fromJson(schema.toJson(), "The parameters of a test");
    if (!model) qFatal("%s", model.error().message.c_str());
    return *model;
}

/// Of a run in four dimensions, with a parameter and a value that the question does not take.
const json kRun = {{"dim", 4},     {"mu", {1, 2, 3, 4}}, {"variance", nullptr},
                   {"sigma", 0.5}, {"steps", 5000},      {"optimiser", "adam"}};

json resolved(const json& run, const char* preset, std::vector<Assignment> given = {}) {
    const auto values = resolveQuestion(schemaOf(), run, preset, std::move(given));
    return values ? *values : json(values.error().message);
}

json expected(int dim, json mu, json variance, json sigma, int steps = 100) {
    return {{"dim", dim},
            {"mu", std::move(mu)},
            {"variance", std::move(variance)},
            {"sigma", std::move(sigma)},
            {"steps", steps}};
}

}  // namespace

class TestStartValues : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theRunComesBeforeDefaults() {
        QCOMPARE(resolved(json::object(), ""), expected(2, {1, 1}, 1, nullptr));
        QCOMPARE(resolved(kRun, ""), expected(4, {1, 2, 3, 4}, nullptr, 0.5));
        QCOMPARE(takenValues(schemaOf(), kRun), json({{"dim", 4}, {"mu", {1, 2, 3, 4}}, {"sigma", 0.5}}));
    }
    void whatNoLongerFitsIsLeftOut() {
        // The dimension is out of range, and without it the list has a wrong length.
        QCOMPARE(resolved({{"dim", 40}, {"mu", {1, 2, 3, 4}}}, ""), expected(2, {1, 1}, 1, nullptr));
    }
    void aPresetChangesTheRun() {
        QCOMPARE(resolved(kRun, "three"), expected(3, {1, 2, 3}, nullptr, 0.5));
        QCOMPARE(resolved(kRun, "wide"), expected(4, {1, 2, 3, 4}, 9, nullptr));
    }
    void whatIsGivenChangesAll() {
        QCOMPARE(resolved(kRun, "", {{"variance", "2", true}}), expected(4, {1, 2, 3, 4}, 2, nullptr));
        QCOMPARE(resolved(kRun, "wide", {{"sigma", 3, false}}), expected(4, {1, 2, 3, 4}, nullptr, 3));
        QCOMPARE(resolved(kRun, "three", {{"steps", "7", true}}), expected(3, {1, 2, 3}, nullptr, 0.5, 7));
        // Not given is not a choice of the other.
        QCOMPARE(resolved(kRun, "", {{"variance", "", true}}), expected(4, {1, 2, 3, 4}, nullptr, 0.5));
        // What does not fit the run is said, not replaced by a default.
        QVERIFY(resolved(kRun, "", {{"dim", 3, false}}).is_string());
        QVERIFY(resolved(kRun, "thre").is_string());
    }
};

QTEST_APPLESS_MAIN(TestStartValues)
#include "test_start_values.moc"

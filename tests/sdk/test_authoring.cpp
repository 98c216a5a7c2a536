// SPDX-License-Identifier: Apache-2.0
// What the authoring layer promises an author by itself, before any host: names, states, conditions and parts of runs.
#include <QTest>
#include <latent/latent.hpp>

#include "../learn/fake_job.hpp"

using namespace latent;
using nlohmann::json;

namespace {

/// A run with the array `field` of 2 x 3 and the metric `acc/test`, that notes what it was asked to read.
struct FakeRun final : abi::IRun1 {
    int reads = 0;
    int32_t describe(abi::ISink* out, abi::ISink*) noexcept override {
        boundary::send(out, json{{"id", "r"},
                                 {"parameters", json::object()},
                                 {"arrays", {{"field", {{"shape", {2, 3}}}}}},
                                 {"metrics", {"acc/test"}}}
                                .dump());
        return abi::kOk;
    }
    int32_t read(const abi::Text*, const int64_t*, const int64_t*, abi::Array* out,
                 abi::ISink*) noexcept override {
        static const double value = 7;
        ++reads;
        *out = {&value, nullptr, nullptr, nullptr, nullptr, static_cast<int32_t>(F64), 0};
        return abi::kOk;
    }
};

/// As text, which is what can be compared and shown.
std::string condition(const Parameter& parameter) {
    return parameter.toJson().at("visible_when").at("equals").dump();
}

}  // namespace

class Authoring : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aMetricTakesNamesOfFilesOnly() {
        FakeJob host;
        Job job(&host);
        for (const char* name : {"loss", "loss/test", "Loss-1.5", "step", "1st"}) job.metric(name, 0, 1);
        QCOMPARE(host.metrics.size(), std::size_t{5});
        for (const char* name :
             {"train loss", "", "a//b", "/a", "a/", ".a", "a/.b", "a/step", "a/value/b", "größe"})
            QVERIFY_EXCEPTION_THROWN(job.metric(name, 0, 1), UsageError);
        QVERIFY_EXCEPTION_THROWN(job.metric(std::string(201, 'a'), 0, 1), UsageError);
        QCOMPARE(host.metrics.size(), std::size_t{5});
    }

    void aStateWithoutValuesIsAnEmptyOne() {
        const std::vector<double> w{1, 2};
        State state;
        state.values = {{"x", 1}};
        state.add(State{{}, {{"w", w}}});
        QCOMPARE(state.values.dump(), std::string(R"({"x":1})"));
        QCOMPARE(state.arrays.size(), std::size_t{1});
        State bare{{}, {{"w", w}}};
        bare.add({{{"y", 2}}, {}});
        QCOMPARE(bare.values.dump(), std::string(R"({"y":2})"));

        FakeJob host;
        Job job(&host);
        job.checkpoint(3, State{{}, {{"w", w}}});
        QCOMPARE(host.state, std::string("{}"));
        host.resumes = true;
        QCOMPARE(job.resumed()->values().value("x", 5), 5);
        host.state = "null";  // of a checkpoint that was made before
        QCOMPARE(job.resumed()->values().value("x", 5), 5);
    }

    void aConditionTakesEveryValueAndListsInBraces() {
        QCOMPARE(condition(flag("f", true).visibleWhen("n", 0)), std::string(R"([0])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", 3)), std::string(R"([3])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", true)), std::string(R"([true])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", "a")), std::string(R"(["a"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", std::string("a"))), std::string(R"(["a"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", json("a"))), std::string(R"(["a"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", {0})), std::string(R"([0])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", {1, 2})), std::string(R"([1,2])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", {"a"})), std::string(R"(["a"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", {"a", "b"})), std::string(R"(["a","b"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", {"a", "b", "c"})),
                 std::string(R"(["a","b","c"])"));
        QCOMPARE(condition(flag("f", true).visibleWhen("n", std::vector<json>{1, 2})),
                 std::string(R"([1,2])"));
    }

    void aRunHasWhatItCanRead() {
        FakeRun host;
        const Run run(&host);
        for (const char* name : {"field", "metrics/acc/test/step", "metrics/acc/test/value"})
            QVERIFY(run.has(name));
        for (const char* name : {"none", "metrics/acc/test", "metrics/acc", "acc/test", "metrics/none/value"})
            QVERIFY(!run.has(name));
    }

    void aPartOfARunIsAskedForInAllDimensions() {
        FakeRun host;
        const Run run(&host);
        run.read("field", {1, 0}, {1, 3});
        run.read("field", {1, 0}, {});
        run.read("field", {}, {1, 3});
        run.read("metrics/acc/test/value", {0}, {1});
        run.read("none");
        QCOMPARE(host.reads, 5);
        QVERIFY_EXCEPTION_THROWN(run.read("field", {1}, {1}), UsageError);
        QVERIFY_EXCEPTION_THROWN(run.read("field", {1, 0}, {1}), UsageError);
        QVERIFY_EXCEPTION_THROWN(run.read("field", {1, 0, 0}, {}), UsageError);
        QVERIFY_EXCEPTION_THROWN(run.read("metrics/acc/test/value", {0, 0}, {1, 1}), UsageError);
        QVERIFY_EXCEPTION_THROWN(run.read("none", {0}, {1}), RunError);
        QCOMPARE(host.reads, 5);  // none of these reached the host
    }
};

QTEST_APPLESS_MAIN(Authoring)
#include "test_authoring.moc"

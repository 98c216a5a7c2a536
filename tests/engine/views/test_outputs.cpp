// SPDX-License-Identifier: Apache-2.0
// Declarations of arrays: sound ones are read, contradictions are named.
#include <QtTest>
#include <latent/outputs.hpp>

#include "engine/views/validate.hpp"

using namespace latent::engine;
using nlohmann::json;

class TestOutputs : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void readsTheBuilder() {
        using namespace latent;
        Outputs o;
        o.array("time", F64, {grows("time")}).units("1").label("gradient-flow time");
        o.array("weights", F32, {grows("time"), fixed("row", 3), fixed("col", 2u)});
        o.array("model", U8, {fixed("row", 3)}).categories({"a", "b"});
        o.array("row", F64, {fixed("row", 3)}).rest(.5);
        o.large("cube", F32, {fixed("y", 512), fixed("x", 512)});
        const json declared = o.toJson();
        QVERIFY(Outputs::fromJson(declared).toJson() == declared);
        const auto model = OutputsModel::fromJson(declared, "O");
        QVERIFY2(bool(model), model ? "" : model.error().message.c_str());
        QCOMPARE(model->arrays().size(), std::size_t{5});
        QVERIFY(model->find("weights")->grows());
        QCOMPARE(model->find("weights")->dimension("col")->size.value(), std::int64_t{2});
        QCOMPARE(model->coordinateOf("time")->units, std::string("1"));
        QVERIFY(model->coordinateOf("row")->hasRest && !model->coordinateOf("time")->hasRest);
        QVERIFY(!model->coordinateOf("col"));
        QVERIFY(model->find("cube")->large);
        QVERIFY(model->find("metrics/train_loss"));  // none declared: any may exist
        QVERIFY(!model->find("metrics/a b"));
        QVERIFY(!model->find("tmie"));
    }
    void declaredMetricsAreTheOnlyOnes() {
        latent::Outputs o;
        o.metric("loss").units("1");
        const auto model = OutputsModel::fromJson(o.toJson(), "O");
        QVERIFY(model && model->find("metrics/loss") && !model->find("metrics/other"));
    }
    void refusals_data() {
        QTest::addColumn<QString>("arrays");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* tag, const char* arrays, const char* sentence) {
            QTest::newRow(tag) << arrays << sentence;
        };
        row("dtype", R"([{"name":"a","dtype":"f16","dims":[]}])",
            "arrays[0].dtype: the text \"f16\" is not one of f32");
        row("twice", R"([{"name":"a","dtype":"f32","dims":[]},{"name":"a","dtype":"f32","dims":[]}])",
            "array a: is declared twice.");
        row("dimension twice",
            R"([{"name":"a","dtype":"f32","dims":[{"name":"x","size":2},{"name":"x","size":2}]}])",
            "array a: has the dimension x twice");
        row("grows late",
            R"([{"name":"a","dtype":"f32","dims":[{"name":"x","size":2},{"name":"t","size":null}]}])",
            "array a: grows along t, but only the first");
        row("large grows", R"([{"name":"a","dtype":"f32","large":true,"dims":[{"name":"t","size":null}]}])",
            "array a: grows along t");
        row("sizes",
            R"([{"name":"a","dtype":"f32","dims":[{"name":"x","size":2}]},{"name":"b","dtype":"f32","dims":[{"name":"x","size":3}]}])",
            "array b: gives the dimension x size 3, but array a gives it size 2; a name has one size in a "
            "run.");
        row("coordinate",
            R"([{"name":"a","dtype":"f32","dims":[{"name":"x","size":2}]},{"name":"x","dtype":"f32","dims":[]}])",
            "array x: has the name of a dimension");
        row("too large",
            R"([{"name":"a","dtype":"f64","dims":[{"name":"x","size":1099511627776},{"name":"y","size":1099511627776}]}])",
            "array a: is larger than any file can be.");
        row("categories", R"([{"name":"a","dtype":"f64","dims":[],"categories":["x"]}])",
            "array a: has categories, which only arrays of integers have.");
        row("rest", R"([{"name":"a","dtype":"f64","dims":[{"name":"x","size":2}],"rest":0.5}])",
            "array a: says where cursors rest, which only a coordinate of numbers does");
        row("rest of words",
            R"([{"name":"x","dtype":"u8","dims":[{"name":"x","size":2}],"categories":["a"],"rest":0}])",
            "array x: says where cursors rest, which only a coordinate of numbers does");
        row("name", R"([{"name":"../a","dtype":"f64","dims":[]}])",
            "arrays[0].name: the text \"../a\" is not a name of lower-case letters");
    }
    void refusals() {
        QFETCH(QString, arrays);
        QFETCH(QString, sentence);
        const auto status =
            validateOutputs({{"arrays", json::parse(arrays.toStdString())}, {"figures", json::array()}}, "O");
        QVERIFY(!status);
        QVERIFY2(QString::fromStdString(status.error().message).contains(sentence),
                 status.error().message.c_str());
    }
    void builderRefusesMistakes() {
        using namespace latent;
        Outputs o;
        o.array("a", F64, {});
        QVERIFY_EXCEPTION_THROWN(o.array("a", F64, {}), UsageError);
        QVERIFY_EXCEPTION_THROWN(o.array("b", F64, {fixed("x", 2), grows("t")}), UsageError);
        QVERIFY_EXCEPTION_THROWN(o.large("c", F64, {grows("t")}), UsageError);
        QVERIFY_EXCEPTION_THROWN(o.array("d", F64, {fixed("x", -1)}), UsageError);
    }
};

QTEST_APPLESS_MAIN(TestOutputs)
#include "test_outputs.moc"

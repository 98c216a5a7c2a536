// SPDX-License-Identifier: Apache-2.0
// Schemas from plugins: sound ones are read completely, unsound ones are refused with the parameter's name.
#include <QtTest>

#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/manual_table.hpp"
#include "theory_schema.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

std::string refusal(const char* parameters, const char* presets = "[]") {
    const json schema = {{"parameters", json::parse(parameters)}, {"presets", json::parse(presets)}};
    const auto model = SchemaModel::fromJson(schema, "S");
    return model ? "" : model.error().message;
}

}  // namespace

class TestSchemaModel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void readsEverything() {
        const SchemaModel schema = theorySchema();
        QCOMPARE(schema.parameters().size(), std::size_t{14});
        QCOMPARE(schema.groups(), (std::vector<std::string>{"Model", "Run"}));
        const ParameterModel& mu = *schema.find("mu");
        QCOMPARE(mu.unit, std::string("1"));
        QCOMPARE(mu.group, std::string("Model"));
        QCOMPARE(allowedWords(mu), std::string("a list of 1 to 4 numbers, each from 0 to 100"));
        QCOMPARE(allowedWords(*schema.find("variance")), std::string("a number above 0"));
        QCOMPARE(allowedWords(*schema.find("m")),
                 std::string("a matrix of dim by len(mu) numbers, each from -10 to 10"));
        QCOMPARE(allowedWords(*schema.find("file")), std::string("a file (.h5)"));
        QCOMPARE(allowedWords(*schema.find("seed")), std::string("a whole number at least 0"));
        QCOMPARE(schema.find("variance")->exclusiveWith,
                 std::vector<std::string>{"sigma"});  // made symmetric
        QVERIFY(!schema.find("nu"));
        QVERIFY(schema.preset("smoke"));
    }
    void aGroupBegunTwiceIsOneGroup() {
        const json schema = {{"parameters", json::parse(R"([{"name":"a","type":"flag","group":"Data"},
                                                            {"name":"b","type":"flag","group":"Run"},
                                                            {"name":"c","type":"flag","group":"Data"}])")},
                             {"groups", {"Data", "Run", "Data"}}};
        const auto model = SchemaModel::fromJson(schema, "S");
        QVERIFY(model);
        QCOMPARE(model->groups(), (std::vector<std::string>{"Data", "Run"}));
    }
    void builderRoundTrips() {
        const json once = theoryDeclaration().toJson();
        QVERIFY(latent::Schema::fromJson(once).toJson() == once);
    }
    void refusals_data() {
        QTest::addColumn<QString>("parameters");
        QTest::addColumn<QString>("presets");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* tag, const char* parameters, const char* sentence,
                            const char* presets = "[]") {
            QTest::newRow(tag) << parameters << presets << sentence;
        };
        row("shape", R"([{"name":"a","type":"nubmer"}])",
            "parameters[0].type: the text \"nubmer\" is not one of");
        row("twice", R"([{"name":"a","type":"flag"},{"name":"a","type":"flag"}])",
            "parameter a: is declared twice.");
        row("limits", R"([{"name":"a","type":"number","min":2,"max":1}])",
            "parameter a: has limits that leave nothing: from 2 to 1.");
        row("limits of text", R"([{"name":"a","type":"text","min":2}])",
            "parameter a: has limits, which only numbers have.");
        row("half", R"([{"name":"a","type":"integer","min":0.5}])",
            "parameter a: is a whole number, but 0.5 is not.");
        row("log", R"([{"name":"a","type":"number","min":0,"log":true}])",
            "parameter a: has a logarithmic scale");
        row("choices", R"([{"name":"a","type":"choice"}])",
            "parameter a: is a choice, but \"choices\" is missing.");
        row("choice twice", R"([{"name":"a","type":"choice","choices":[{"value":"x"},{"value":"x"}]}])",
            "parameter a: offers \"x\" twice.");
        row("extent", R"([{"name":"a","type":"matrix","shape":["d",2]}])",
            "parameter a: takes its size from d, which is no other parameter.");
        row("extent type", R"([{"name":"d","type":"number"},{"name":"a","type":"matrix","shape":["d",2]}])",
            "but d is no whole number.");
        row("exclusive", R"([{"name":"a","type":"number","exclusive_with":["b"]}])",
            "parameter a: excludes b, which is no other parameter.");
        row("two defaults",
            R"([{"name":"a","type":"number","default":1,"exclusive_with":["b"]},{"name":"b","type":"number","default":1}])",
            "parameter a: and b exclude each other, so at most one may have a default.");
        row("visible",
            R"([{"name":"a","type":"flag","visible_when":{"parameter":"b","equals":[true]}},{"name":"b","type":"flag"}])",
            "parameter a: is visible by b, which is no parameter declared before it.");
        row("never visible",
            R"([{"name":"b","type":"flag"},{"name":"a","type":"flag","visible_when":{"parameter":"b","equals":["x"]}}])",
            "parameter a: is visible by a value that is never taken. b: got the text \"x\"");
        row("default", R"([{"name":"a","type":"number","default":5,"max":1}])",
            "defaults: a: got 5, but takes a number at most 1.");
        row("preset", R"([{"name":"a","type":"number"}])", "preset p: There is no parameter \"b\"",
            R"([{"name":"p","values":{"b":1}}])");
        row("preset value", R"([{"name":"a","type":"number","max":1}])",
            "preset p: a: got 5, but takes a number at most 1.", R"([{"name":"p","values":{"a":5}}])");
    }
    void refusals() {
        QFETCH(QString, parameters);
        QFETCH(QString, presets);
        QFETCH(QString, sentence);
        const std::string got = refusal(parameters.toUtf8(), presets.toUtf8());
        QVERIFY2(QString::fromStdString(got).contains(sentence), got.c_str());
    }
    void requiredWithoutDefaultIsSound() {
        QCOMPARE(refusal(R"([{"name":"a","type":"run"}])"), std::string());
    }
    void builderRefusesMistakes() {
        using namespace latent;
        QVERIFY_EXCEPTION_THROWN(number("Bad name"), UsageError);
        QVERIFY_EXCEPTION_THROWN(number("a", std::nan("")), UsageError);
        QVERIFY_EXCEPTION_THROWN(Schema{}.add(number("a")).add(number("a")), UsageError);
        QVERIFY_EXCEPTION_THROWN(Schema{}.preset("p", {{"a", 1}}), UsageError);
    }
    void manual() {
        const std::string table = manualTable(theorySchema());
        QVERIFY(table.find("| `mu` | a list of 1 to 4 numbers, each from 0 to 100 | `1,2` | 1 | Signal \\| "
                           "strength. |\n") != std::string::npos);
        QVERIFY(table.find("| `base` | a run | *required* |  | Used when `model` is `one_layer`. |\n") !=
                std::string::npos);
        QVERIFY(table.find("### Run\n") != std::string::npos);
        QVERIFY(table.find("| `smoke` | `steps=100` | Seconds. |\n") != std::string::npos);
        QVERIFY(table.find("Not together with `variance`.") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestSchemaModel)
#include "test_schema_model.moc"

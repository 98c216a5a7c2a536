// SPDX-License-Identifier: Apache-2.0
// The validator: verdicts by keyword, sentences, and agreement with the reference implementation where it is
// there.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/json/schema.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

bool accepts(const char* schema, const json& value) {
    return JsonSchema(json::parse(schema)).problems(value).empty();
}

std::string first(const JsonSchema& schema, const json& value) {
    const auto found = schema.problems(value);
    return found.empty() ? "" : found.front().text();
}

/// Variants of a valid document with one place changed: what a careless author or a fuzzer produces.
void mutate(const json& document, json& at, std::vector<json>& out, const json& root) {
    for (const json& wrong : {json(), json(-1), json(1.5), json("Bad Name"), json::array()}) {
        const json kept = at;
        at = wrong;
        out.push_back(root);
        at = kept;
    }
    if (at.is_object()) {
        at["extra_key"] = 1;
        out.push_back(root);
        at.erase("extra_key");
        std::vector<std::string> keys;
        for (const auto& [key, unused] : at.items()) keys.push_back(key);
        for (const auto& key : keys) {
            const json kept = at[key];
            at.erase(key);
            out.push_back(root);
            at[key] = kept;
            mutate(document, at[key], out, root);
        }
    } else if (at.is_array()) {
        for (auto& entry : at) mutate(document, entry, out, root);
    }
}

/// One full document for each schema (and a figure of a kind that nobody knows), from examples.json.
const std::vector<std::pair<std::string, json>>& examples() {
    static const std::vector<std::pair<std::string, json>> kExamples = [] {
        QFile file(LATENT_SOURCE_DIR "/tests/engine/json/examples.json");
        if (!file.open(QIODevice::ReadOnly)) throw std::runtime_error("examples.json is missing");
        std::vector<std::pair<std::string, json>> all;
        for (const auto& entry : json::parse(file.readAll().toStdString())) {
            all.emplace_back(entry.at("schema"), entry.at("document"));
        }
        return all;
    }();
    return kExamples;
}

}  // namespace

class TestJsonSchema : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void keywords() {
        QVERIFY(accepts(R"({"type":"integer"})", 2.0));
        QVERIFY(!accepts(R"({"type":"integer"})", 2.5));
        QVERIFY(!accepts(R"({"type":"integer"})", "2"));
        QVERIFY(!accepts(R"({"type":"number","minimum":0})", -1));
        QVERIFY(!accepts(R"({"exclusiveMaximum":1})", 1));
        QVERIFY(!accepts(R"({"type":"number","minimum":0})", std::nan("")));
        QVERIFY(accepts(R"({"maxLength":2})", "éé"));  // characters, not bytes
        QVERIFY(!accepts(R"({"pattern":"^[a-z]+$"})", "abc\n"));
        QVERIFY(
            !accepts(R"({"pattern":"^[a-z]+$"})", std::string(2000000, 'a')));  // long texts are not matched
        QVERIFY(accepts(R"({"not":{"enum":["a"]}})", "b"));
        QVERIFY(!accepts(R"({"not":{"enum":["a"]}})", "a"));
        QVERIFY(!accepts(R"({"oneOf":[{"type":"integer"},{"minimum":0}]})", 1));  // both
        QVERIFY(accepts(R"({"anyOf":[{"type":"integer"},{"minimum":0}]})", 1));
        QVERIFY(!accepts(R"({"prefixItems":[{"type":"string"}],"items":false})", json::array({"a", 1})));
        QVERIFY(!accepts(R"({"patternProperties":{"^x_.*$":{"type":"string"}},"additionalProperties":false})",
                         {{"x_a", 1}}));
        QVERIFY(!accepts(R"({"propertyNames":{"maxLength":2}})", {{"abc", 1}}));
        QVERIFY(JsonSchema({{"$ref", "#/$defs/a"}, {"$defs", {{"a", {{"type", "null"}}}}}})
                    .problems(nullptr)
                    .empty());
    }
    void refusesWhatItDoesNotKnow() {
        // Written without raw strings: moc takes a # in them for a directive.
        const json circle = {{"$ref", "#/$defs/a"}, {"$defs", {{"a", {{"$ref", "#/$defs/a"}}}}}};
        for (const json& bad : {json{{"format", "date"}}, json{{"$ref", "other.json"}},
                                json{{"$ref", "#/$defs/none"}}, json{{"pattern", "open"}}, circle}) {
            bool threw = false;
            try {
                JsonSchema schema(bad);
            } catch (const std::logic_error&) {
                threw = true;
            }
            QVERIFY2(threw, bad.dump().c_str());
        }
    }
    void sentences() {
        const JsonSchema& view = builtInSchema("view-1");
        QCOMPARE(first(view, 3), std::string("must be an object, not the number 3."));
        QCOMPARE(first(view, json::object()), std::string("\"kind\" is missing."));
        QCOMPARE(first(view, json::parse(R"({"kind":"lines","name":"a","series":[{"y":{"arary":"x"}}]})")),
                 std::string("series[0].y: \"array\" is missing."));
        QCOMPARE(first(view, json::parse(
                                 R"({"kind":"lines","name":"a","series":[{"y":{"array":"x"},"labl":"q"}]})")),
                 std::string("series[0]: \"labl\" is not known here; did you mean \"label\"?"));
        QCOMPARE(
            first(
                view,
                json::parse(
                    R"({"kind":"lines","name":"a","series":[{"y":{"array":"x"}}],"x_axis":{"scale":"lgo"}})")),
            std::string("x_axis.scale: the text \"lgo\" is not one of linear, log and symlog; did you mean "
                        "\"log\"?"));
        QCOMPARE(
            first(
                view,
                json::parse(
                    R"({"kind":"table","name":"a","columns":[{"values":{"array":"x","select":{"t":"end"}}}]})")),
            std::string(
                "columns[0].values.select.t: must be an index, {\"cursor\": name}, {\"value\": number} or "
                "{\"slice\": [first, end, step]}, not the text \"end\"."));
        const auto error =
            view.check(json::parse(R"({"kind":"text","name":"a","words":5})"), "The figure \"a\"");
        QVERIFY(!error);
        QCOMPARE(error.error().message,
                 std::string("The figure \"a\" is not valid: words: must be a text, not the number 5."));
        QCOMPARE(int(error.error().exit), int(Exit::RefusedInput));
    }
    void hostileTextIsShownSafely() {
        QCOMPARE(describeValue("a\x1b[31m"), std::string("the text \"a\\x1b[31m\""));
        QVERIFY(describeValue(std::string(5000, 'x')).size() < 100);
        QCOMPARE(describeValue(json("\xff")), std::string("the text \"…\" (not UTF-8)"));
        QCOMPARE(pathOf("a", "b c"), std::string("a[\"b c\"]"));
    }
    void manyProblemsAreCut() {
        json view = json::parse(R"({"kind":"lines","name":"a","series":[]})");
        for (int i = 0; i < 64; ++i) view["series"].push_back(i);
        QCOMPARE(builtInSchema("view-1").problems(view, 5).size(), std::size_t{5});
    }
    void examplesAreValid() {
        for (const auto& [schema, document] : examples()) {
            QVERIFY2(builtInSchema(schema).problems(document).empty(),
                     first(builtInSchema(schema), document).c_str());
        }
    }
    /// The same verdicts as Python's jsonschema on every one-place change of the examples.
    void agreesWithReference() {
        QString python = qEnvironmentVariable("LATENT_TEST_PYTHON");
        if (python.isEmpty()) python = "python3";
        QProcess probe;
        probe.start(python, {"-c", "import jsonschema; jsonschema.Draft202012Validator"});
        if (!probe.waitForFinished() || probe.exitCode() != 0)
            QSKIP("no Python with jsonschema (set LATENT_TEST_PYTHON)");
        json batch = json::array();
        std::vector<bool> ours;
        for (const auto& [schema, document] : examples()) {
            std::vector<json> variants;
            json root = document;
            mutate(document, root, variants, root);
            for (const json& variant : variants) {
                ours.push_back(builtInSchema(schema).problems(variant).empty());
                batch.push_back({schema, variant});
            }
        }
        QTemporaryDir folder;
        QFile file(folder.filePath("batch.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(batch.dump()));
        file.close();
        probe.start(
            python,
            {"-c",
             "import json, sys, jsonschema\n"
             "load = lambda n: json.load(open(f'{sys.argv[2]}/sdk/schema/{n}.schema.json'))\n"
             "v = {n: jsonschema.Draft202012Validator(load(n)) for n in "
             "('view-1','outputs-1','parameters-1','manifest-1')}\n"
             "for x in v.values(): x.check_schema(x.schema)\n"
             "print(''.join('1' if v[n].is_valid(d) else '0' for n, d in json.load(open(sys.argv[1]))))",
             file.fileName(), LATENT_SOURCE_DIR});
        QVERIFY(probe.waitForFinished(110000));
        const QByteArray theirs = probe.readAllStandardOutput().trimmed();
        QVERIFY2(probe.exitCode() == 0, probe.readAllStandardError().constData());
        QCOMPARE(std::size_t(theirs.size()), ours.size());
        QVERIFY(ours.size() > 500);
        for (std::size_t i = 0; i < ours.size(); ++i) {
            QVERIFY2(ours[i] == (theirs[int(i)] == '1'), batch[i].dump().c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestJsonSchema)
#include "test_json_schema.moc"

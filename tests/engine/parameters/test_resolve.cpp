// SPDX-License-Identifier: Apache-2.0
// Requests: what a person gives becomes complete values, or one sentence for each mistake.
#include <QtTest>
#include <cmath>
#include <latent/parameters.hpp>

#include "engine/parameters/resolve.hpp"
#include "theory_schema.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

std::vector<Assignment> assigned(const std::vector<std::string>& given) {
    std::vector<Assignment> all;
    for (const auto& text : given) all.push_back(*parseAssignment(text));
    return all;
}

std::string sentences(const Resolution& r) {
    std::string all;
    for (const FieldError& e : r.errors) all += (all.empty() ? "" : "\n") + e.sentence;
    return all;
}

}  // namespace

class TestResolve : public QObject {
    Q_OBJECT
    SchemaModel m_schema = theorySchema();

    std::string errors(const std::vector<std::string>& given, std::string_view preset = {}) {
        return sentences(resolve(m_schema, preset, assigned(given)));
    }
    json value(const std::vector<std::string>& given, const char* name, std::string_view preset = {}) {
        const Resolution r = resolve(m_schema, preset, assigned(given));
        return r.valid() ? r.values.at(name) : json(sentences(r));
    }

  private Q_SLOTS:
    void defaultsAreComplete() {
        const Resolution r = resolve(m_schema, {}, {});
        QVERIFY2(r.valid(), sentences(r).c_str());
        QCOMPARE(r.values.size(), m_schema.parameters().size());
        QCOMPARE(r.values["mu"], json({1.0, 2.0}));
        QVERIFY(r.values["mu"][0].is_number_float());  // canonical: reals are floating
        QVERIFY(r.values["variance"].is_null());
        const auto p = latent::Parameters::fromJson(r.values);
        QCOMPARE(p.integer("steps"), std::int64_t{2000});
        QVERIFY(!p.has("variance"));
        QVERIFY_EXCEPTION_THROWN((void)p.number("steeps"), latent::UsageError);
        QVERIFY_EXCEPTION_THROWN((void)p.flag("steps"), latent::UsageError);
        QVERIFY_EXCEPTION_THROWN((void)p.number("variance"), latent::UsageError);
    }
    void resolvingAgainChangesNothing() {
        for (const char* preset : {"", "smoke", "wide"}) {
            const Resolution once = resolve(m_schema, preset, assigned({"bias=no", "sigma="}));
            const Resolution twice = resolve(m_schema, {}, assignmentsOf(once.values));
            QVERIFY2(once.valid() && twice.valid(), sentences(twice).c_str());
            QCOMPARE(once.values.dump(), twice.values.dump());
        }
    }
    void layers() {
        QCOMPARE(value({}, "steps", "smoke"), json(100));
        QCOMPARE(value({"steps=7"}, "steps", "smoke"), json(7));
        QCOMPARE(value({"steps=7", "steps=8"}, "steps", "smoke"), json(8));
    }
    void texts_data() {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* given, const char* expected) {
            QTest::newRow(given) << given << expected;
        };
        row("mu=3, 4.5", "[3.0,4.5]");
        row("mu=[3,4]", "[3.0,4.0]");
        row("sigma=1e-3", "0.001");
        row("sigma=+.5", "0.5");
        row("sigma=-0", "0.0");
        row("sigma=", "null");
        row("sigma=1e-999", "0.0");
        row("steps=1e6", "1000000");
        row("bias=off", "false");
        row("m=1,2;3,4", "[[1.0,2.0],[3.0,4.0]]");
        row("m=[[1,2],[3,4]]", "[[1.0,2.0],[3.0,4.0]]");
        row("w0=a=b c", "\"a=b c\"");
        row("names=x, y", "[\"x\",\"y\"]");
        row("names=[\"x,y\"]", "[\"x,y\"]");
        row("names=", "[]");
        row("model=one_layer", "");  // then `base` is required
        row("seed=9007199254740992", "9007199254740992");
    }
    void texts() {
        QFETCH(QString, given);
        QFETCH(QString, expected);
        const std::string text = given.toStdString();
        if (expected.isEmpty()) {
            QCOMPARE(errors({text}), std::string("base: is required; give a run."));
            QCOMPARE(errors({text, "base=x"}), std::string());
            return;
        }
        const std::string name = text.substr(0, text.find('='));
        QCOMPARE(value({text}, name.c_str()).dump(), expected.toStdString());
    }
    void mistakes_data() {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* given, const char* sentence) {
            QTest::newRow(given) << given << sentence;
        };
        row("sgima=1", "There is no parameter \"sgima\"; did you mean \"sigma\"?");
        row("modle=x", "There is no parameter \"modle\"; did you mean \"model\"?");
        row("model=one_leyer",
            "model: got the text \"one_leyer\", but takes one of one_layer and symmetric; did you mean "
            "\"one_layer\"?");
        row("mu=1,two",
            "mu: got the text \"two\" (entry 2), but takes a list of 1 to 4 numbers, each from 0 to 100.");
        row("mu=1,-3", "mu: got -3 (entry 2), but takes a list of 1 to 4 numbers, each from 0 to 100.");
        row("mu=1,2,3,4,5", "mu: got 5 entries, but takes 1 to 4.");
        row("mu=[1,", "mu");
        row("sigma=nan", "sigma: got NaN, but takes a number from 0 to 10.");
        row("sigma=inf", "sigma: got infinity, but takes a number from 0 to 10.");
        row("sigma=1e999", "sigma: got infinity, but takes a number from 0 to 10.");
        row("sigma=11", "sigma: got 11, but takes a number from 0 to 10.");
        row("sigma=0x1", "sigma: got the text \"0x1\", but takes a number from 0 to 10.");
        row("variance=0", "variance: got 0, but takes a number above 0.");
        row("steps=1.5", "steps: got 1.5, but takes a whole number from 1 to 10000000.");
        row("steps=", "steps: got the text \"\", but takes a whole number from 1 to 10000000.");
        row("seed=9007199254740993",
            "seed: got 9007199254740993, which is beyond 2^53 and would not be kept exactly.");
        row("seed=-1", "seed: got -1, but takes a whole number at least 0.");
        row("bias=maybe", "bias: got the text \"maybe\", but takes true or false.");
        row("m=1,2,3;4,5,6", "m: got a matrix of 2 by 3, but takes 2 (dim) by 2 (len(mu)).");
        row("m=1,2;3", "m: row 2 has 1 entries and row 1 has 2, but all rows of a matrix have one length.");
        row("m=1,2;3,x",
            "m: got the text \"x\" (row 2, column 2), but takes a matrix of dim by len(mu) numbers, each "
            "from -10 to 10.");
        row("dim=3",
            "m: got a matrix of 2 by 2, but takes 3 (dim) by 2 (len(mu)).\nwidths: got 2 entries, but takes "
            "at least 3 (dim).");
        row("w0=123456789012345678901", "w0: got 21 characters, but takes 1 to 20.");
        row("w0=\x01", "w0: the text holds a control character.");
        row("file=", "");
    }
    void mistakes() {
        QFETCH(QString, given);
        QFETCH(QString, sentence);
        const std::string got = errors({given.toStdString()});
        if (given == "mu=[1,")
            QVERIFY2(got.rfind("mu", 0) == 0, got.c_str());
        else
            QCOMPARE(got, sentence.toStdString());
    }
    void allMistakesAtOnce() {
        const Resolution r = resolve(m_schema, "smokee", assigned({"stpes=1", "mu=x", "bias=2", "sigma=-1"}));
        QCOMPARE(r.errors.size(), std::size_t{5});
        QCOMPARE(r.errors[0].sentence, std::string("There is no preset \"smokee\"; did you mean \"smoke\"?"));
        QCOMPARE(r.errors[2].parameter, std::string("mu"));
        QVERIFY(!resolveOrRefuse(m_schema, "smokee", {}));
        QCOMPARE(int(resolveOrRefuse(m_schema, "smokee", {}).error().exit), int(Exit::BadRequest));
    }
    void exclusive() {
        QVERIFY(value({"variance=0.5"}, "sigma").is_null());  // the default of the other is dropped
        QVERIFY(value({}, "sigma", "wide").is_null());
        QVERIFY(value({"sigma=1"}, "variance", "wide").is_null());  // a given value beats the preset's
        QCOMPARE(errors({"sigma=1", "variance=1"}),
                 std::string("sigma and variance exclude each other, but both are given; leave one out."));
        QCOMPARE(errors({"sigma=x", "variance=1"}).substr(0, 9), std::string("sigma and"));
    }
    void typedValues() {
        const auto with = [&](const char* name, json v) {
            return sentences(resolve(m_schema, {}, {{name, std::move(v), false}}));
        };
        QCOMPARE(with("sigma", "0.5"),
                 std::string("sigma: got the text \"0.5\", but takes a number from 0 to 10."));
        QCOMPARE(with("sigma", std::nan("")),
                 std::string("sigma: got NaN, but takes a number from 0 to 10."));
        QCOMPARE(with("steps", 3.0), std::string());
        QCOMPARE(with("steps", nullptr),
                 std::string("steps: is required; give a whole number from 1 to 10000000."));
        QCOMPARE(with("steps", json::object()),
                 std::string("steps: got an object, but takes a whole number from 1 to 10000000."));
        QCOMPARE(with("w0", "\xff"), std::string("w0: the text is not valid UTF-8."));
        QVERIFY(with("seed", UINT64_MAX).find("beyond 2^53") != std::string::npos);
        QVERIFY(with("w0", std::string(100000, 'x')).find("at most 65536 are allowed") != std::string::npos);
    }
    void assignments() {
        QVERIFY(!parseAssignment("mu"));
        QVERIFY(!parseAssignment("=1"));
        QVERIFY(!parseAssignment("mu=\xff"));
        QCOMPARE(parseAssignment("mu 1").error().message,
                 std::string("An assignment is written name=value, but \"mu 1\" was given."));
    }
};

QTEST_APPLESS_MAIN(TestResolve)
#include "test_resolve.moc"

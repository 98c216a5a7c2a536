// SPDX-License-Identifier: Apache-2.0
// Hostile JSON costs a sentence: size, depth, UTF-8, duplicate keys, numbers, trailing text.
#include <QTest>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/json/bounded.hpp"

using namespace latent::engine;

class BoundedJson : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void acceptsWhatJsonIs() {
        const auto value = parseJson(R"({"a":[1,-2,3.5,true,null,"ä\u00e4"],"b":{"c":{}}})", "The request");
        QVERIFY(bool(value));
        QCOMPARE(QString::fromStdString(value->dump()),
                 QString::fromUtf8(R"({"a":[1,-2,3.5,true,null,"ää"],"b":{"c":{}}})"));
        QVERIFY(bool(parseJson("18446744073709551615", "x")));
        QVERIFY(bool(parseJson(std::string(64, '[') + std::string(64, ']'), "x")));
    }
    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("empty") << QByteArray() << "is not valid JSON";
        QTest::newRow("cut") << QByteArray("{\"a\":") << "is not valid JSON";
        QTest::newRow("after") << QByteArray("{} {}") << "is not valid JSON";
        QTest::newRow("nan") << QByteArray("[NaN]") << "is not valid JSON";
        QTest::newRow("huge number") << QByteArray("[1e999]") << "too large";
        QTest::newRow("twice") << QByteArray(R"({"a":1,"b":{"a":1},"a":2})") << "has the key \"a\" twice";
        QTest::newRow("deep") << QByteArray(65, '[') + QByteArray(65, ']') << "more than 64 levels deep";
        QTest::newRow("very deep") << QByteArray(3'000'000, '[') << "more than 64 levels deep";
        QTest::newRow("deep objects") << QByteArray("{\"a\":").repeated(65) << "more than 64 levels deep";
        QTest::newRow("long") << QByteArray(5 << 20, ' ') << "at most 4194304 are read";
        QTest::newRow("overlong") << QByteArray("\"\xC0\x80\"") << "not valid UTF-8";
        QTest::newRow("surrogate") << QByteArray("\"\xED\xA0\x80\"") << "not valid UTF-8";
        QTest::newRow("cut char") << QByteArray("\"\xE2\x82") << "not valid UTF-8";
        QTest::newRow("past") << QByteArray("\"\xF4\x90\x80\x80\"") << "not valid UTF-8";
        QTest::newRow("lone escape") << QByteArray("\"\\ud800\"") << "is not valid JSON";
        QTest::newRow("control") << QByteArray("\"a\nb\"") << "is not valid JSON";
    }
    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QString, sentence);
        const auto value =
            parseJson({text.constData(), static_cast<std::size_t>(text.size())}, "The request r.json");
        QVERIFY(!value);
        QCOMPARE(value.error().exit, Exit::RefusedInput);
        const QString message = QString::fromStdString(value.error().message);
        QVERIFY2(message.startsWith("The request r.json ") && message.endsWith('.'), qPrintable(message));
        QVERIFY2(message.contains(sentence), qPrintable(message));
    }
    void canonicalHasOneSpelling() {
        const auto a = parseJson(R"({"b":1.50,"a":[1, 2]})", "x");
        const auto b = parseJson(R"({ "a":[1,2], "b":1.5})", "x");
        QCOMPARE(*canonicalJson(*a, "x"), *canonicalJson(*b, "x"));
        QCOMPARE(*canonicalJson(*a, "x"), std::string(R"({"a":[1,2],"b":1.5})"));
        QVERIFY(!canonicalJson({{"x", std::numeric_limits<double>::quiet_NaN()}}, "x"));
        QVERIFY(!canonicalJson({{"x", std::string("\xff")}}, "x"));
    }
};
QTEST_APPLESS_MAIN(BoundedJson)
#include "test_bounded_json.moc"

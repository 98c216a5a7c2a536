// SPDX-License-Identifier: GPL-3.0-or-later
// What runs are called, and times in words.
#include <QTest>
#include <QTimeZone>

#include "desktop/live/run_title.hpp"
#include "desktop/live/run_words.hpp"

using namespace latent::desktop;
using nlohmann::json;

class TestRunWords : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ages_data() {
        QTest::addColumn<QDateTime>("then");
        QTest::addColumn<QString>("words");
        const auto at = [](const char* text) {
            return QDateTime::fromString(QLatin1String(text), Qt::ISODate);
        };
        QTest::newRow("a moment") << at("2026-11-25T15:59:30Z") << "now";
        QTest::newRow("the future of a skewed clock") << at("2026-11-25T16:05:00Z") << "now";
        QTest::newRow("minutes") << at("2026-11-25T15:57:00Z") << "3 min";
        QTest::newRow("today") << at("2026-11-25T09:12:00Z") << "09:12";
        QTest::newRow("yesterday") << at("2026-11-24T23:59:00Z") << "yesterday";
        QTest::newRow("this year") << at("2026-03-02T10:00:00Z") << "2 Mar";
        QTest::newRow("long ago") << at("2024-12-31T10:00:00Z") << "2024-12-31";
    }
    void ages() {
        QFETCH(QDateTime, then);
        QFETCH(QString, words);
        QLocale::setDefault(QLocale::c());
        const QDateTime now(QDate(2026, 11, 25), QTime(16, 0), QTimeZone::utc());
        QCOMPARE(ageWords(static_cast<double>(then.toSecsSinceEpoch()), now), words);
    }

    void durations() {
        QCOMPARE(durationWords(0.42), QStringLiteral("0.42 s"));
        QCOMPARE(durationWords(4.4), QStringLiteral("4.4 s"));
        QCOMPARE(durationWords(59.4), QStringLiteral("59 s"));
        QCOMPARE(durationWords(200), QStringLiteral("3 min 20 s"));
        QCOMPARE(durationWords(7500), QStringLiteral("2 h 5 min"));
        QCOMPARE(durationWords(3 * 86400 + 4 * 3600), QStringLiteral("3 d 4 h"));
        QCOMPARE(durationWords(-1), QString());
        QCOMPARE(roughDurationWords(4.2), QStringLiteral("4 s"));
        QCOMPARE(roughDurationWords(540), QStringLiteral("9 min"));
        QCOMPARE(countWords(1.9e6), QStringLiteral("1.9 M"));
        QCOMPARE(countWords(840), QStringLiteral("840"));
        QCOMPARE(countWords(0.42), QStringLiteral("0.4"));
        QCOMPARE(countWords(12'345), QStringLiteral("12 k"));
    }

    void statesHaveWordsAndIcons() {
        for (const char* state : {"queued", "preparing", "running", "paused", "stopped", "interrupted",
                                  "failed", "done", "lost", "elsewhere"}) {
            QVERIFY(!lookOfState(state).word.isEmpty());
            QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(lookOfState(state).icon)), state);
        }
    }

    void titleSaysWhatDiffersFromTheNearestPreset() {
        const auto schema = latent::engine::SchemaModel::fromJson(json::parse(R"({"parameters": [
            {"name": "mu", "type": "numbers", "default": [1, 1]}, {"name": "steps", "type": "integer", "default": 100},
            {"name": "seed", "type": "seed", "default": 0}],
            "presets": [{"name": "smoke", "values": {"steps": 5}}, {"name": "paper", "values": {"steps": 5000, "mu": [1, 3]}}]})"),
                                                                  "The parameters");
        QVERIFY2(bool(schema), schema ? "" : schema.error().message.c_str());
        QCOMPARE(RunTitles::title("made/up", {{"steps", 1}}), QStringLiteral("made/up"));
        RunTitles::setExperiment("made/up", *schema);
        const auto title = [](json values) { return RunTitles::title("made/up", values); };
        QCOMPARE(title({{"mu", {1, 1}}, {"steps", 100}, {"seed", 0}}), QStringLiteral("made/up"));
        QCOMPARE(title({{"mu", {1, 1}}, {"steps", 5}, {"seed", 0}}), QStringLiteral("made/up · smoke"));
        QCOMPARE(title({{"mu", {1, 2}}, {"steps", 5}, {"seed", 0}}), QStringLiteral("made/up · mu 1, 2"));
        QCOMPARE(title({{"mu", {1, 3}}, {"steps", 5000}, {"seed", 7}}), QStringLiteral("made/up · seed 7"));
        QCOMPARE(RunTitles::title("made/up", json::object(), "sweep"), QStringLiteral("made/up · sweep"));
        QCOMPARE(RunTitles::title(json{{"experiment", "made/up"}, {"kind", "sweep"}, {"name", "widths"}}),
                 QStringLiteral("made/up · sweep widths"));
        QCOMPARE(RunTitles::title(json()), QString());
    }

    void placesComeLastAndByTheirNames() {
        const auto schema = latent::engine::SchemaModel::fromJson(json::parse(R"({"parameters": [
            {"name": "data", "type": "path"}, {"name": "family", "type": "text", "default": "grid"}],
            "presets": [{"name": "tree", "values": {"family": "tree"}}]})"),
                                                                  "The parameters");
        QVERIFY2(bool(schema), schema ? "" : schema.error().message.c_str());
        RunTitles::setExperiment("placed/up", *schema);
        const auto title = [](const char* data, const char* family) {
            return RunTitles::title("placed/up", {{"data", data}, {"family", family}});
        };
        QCOMPARE(title("/a/long/way/to/the/words/days.json", "grid"),
                 QStringLiteral("placed/up · data days.json"));
        QCOMPARE(title("/a/folder/", "ring"), QStringLiteral("placed/up · family ring · data folder"));
        QCOMPARE(title("/a/folder/", "tree"), QStringLiteral("placed/up · tree · data folder"));
        QCOMPARE(title("/a/SmolLM2-135M-Instruct.Q4_1.gguf", "grid"),
                 QStringLiteral("placed/up · data SmolLM2-135M-I…Q4_1.gguf"));
    }

    void labelsTellRunsApart() {
        const auto labels =
            distinctLabels({{{"mu", 1}, {"steps", 5}}, {{"mu", 2}, {"steps", 5}}, {{"mu", 2}, {"steps", 5}}});
        QCOMPARE(labels, (std::vector<QString>{"mu 1", "mu 2 (1)", "mu 2 (2)"}));
        QCOMPARE(distinctLabels({{{"mu", 1}}, {{"mu", 1}}}), (std::vector<QString>{"run 1", "run 2"}));
    }

    void comparedRunsAreCalledAsInLists() {
        const auto schema = latent::engine::SchemaModel::fromJson(json::parse(R"({"parameters": [
            {"name": "a", "type": "integer", "default": 1}, {"name": "b", "type": "integer", "default": 1}, {"name": "steps", "type": "integer", "default": 100}],
            "presets": [{"name": "smoke", "values": {"steps": 5, "a": 2}}]})"),
                                                                  "The parameters");
        QVERIFY(bool(schema));
        RunTitles::setExperiment("compared/up", *schema);
        const auto request = [](const char* experiment, json values) {
            return json{{"experiment", experiment}, {"parameters", values}};
        };
        const json smoke = request("compared/up", {{"a", 2}, {"b", 1}, {"steps", 5}}),
                   changed = request("compared/up", {{"a", 2}, {"b", 7}, {"steps", 5}});
        QCOMPARE(labelsOf({smoke, changed}), (std::vector<QString>{"smoke", "b 7"}));
        // The same title twice tells nothing, and of another experiment the id belongs to the name.
        QCOMPARE(labelsOf({smoke, smoke}), (std::vector<QString>{"run 1", "run 2"}));
        QCOMPARE(labelsOf({smoke, request("other/up", {{"a", 2}})}),
                 (std::vector<QString>{"compared/up · smoke", "other/up"}));
        QCOMPARE(labelsOf({json(), json()}).size(), std::size_t(2));
    }
};

QTEST_MAIN(TestRunWords)
#include "test_run_words.moc"

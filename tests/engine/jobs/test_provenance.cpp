// SPDX-License-Identifier: Apache-2.0
// What a later attempt says about the one before: what could change a bit of the result is a warning and on record.
#include <QTemporaryDir>
#include <QTest>

#include "engine/jobs/provenance.hpp"
#include "engine/store/request.hpp"

using namespace latent::engine;
using nlohmann::json;

class Provenance : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    static json plugin(const char* binary, const char* part) {
        return {{"id", "a"}, {"sha256", binary}, {"torch_version", ""}, {"part_sha256", part}};
    }
    /// What the attempt wrote into the events.
    std::string said(int attempt, const json& now) {
        const std::filesystem::path run = m_dir.path().toStdString();
        const auto request = Request::make({{"experiment", "a/b"},
                                            {"parameters", json::object()},
                                            {"seed", 1},
                                            {"device", "cuda"},
                                            {"plugin", plugin("one", "one")}});
        auto events = EventLog::open(run);
        if (!request || !events || !recordProvenance(run, attempt, *request, now, *events))
            qFatal("The attempt was not recorded.");
        static_cast<void>(events->sync());
        std::string all;
        EventTail tail(run);
        const auto lines = tail.poll();
        for (const EventLine& line : *lines)
            if (line.event->value("type", "") == "log") all += line.event->value("text", "") + "\n";
        return all;
    }

  private Q_SLOTS:
    void anotherBinaryOrPartIsTold() {
        QCOMPARE(said(1, plugin("one", "one")), std::string());
        QCOMPARE(said(2, plugin("one", "one")), std::string());
        const std::string part = said(3, plugin("one", "two"));
        QVERIFY2(
            part.find("the plugin's LibTorch part has changed from \"one\" to \"two\"") != std::string::npos,
            part.c_str());
        QVERIFY(part.find("the plugin's binary") == std::string::npos);
        QVERIFY(
            said(4, plugin("two", "one")).find("the plugin's binary has changed from \"one\" to \"two\"") !=
            std::string::npos);
    }
    void whatIsNotKnownIsTakenFromTheRequest() {
        const auto request = Request::make({{"experiment", "a/b"},
                                            {"parameters", json::object()},
                                            {"seed", 1},
                                            {"plugin", plugin("one", "one")}});
        QVERIFY(request);
        QCOMPARE(currentProvenance(*request, json::object())["plugin"], request->plugin());
    }
};

QTEST_APPLESS_MAIN(Provenance)
#include "test_provenance.moc"

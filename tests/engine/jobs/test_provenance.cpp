// SPDX-License-Identifier: Apache-2.0
// What a later attempt says about the one before: what could change a bit of the result is a warning and on record.
#include <QTemporaryDir>
#include <QTest>

#include "engine/jobs/provenance.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

using namespace latent::engine;
using nlohmann::json;

class Provenance : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    static json plugin(const char* binary, const char* part) {
        return {{"id", "a"}, {"sha256", binary}, {"torch_version", ""}, {"part_sha256", part}};
    }
    /// What the attempt, which goes on from a checkpoint, wrote into the events.
    std::string said(int attempt, const json& now, bool goesOn = true) {
        const std::filesystem::path run = m_dir.path().toStdString();
        const auto request = Request::make({{"experiment", "a/b"},
                                            {"parameters", json::object()},
                                            {"seed", 1},
                                            {"device", "cuda"},
                                            {"plugin", plugin("one", "one")}});
        auto events = EventLog::open(run);
        if (!request || !events || !recordProvenance(run, {attempt, goesOn}, *request, now, *events))
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
    void whatTheResultsBeginWithIsOnRecord() {
        const std::filesystem::path run = m_dir.path().toStdString();
        std::filesystem::remove(layout::provenance(run));
        const auto recorded = [&] { return *readProvenance(run); };
        static_cast<void>(said(1, plugin("one", "one"), false));
        static_cast<void>(said(2, plugin("two", "one"), false));  // began anew: nothing of the first is left
        QCOMPARE(recorded()["plugin"]["sha256"], json("two"));
        QVERIFY(!recorded().contains("later_attempts"));
        static_cast<void>(said(3, plugin("two", "one")));
        QVERIFY(!recorded().contains("later_attempts"));  // it is like the one before
        for (const int attempt : {4, 5}) static_cast<void>(said(attempt, plugin("three", "one")));
        static_cast<void>(said(6, plugin("two", "one")));
        QCOMPARE(recorded()["plugin"]["sha256"], json("two"));
        QCOMPARE(recorded()["later_attempts"].size(), std::size_t(2));
        QCOMPARE(recorded()["later_attempts"][0]["plugin"]["sha256"], json("three"));
        QCOMPARE(recorded()["later_attempts"][0]["attempt"], json(4));
        QCOMPARE(recorded()["later_attempts"][1]["plugin"]["sha256"], json("two"));
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

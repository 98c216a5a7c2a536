// SPDX-License-Identifier: GPL-3.0-or-later
// What a person changes of a run: notes that lose nothing of others, and folders that go to the trash and come back.
#include <QDir>
#include <QFileInfo>
#include <QTest>
#include <thread>

#include "desktop/jobs/trash.hpp"
#include "desktop/runs/run_notes.hpp"
#include "engine/store/lease.hpp"
#include "made_runs.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;
using nlohmann::json;

class TestRunNotes : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void roundTrip() {
        MadeRuns made;
        const fs::path run = made.add({});
        QCOMPARE((*readNotes(run)).notes, std::string());
        QVERIFY(bool(writeNotes(run, {{"paper", "λ = 2"}, "First line.\nSecond \"line\".", true})));
        const RunNotes notes = *readNotes(run);
        QCOMPARE(notes.tags, (std::vector<std::string>{"paper", "λ = 2"}));
        QCOMPARE(notes.notes, std::string("First line.\nSecond \"line\"."));
        QVERIFY(notes.star);
    }

    void keepsKeysOfOthers() {
        MadeRuns made;
        const fs::path run = made.add({});
        std::ofstream(run / "user.json") << R"({"colour": "red", "tags": ["old"], "deep": {"a": [1, 2]}})";
        QVERIFY(bool(changeNotes(run, [](RunNotes& notes) { notes.star = true; })));
        std::ifstream file(run / "user.json");
        const json kept = json::parse(file);
        QCOMPARE(
            kept,
            json::parse(
                R"({"colour": "red", "tags": ["old"], "deep": {"a": [1, 2]}, "star": true, "notes": ""})"));
    }

    void manyChangesAtOnceAllHold() {
        MadeRuns made;
        const fs::path run = made.add({});
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&, i] {
                for (int k = 0; k < 5; ++k)
                    static_cast<void>(changeNotes(run, [&](RunNotes& notes) {
                        notes.tags.push_back(std::to_string(i) + "-" + std::to_string(k));
                    }));
            });
        for (std::thread& thread : threads) thread.join();
        QCOMPARE((*readNotes(run)).tags.size(), std::size_t(40));
    }

    void tagsAsTyped() {
        QCOMPARE(tagsIn(" paper,phase diagram ,, paper , λ"),
                 (std::vector<std::string>{"paper", "phase diagram", "λ"}));
        QVERIFY(tagsIn("  ").empty());
    }

    void trashAndBack() {
        MadeRuns made;
        const fs::path run = made.add({.tags = {"dear"}});
        const auto gone = moveRunToTrash(run);
        QVERIFY2(bool(gone), gone ? "" : gone.error().message.c_str());
        QVERIFY(!fs::exists(run));
        QVERIFY(fs::exists(gone->to / "request.json"));
        QVERIFY(bool(takeBack(*gone)));
        QVERIFY(fs::exists(run / "request.json"));
        QCOMPARE((*readNotes(run)).tags.front(), std::string("dear"));
        QVERIFY(!fs::exists(gone->to));
        QVERIFY(gone->info.empty() || !fs::exists(gone->info));
        QVERIFY(!takeBack(*gone));
    }

    void aRunThatIsComputedStays() {
        MadeRuns made;
        const fs::path run = made.add({.state = "queued"});
        const auto lease = latent::engine::Lease::take(run);
        QVERIFY(bool(lease));
        const auto gone = moveRunToTrash(run);
        QVERIFY(!gone);
        QVERIFY(QString::fromStdString(gone.error().message).contains(QStringLiteral("Stop it first")));
        QVERIFY(fs::exists(run));
    }
};

QTEST_GUILESS_MAIN(TestRunNotes)
#include "test_run_notes.moc"

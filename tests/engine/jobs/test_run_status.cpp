// SPDX-License-Identifier: Apache-2.0
// What a run's state is said to be, by its events and by whether its worker lives.
#include <QTest>

#include "engine/jobs/run_status.hpp"
#include "engine/store/events.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/store_helpers.hpp"

using namespace latent::engine;

class RunStatusOf : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    /// A worker whose events are read while it runs, and that is gone when its lease is looked at.
    void endsBetweenTwoLooks_data() {
        QTest::addColumn<int>("words");
        QTest::newRow("said little") << 1;
        QTest::newRow("said much") << 4000;
    }
    void endsBetweenTwoLooks() {
        QFETCH(int, words);
        TestRun run;
        EventLog events = must(EventLog::open(run.folder));
        RunState seen;
        {
            const Lease lease = must(Lease::take(run.folder));
            must(events.attempt(lease.attempt(), "", 0));
            must(events.state("running"));
            for (int i = 0; i < words; ++i) must(events.log("info", std::string(100, 'x')));
            seen = must(replayEvents(run.folder));
            QCOMPARE(must(runStatus(run.folder, seen)).state, std::string("running"));
            must(events.state("failed", "The disk is full.", 5));
        }
        const RunStatus status = must(runStatus(run.folder, seen));
        QCOMPARE(status.state, std::string("failed"));
        QCOMPARE(status.sentence, std::string("The disk is full."));
        QVERIFY(status.resumable && !status.alive);
    }
    void vanishes() {
        TestRun run;
        EventLog events = must(EventLog::open(run.folder));
        {
            const Lease lease = must(Lease::take(run.folder));
            must(events.attempt(lease.attempt(), "", 0));
            must(events.state("failed", "The disk is full.", 5));
        }
        QCOMPARE(must(runStatus(run.folder)).state, std::string("failed"));
        {
            const Lease lease = must(Lease::take(run.folder));
            must(events.attempt(lease.attempt(), "", 0));
        }
        const RunStatus status =
            must(runStatus(run.folder));  // what an attempt before it said counts no more
        QCOMPARE(status.state, std::string("interrupted"));
        QVERIFY(status.sentence.find("vanished") != std::string::npos);
    }
    void vanishesBeforeItsFirstWord() {
        TestRun run;
        must(must(EventLog::open(run.folder)).state("queued"));
        QCOMPARE(must(runStatus(run.folder)).state, std::string("queued"));
        must(Lease::take(run.folder));
        QCOMPARE(must(runStatus(run.folder)).state, std::string("interrupted"));
    }
};

QTEST_APPLESS_MAIN(RunStatusOf)
#include "test_run_status.moc"

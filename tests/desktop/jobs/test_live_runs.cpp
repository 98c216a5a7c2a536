// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots of a run while a real worker computes it: often, in order, never more than one on its way.
#include <QSignalSpy>
#include <QTest>
#include <thread>

#include "desktop/live/run_service.hpp"
#include "engine/jobs/start.hpp"
#include "job_home.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;

#define WAIT_FOR(condition) QVERIFY2(QTest::qWaitFor([&] { return condition; }, kPatience_ms), #condition)

class TestLiveRuns : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!m_home.isReady()) QSKIP("The program or the fixture plugin has not been built.");
    }
    void init() { m_home.newWorkspace(); }

    void curvesGrowWhileTheWorkerComputes() {
        const fs::path run = start(200);
        RunService service;
        std::vector<RunSnapshotPtr> seen;
        connect(&service, &RunService::snapshot, &service,
                [&](const RunSnapshotPtr& snapshot) { seen.push_back(snapshot); });
        service.open(run);
        WAIT_FOR(!seen.empty() && seen.back()->status.state == "done" && !seen.back()->status.alive);
        // 200 steps of 10 ms are two seconds at least: twenty looks. Half of them suffice on a busy machine.
        QVERIFY2(seen.size() >= 10, qPrintable(QString::number(seen.size())));
        double fraction = 0;
        std::size_t points = 0;
        bool grew = false;
        for (const RunSnapshotPtr& snapshot : seen) {
            QVERIFY2(snapshot->problem.empty(), snapshot->problem.c_str());
            QVERIFY(snapshot->state.fraction >= fraction);
            fraction = snapshot->state.fraction;
            const auto* loss = snapshot->arrays.find("metrics/loss");
            const std::size_t now = loss ? loss->steps.size() : 0;
            grew = grew || (points > 0 && now > points && snapshot->status.state == "running");
            points = now;
        }
        QVERIFY(grew);
        QCOMPARE(points, std::size_t(200));
        const auto* value = seen.back()->arrays.find("value");
        QVERIFY(value);
        QCOMPARE(value->values.shape, (latent::engine::Shape{200}));
        QCOMPARE(seen.back()->request["parameters"]["steps"].get<int>(), 200);
        QCOMPARE(service.latest(run), seen.back());
    }

    void oneSnapshotAwaitsABusyWindow() {
        const fs::path run = start(100);
        RunService service;
        QSignalSpy snapshots(&service, &RunService::snapshot);
        service.open(run, RunService::Depth::State);
        WAIT_FOR(snapshots.count() > 0);
        std::this_thread::sleep_for(
            std::chrono::milliseconds(700));  // a window that does not come back to its events
        const auto before = snapshots.count();
        QCoreApplication::sendPostedEvents();
        QVERIFY(snapshots.count() - before <= 1);
        WAIT_FOR(service.latest(run)->status.state == "done");
    }

    void readersAreSharedAndCounted() {
        const fs::path run = start(3);
        RunService service;
        QSignalSpy snapshots(&service, &RunService::snapshot);
        service.open(run, RunService::Depth::State);
        WAIT_FOR(service.latest(run) && service.latest(run)->status.state == "done");
        QVERIFY(service.latest(run)->arrays.all().empty());  // the list of jobs reads no arrays
        service.open(run, RunService::Depth::Arrays);
        WAIT_FOR(service.latest(run)->arrays.find("value"));
        service.close(run, RunService::Depth::Arrays);
        WAIT_FOR(service.latest(run)->arrays.all().empty());  // and what was read is given back
        service.close(run, RunService::Depth::State);
        QVERIFY(!service.latest(run));
        snapshots.clear();
        service.poke();
        QTest::qWait(300);
        QCOMPARE(snapshots.count(), 0);
    }

    void problemsAreSentencesAndPass() {
        const fs::path run = m_home.workspace() / "runs" / "2026-11-25T000000-misbehave-ok-0000000001";
        RunService service;
        service.open(run);
        WAIT_FOR(service.latest(run) && !service.latest(run)->problem.empty());
        QVERIFY(QString::fromStdString(service.latest(run)->problem)
                    .contains(QString::fromStdString(run.filename().string())));
        const fs::path made = start(3);
        WAIT_FOR(JobHome::stateOf(made) == "done");
        fs::copy(made, run, fs::copy_options::recursive);
        service.poke();
        WAIT_FOR(service.latest(run)->problem.empty());
        QCOMPARE(service.latest(run)->state.state, std::string("done"));
    }

    void closingDoesNotWaitForAnybody() {
        RunService service;
        for (int i = 0; i < 20; ++i) service.open(m_home.workspace() / ("run" + std::to_string(i)));
    }

  private:
    fs::path start(int steps) {
        QByteArray out;
        const QStringList words{QStringLiteral("-w"),  QString::fromStdString(m_home.workspace().string()),
                                QStringLiteral("run"), QStringLiteral("misbehave/slow"),
                                QStringLiteral("-s"),  QStringLiteral("steps=%1").arg(steps),
                                QStringLiteral("-t"),  QStringLiteral("1"),
                                QStringLiteral("-d"),  QStringLiteral("--json")};
        if (m_home.latent(words, &out) != 0) qFatal("The run could not be started.");
        return nlohmann::json::parse(out.toStdString())["run"].get<std::string>();
    }
    JobHome m_home;
};

QTEST_MAIN(TestLiveRuns)
#include "test_live_runs.moc"

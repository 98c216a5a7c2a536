// SPDX-License-Identifier: GPL-3.0-or-later
// The queue with real workers: order and budget, what may be asked, kills, and reopening.
#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "desktop/jobs/job_queue.hpp"
#include "desktop/live/run_service.hpp"
#include "job_home.hpp"

using namespace latent::desktop;
namespace fs = std::filesystem;

#define WAIT_FOR(condition) QVERIFY2(QTest::qWaitFor([&] { return condition; }, kPatience_ms), #condition)

namespace {

std::string shown(const JobQueue& queue, const fs::path& run) {
    const Job* job = queue.find(run);
    return job ? job->state : "no job";
}

int running(const JobQueue& queue) {
    return static_cast<int>(std::count_if(queue.jobs().begin(), queue.jobs().end(),
                                          [](const Job& job) { return job.state == "running"; }));
}

}  // namespace

class TestJobQueue : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!m_home.isReady()) QSKIP("The program or the fixture plugin has not been built.");
    }
    void init() { m_home.newWorkspace(); }

    void runsWhatIsAdded() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        QSignalSpy ended(&queue, &JobQueue::ended);
        const fs::path run =
            m_home.add(queue, JobHome::slow(400));  // long enough to be seen on a busy machine
        QCOMPARE(run.parent_path(), m_home.workspace() / "runs");
        WAIT_FOR(shown(queue, run) == "running" && queue.find(run)->rate > 0);
        QVERIFY(queue.find(run)->secondsLeft >= 0);
        QCOMPARE(queue.coresInUse(), 1);
        WAIT_FOR(shown(queue, run) == "done");
        QCOMPARE(ended.count(), 1);
        QCOMPARE(ended[0][1].toString(), QStringLiteral("done"));
        QCOMPARE(queue.find(run)->fraction, 1.0);
        QCOMPARE(queue.coresInUse(), 0);
        queue.clearEnded();
        QVERIFY(queue.jobs().empty());
        QVERIFY(fs::exists(run / "request.json"));
    }

    void refusesAnOrderWithoutMakingAnything() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        latent::engine::RunOrder order;
        order.experiment = "misbehave/slow";
        order.assignments = {{"steps", -5}};
        std::string sentence;
        queue.add(order, [&](const latent::engine::Result<fs::path>& run) {
            sentence = run ? "made" : run.error().message;
        });
        QCOMPARE(queue.jobs().size(), std::size_t(1));
        QCOMPARE(queue.jobs()[0].state, std::string("preparing"));
        WAIT_FOR(!sentence.empty());
        QVERIFY2(sentence.find("steps") != std::string::npos && sentence.find("-5") != std::string::npos,
                 sentence.c_str());
        QVERIFY(queue.jobs().empty());
        QVERIFY(m_home.runs().empty());
    }

    void keepsOrderAndBudget() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        queue.setCoreBudget(2);
        int most = 0;
        std::vector<fs::path> begun;
        connect(&queue, &JobQueue::changed, &queue, [&] {
            most = std::max(most, queue.coresInUse());
            for (const Job& job : queue.jobs())
                if (job.state == "running" && std::find(begun.begin(), begun.end(), job.run) == begun.end())
                    begun.push_back(job.run);
        });
        // The third is wider than what is left beside the second: it waits, and the fourth does not overtake it.
        std::vector<fs::path> runs;
        for (const int threads : {1, 1, 2, 1}) runs.push_back(m_home.add(queue, JobHome::slow(200, threads)));
        WAIT_FOR(shown(queue, runs[0]) == "running" && shown(queue, runs[1]) == "running");
        QCOMPARE(shown(queue, runs[2]), std::string("queued"));
        WAIT_FOR(std::all_of(runs.begin(), runs.end(),
                             [&](const fs::path& run) { return shown(queue, run) == "done"; }));
        QCOMPARE(most, 2);
        QCOMPARE(begun.size(), runs.size());
        QVERIFY(begun[2] == runs[2] && begun[3] == runs[3]);
    }

    void aJobWiderThanTheBudgetRunsAlone() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        queue.setCoreBudget(1);
        int most = 0;
        connect(&queue, &JobQueue::changed, &queue, [&] { most = std::max(most, running(queue)); });
        const fs::path narrow = m_home.add(queue, JobHome::slow(30)),
                       wide = m_home.add(queue, JobHome::slow(30, 3));
        WAIT_FOR(shown(queue, wide) == "done");
        QCOMPARE(shown(queue, narrow), std::string("done"));
        QCOMPARE(most, 1);
    }

    /// A caller that waits for its folder, such as the form with its Run button off, must always hear.
    void ordersOfAWorkspaceThatWasLeftAreAnswered() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        int answers = 0, failures = 0;
        for (int i = 0; i < 2; ++i)
            queue.add(JobHome::slow(3), [&](const latent::engine::Result<fs::path>& made) {
                ++answers;
                failures += !made;
            });
        queue.setWorkspace(m_home.folder() / "elsewhere");
        QCOMPARE(answers, 2);
        QCOMPARE(failures, 2);
        QVERIFY(queue.jobs().empty());
    }

    /// Looking for what others queued here takes nothing away.
    void refreshKeepsWhatIsBeingMade() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        bool isMade = false;
        queue.add(JobHome::slow(3),
                  [&](const latent::engine::Result<fs::path>& made) { isMade = static_cast<bool>(made); });
        queue.refresh();
        QCOMPARE(queue.jobs().size(), std::size_t(1));
        WAIT_FOR(isMade);
    }

    void pausesAndResumes() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        const fs::path run = m_home.add(queue, JobHome::slow(400));
        WAIT_FOR(shown(queue, run) == "running" && queue.find(run)->fraction > 0);
        queue.checkpoint(run);
        QVERIFY(queue.find(run)->asked);
        WAIT_FOR(!queue.find(run)->asked && queue.find(run)->checkpointAge_s >= 0);
        queue.pause(run);
        WAIT_FOR(shown(queue, run) == "paused");
        QVERIFY(queue.find(run)->resumable && !queue.find(run)->asked);
        queue.resume(run);
        WAIT_FOR(shown(queue, run) == "running");
        WAIT_FOR(queue.find(run)->rate > 0);
        // A rate that counted what the first attempt did would be far above a step each 10 ms.
        QVERIFY2(queue.find(run)->rate < 0.5, qPrintable(QString::number(queue.find(run)->rate)));
        queue.stop(run);
        WAIT_FOR(shown(queue, run) == "stopped");
    }

    void aKilledWorkerIsInterruptedAndGoesOn() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        latent::engine::RunOrder order = JobHome::slow(150);
        order.assignments.push_back({"checkpoint_every", 20});
        const fs::path run = m_home.add(queue, order);
        WAIT_FOR(shown(queue, run) == "running" && queue.find(run)->checkpointAge_s >= 0);
        QSignalSpy ended(&queue, &JobQueue::ended);
        JobHome::kill(run);
        WAIT_FOR(shown(queue, run) == "interrupted");
        QCOMPARE(ended.count(), 1);
        QVERIFY(queue.find(run)->resumable);
        QVERIFY(!queue.find(run)->reason.empty());
        queue.resume(run);
        WAIT_FOR(shown(queue, run) == "done");
        QCOMPARE(ended.count(), 2);
    }

    void leavesNoZombies() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        const fs::path run = m_home.add(queue, JobHome::slow(5));
        WAIT_FOR(shown(queue, run) == "done");
        const auto zombies = [] {
            int count = 0;
            QFile children(QStringLiteral("/proc/self/task/%1/children").arg(getpid()));
            if (!children.open(QIODevice::ReadOnly)) return -1;
            for (const QByteArray& child : children.readAll().simplified().split(' ')) {
                QFile stat(QStringLiteral("/proc/%1/stat").arg(QString::fromLatin1(child)));
                if (!child.isEmpty() && stat.open(QIODevice::ReadOnly) && stat.readAll().contains(") Z "))
                    ++count;
            }
            return count;
        };
        WAIT_FOR(zombies() == 0);
    }

    void takesUpRunsWhenItIsOpenedAgain() {
        fs::path working, waiting;
        {
            RunService service;
            JobQueue queue(service);
            queue.setWorkspace(m_home.workspace());
            queue.setCoreBudget(1);
            working = m_home.add(queue, JobHome::slow(300));
            waiting = m_home.add(queue, JobHome::slow(20));
            WAIT_FOR(shown(queue, working) == "running");
        }
        QCOMPARE(JobHome::stateOf(working), std::string("running"));  // it outlives the queue
        QCOMPARE(JobHome::stateOf(waiting), std::string("queued"));
        RunService service;
        JobQueue queue(service);
        queue.setCoreBudget(1);
        queue.setWorkspace(m_home.workspace());
        WAIT_FOR(queue.find(working) && queue.find(waiting));
        WAIT_FOR(shown(queue, working) == "running" && queue.find(working)->experiment == "misbehave/slow");
        QCOMPARE(queue.jobs()[0].run, working);
        queue.stop(working);
        WAIT_FOR(shown(queue, waiting) == "done");
        QCOMPARE(shown(queue, working), std::string("stopped"));
    }

    void seesRunsThatOthersStart() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        QTest::qWait(50);
        QByteArray out;
        QCOMPARE(m_home.latent({QStringLiteral("-w"), QString::fromStdString(m_home.workspace().string()),
                                QStringLiteral("run"), QStringLiteral("misbehave/slow"), QStringLiteral("-s"),
                                QStringLiteral("steps=2000"), QStringLiteral("-d"), QStringLiteral("--json")},
                               &out),
                 0);
        const fs::path run = nlohmann::json::parse(out.toStdString())["run"].get<std::string>();
        WAIT_FOR(shown(queue, run) == "running");
        queue.stop(run);
        WAIT_FOR(shown(queue, run) == "stopped");
        // A second queue does not start what ended, nor show it again.
        JobQueue other(service);
        other.setWorkspace(m_home.workspace());
        QTest::qWait(300);
        QVERIFY(!other.find(run));
    }

    void stopsWhatIsJustStarting() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        QSignalSpy problem(&queue, &JobQueue::problem);
        const fs::path run = m_home.add(queue, JobHome::slow(2000));
        queue.stop(run);  // its worker has been started, but has no attempt yet
        QVERIFY(shown(queue, run) == "queued");
        WAIT_FOR(shown(queue, run) == "stopped");
        QCOMPARE(problem.count(), 0);
    }

    void withdrawsWhatHasNotBegun() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        queue.setCoreBudget(1);
        const fs::path first = m_home.add(queue, JobHome::slow(300)),
                       second = m_home.add(queue, JobHome::slow(300));
        WAIT_FOR(shown(queue, first) == "running");
        QSignalSpy problem(&queue, &JobQueue::problem);
        queue.withdraw(first);
        QCOMPARE(problem.count(), 1);
        QVERIFY(queue.find(first));
        queue.withdraw(second);
        QVERIFY(!queue.find(second));
        WAIT_FOR(!fs::exists(second));
        QVERIFY(fs::exists(first));
        queue.stop(first);
        WAIT_FOR(shown(queue, first) == "stopped");
    }

    void showsThePathsOfForeignRunsFirst() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        QByteArray out;
        QCOMPARE(m_home.latent({QStringLiteral("-w"), QString::fromStdString(m_home.workspace().string()),
                                QStringLiteral("run"), QStringLiteral("misbehave/ok"), QStringLiteral("-q"),
                                QStringLiteral("--json"), QStringLiteral("-o"),
                                QString::fromStdString((m_home.folder() / "theirs").string())},
                               &out),
                 0);
        const fs::path run = m_home.folder() / "theirs";
        const auto events = run / "events.ndjson";
        std::ofstream(events, std::ios::trunc)
            << R"({"type":"state","state":"queued","t":1})" << '\n';  // without the seal
        QSignalSpy foreign(&queue, &JobQueue::foreign);
        queue.resume(run);
        WAIT_FOR(foreign.count() == 1);
        QTest::qWait(100);
        QCOMPARE(JobHome::stateOf(run),
                 std::string("queued"));  // nothing runs before the person has said yes
        queue.resumeForeign(run);
        WAIT_FOR(shown(queue, run) == "done");
    }

    void saysWhyAResumeIsRefused() {
        RunService service;
        JobQueue queue(service);
        queue.setWorkspace(m_home.workspace());
        const fs::path run = m_home.add(queue, JobHome::slow(3));
        WAIT_FOR(shown(queue, run) == "done");
        QSignalSpy problem(&queue, &JobQueue::problem);
        queue.resume(run);
        WAIT_FOR(problem.count() == 1);
        QVERIFY(problem[0][0].toString().contains(QStringLiteral("nothing to resume")));
        queue.pause(run);
        QCOMPARE(problem.count(), 2);
    }

  private:
    JobHome m_home;
};

QTEST_MAIN(TestJobQueue)
#include "test_job_queue.moc"

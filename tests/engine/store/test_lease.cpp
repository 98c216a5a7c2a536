// SPDX-License-Identifier: Apache-2.0
// Two workers never share a run; the lock outlives the supervisor while its child lives, and no longer.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>
#include <csignal>
#include <optional>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;

namespace {
bool g_hasLinks = true;
}
extern "C" int link(const char* from, const char* to) {
    if (g_hasLinks) return static_cast<int>(syscall(SYS_link, from, to));
    errno = EPERM;
    return -1;
}

class LeaseTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void oneAtATime() {
        TestRun run;
        QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Vacant);
        {
            const Lease lease = must(Lease::take(run.folder));
            QCOMPARE(lease.attempt(), 1);
            const LeaseProbe probe = must(probeLease(run.folder));
            QVERIFY(probe.liveness == Liveness::Alive && probe.pid == ::getpid());
            const auto second = Lease::take(run.folder);
            QVERIFY(!second);
            QCOMPARE(second.error().exit, Exit::RefusedInput);
            QVERIFY(second.error().message.find("being computed") != std::string::npos);
        }
        QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Dead);
        const Lease next = must(Lease::take(run.folder));
        QCOMPARE(next.attempt(), 2);
        QVERIFY(fileExists(run.folder / "worker.json") && fileExists(run.folder / "worker-0002.json"));
    }
    void withoutHardLinksTheLockHoldsToo() {
        TestRun run;
        g_hasLinks = false;
        {
            const Lease lease = must(Lease::take(run.folder));
            QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Alive);
            QVERIFY(!Lease::take(run.folder));
        }
        QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Dead);
        QCOMPARE(must(Lease::take(run.folder)).attempt(), 2);
        g_hasLinks = true;
    }
    void manyRaceOneWins_data() {
        QTest::addColumn<bool>("hasLinks");
        QTest::newRow("links") << true;
        QTest::newRow("no links") << false;
    }
    void manyRaceOneWins() {
        QFETCH(bool, hasLinks);
        g_hasLinks = hasLinks;
        const auto back = qScopeGuard([] { g_hasLinks = true; });
        TestRun run;
        for (int round = 0; round < 5; ++round) {
            int won[2], go[2];
            QCOMPARE(::pipe(won), 0);
            QCOMPARE(::pipe(go), 0);
            std::vector<pid_t> children;
            for (int i = 0; i < 8; ++i) {
                const pid_t pid = ::fork();
                if (pid == 0) {
                    ::close(go[1]);
                    char byte;
                    if (::read(go[0], &byte, 1) < 0) ::_exit(2);  // all start when the pipe closes
                    auto lease = Lease::take(run.folder);
                    if (lease && ::write(won[1], "w", 1) == 1) ::usleep(300'000);
                    ::_exit(0);
                }
                children.push_back(pid);
            }
            ::close(go[0]);
            ::close(go[1]);
            ::close(won[1]);
            int winners = 0;
            char byte;
            while (::read(won[0], &byte, 1) == 1) ++winners;
            ::close(won[0]);
            for (const pid_t pid : children) ::waitpid(pid, nullptr, 0);
            QCOMPARE(winners, 1);
        }
        QCOMPARE(must(probeLease(run.folder)).attempt, 5);
    }
    void theChildHoldsOnWhenTheSupervisorIsKilled() {
        TestRun run;
        int pids[2];
        QCOMPARE(::pipe(pids), 0);
        const pid_t supervisor = ::fork();
        if (supervisor == 0) {
            auto lease = Lease::take(run.folder);
            const pid_t child = ::fork();
            if (child == 0) {
                ::sleep(60);
                ::_exit(0);
            }
            if (!lease || ::write(pids[1], &child, sizeof child) < 0) ::_exit(1);
            ::sleep(60);
            ::_exit(0);
        }
        pid_t child = 0;
        QCOMPARE(::read(pids[0], &child, sizeof child), ssize_t(sizeof child));
        ::kill(supervisor, SIGKILL);
        ::waitpid(supervisor, nullptr, 0);
        QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Alive);
        QVERIFY(!Lease::take(run.folder));
        ::kill(child, SIGKILL);
        QTRY_VERIFY(must(probeLease(run.folder)).liveness == Liveness::Dead);
        QCOMPARE(must(Lease::take(run.folder)).attempt(), 2);
    }
    void anotherHostIsNotJudgedByTheLock() {
        TestRun run;
        must(writeNew(layout::lease(run.folder, 1),
                      R"({"attempt":1,"host":"node17","machine":"x","pid":4,"t":1})"));
        QVERIFY(must(probeLease(run.folder)).liveness == Liveness::Elsewhere);
        const auto refusedLease = Lease::take(run.folder);
        QVERIFY(!refusedLease && refusedLease.error().message.find("node17") != std::string::npos);
        QCOMPARE(must(Lease::take(run.folder, true)).attempt(), 2);
    }
    void hostileLeasesAreRefused() {
        TestRun run;
        must(writeNew(layout::lease(run.folder, 1), "[1,2,3]"));
        QVERIFY(!Lease::take(run.folder));
        must(writeNew(layout::lease(run.folder, 1), std::string(100'000, ' ')));
        QVERIFY(!probeLease(run.folder));
    }
};
QTEST_APPLESS_MAIN(LeaseTest)
#include "test_lease.moc"

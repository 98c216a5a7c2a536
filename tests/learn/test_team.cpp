// SPDX-License-Identifier: Apache-2.0
// Threads that stay: each index once, stretch after stretch, by threads that are told apart, until a body fails.
#include <QTest>
#include <latent/learn/team.hpp>
#include <set>
#include <stdexcept>

using latent::learn::Team;

class TestTeam : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void eachIndexOnceInEveryStretch_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {-1, 1, 2, 5}) QTest::addRow("%d", threads) << threads;
    }
    void eachIndexOnceInEveryStretch() {
        QFETCH(int, threads);
        Team team(threads);
        QCOMPARE(team.size(), std::max(threads, 1));
        for (std::size_t stretch = 0; stretch < 2000; ++stretch) {
            std::vector<std::atomic<int>> times(stretch % 17);
            std::atomic<bool> isOwn{true};
            team.each(times.size(), [&](std::size_t i, int thread) {
                ++times[i];
                if (thread < 0 || thread >= team.size()) isOwn = false;
            });
            for (const auto& n : times) QCOMPARE(n.load(), 1);
            QVERIFY(isOwn);
        }
    }

    void noTwoThreadsHaveOneNumber() {
        Team team(4);
        std::vector<std::atomic<int>> inside(4);
        std::atomic<bool> isAlone{true};
        team.each(20'000, [&](std::size_t, int thread) {
            auto& mine = inside[static_cast<std::size_t>(thread)];
            if (++mine != 1) isAlone = false;
            std::this_thread::yield();
            --mine;
        });
        QVERIFY(isAlone);
    }

    /// What has begun ends first, and the team is as good as before.
    void failuresComeToTheCaller() {
        Team team(3);
        for (int again = 0; again < 50; ++again) {
            std::atomic<int> begun{0}, inside{0};
            try {
                team.each(100'000, [&](std::size_t i, int) {
                    ++inside, ++begun;
                    std::this_thread::yield();
                    --inside;
                    if (i == 10) throw std::runtime_error("ten");
                });
                QFAIL("Nobody said that it failed.");
            } catch (const std::runtime_error& error) {
                QCOMPARE(std::string(error.what()), std::string("ten"));
            }
            QCOMPARE(inside.load(), 0);
            QVERIFY(begun < 100'000);
        }
        std::atomic<int> done{0};
        team.each(7, [&](std::size_t, int) { ++done; });
        QCOMPARE(done.load(), 7);
    }
};

QTEST_GUILESS_MAIN(TestTeam)
#include "test_team.moc"

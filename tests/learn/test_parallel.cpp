// SPDX-License-Identifier: Apache-2.0
// Pieces of work on a few threads: each once, in any order, until somebody fails or has enough.
#include <QTest>
#include <latent/learn/parallel.hpp>
#include <stdexcept>
#include <thread>

using latent::learn::forEachIndex;

/// Long enough that one thread cannot do everything while another waits for its turn on a busy machine.
static void linger() { std::this_thread::sleep_for(std::chrono::microseconds(20)); }

class TestParallel : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void eachIndexOnce_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {-1, 1, 2, 5, 200}) QTest::addRow("%d", threads) << threads;
    }
    void eachIndexOnce() {
        QFETCH(int, threads);
        std::vector<std::atomic<int>> times(100);
        QVERIFY(forEachIndex(times.size(), threads, [&](std::size_t i) { ++times[i]; }));
        for (const auto& n : times) QCOMPARE(n.load(), 1);
        QVERIFY(forEachIndex(0, threads, [](std::size_t) { QFAIL("There is nothing to do."); }));
    }

    /// A body that fails ends the rest, and the caller hears the first failure after all threads have stopped.
    void failuresComeToTheCaller() {
        std::atomic<int> begun{0}, inside{0};
        try {
            forEachIndex(100'000, 3, [&](std::size_t i) {
                ++inside;
                ++begun;
                linger();
                if (i == 10) --inside, throw std::runtime_error("ten");
                --inside;
            });
            QFAIL("Nobody said that it failed.");
        } catch (const std::runtime_error& error) {
            QCOMPARE(std::string(error.what()), std::string("ten"));
        }
        QCOMPARE(inside.load(), 0);
        QVERIFY(begun < 100'000);
    }

    void theCallerMayHaveEnough() {
        std::atomic<int> begun{0};
        const bool isWhole = forEachIndex(
            100'000, 2, [&](std::size_t) { ++begun, linger(); }, [](std::size_t done) { return done < 5; });
        QVERIFY(!isWhole);
        QVERIFY(begun < 100'000);
        // Enough with the last piece is all of it.
        QVERIFY(forEachIndex(
            5, 1, [](std::size_t) {}, [](std::size_t done) { return done < 5; }));
    }
};

QTEST_MAIN(TestParallel)
#include "test_parallel.moc"

// SPDX-License-Identifier: Apache-2.0
// Two who ask for a run in the same folder at once: one has it, the other is told, and nobody's run goes.
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <thread>
#include <vector>

#include "engine/files/operations.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/layout.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

class Start : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

  private Q_SLOTS:
    void oneFolderHasOneRun() {
        qputenv("XDG_STATE_HOME", m_dir.filePath("state").toUtf8());
        constexpr int kAtOnce = 4;
        for (int round = 0; round < 20; ++round) {
            const fs::path folder = fs::path(m_dir.path().toStdString()) / std::to_string(round);
            if (round % 2 == 1) fs::create_directory(folder);  // an empty one is as good
            std::atomic<int> made{0}, ready{0};
            std::vector<std::thread> threads;
            for (int i = 0; i < kAtOnce; ++i)
                threads.emplace_back([&, i] {
                    RunOrder order;
                    order.experiment = "a/b";
                    order.out = folder;
                    ++ready;
                    while (ready < kAtOnce) std::this_thread::yield();
                    const auto run = makeRun(order, {{"experiment", "a/b"},
                                                     {"parameters", {{"who", i}}},
                                                     {"seed", i}});
                    if (run) ++made;
                });
            for (auto& thread : threads) thread.join();
            QCOMPARE(made.load(), 1);
            QVERIFY(fileExists(layout::request(folder)) && fileExists(layout::events(folder)));
        }
    }
};

QTEST_APPLESS_MAIN(Start)
#include "test_start.moc"

// SPDX-License-Identifier: Apache-2.0
// Names, requests, notes, array declarations, interval sets, the merge policy, control requests.
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "engine/files/operations.hpp"
#include "engine/store/control.hpp"
#include "engine/store/digest.hpp"
#include "engine/store/intervals.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/merge_policy.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace fs = std::filesystem;

class StoreSmall : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void runNames() {
        const auto name = RunName::make("sim/theory", std::chrono::system_clock::from_time_t(1795421702));
        QCOMPARE(name.time, std::string("2026-11-23T081502"));
        QCOMPARE(name.experiment, std::string("sim-theory"));
        const auto back = RunName::parse(name.text());
        QVERIFY(back && back->experiment == "sim-theory" && back->bits == name.bits);
        QVERIFY(!RunName::parse("2026-11-23T081502-sim-theory-3f2a9c0b1"));
        QVERIFY(!RunName::parse("../../etc"));
        QTemporaryDir dir;
        std::set<fs::path> made;
        for (int i = 0; i < 50; ++i) made.insert(must(createRunFolder(dir.path().toStdString(), "e")));
        QCOMPARE(made.size(), std::size_t(50));
        QVERIFY(!createRunFolderAt(dir.path().toStdString()));  // not empty
    }
    void aFolderHasOneRun() {
        QTemporaryDir dir;
        for (int round = 0; round < 30; ++round) {
            const fs::path folder = fs::path(dir.path().toStdString()) / std::to_string(round);
            std::atomic<int> winners{0}, ready{0};
            std::vector<std::thread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    ++ready;
                    while (ready < 4) std::this_thread::yield();
                    if (createRunFolderAt(folder)) ++winners;
                });
            for (auto& thread : threads) thread.join();
            QCOMPARE(winners.load(), 1);
        }
    }
    void piecesAreInOrder_data() {
        QTest::addColumn<int>("bytes");
        for (const int bytes : {1, 8, 20, 40, 100, 10'000})
            QTest::newRow(std::to_string(bytes).c_str()) << bytes;
    }
    void piecesAreInOrder() {
        QFETCH(int, bytes);
        for (const Shape& shape :
             {Shape{}, Shape{0, 3}, Shape{7}, Shape{1, 9}, Shape{3, 1, 4}, Shape{2, 3, 5}}) {
            std::vector<std::uint64_t> seen, all;
            must(inPieces(
                shape, 4,
                [&](const Shape& start, const Shape& count) {
                    std::uint64_t elements = 1;
                    for (const std::uint64_t extent : count) elements *= extent;
                    if (elements > 1 && elements * 4 > static_cast<std::uint64_t>(bytes))
                        return Status(failed("A piece of " + std::to_string(elements) + " elements."));
                    forEachRun(shape, start, count, [&](std::uint64_t offset, std::uint64_t length) {
                        for (std::uint64_t i = 0; i < length; ++i) seen.push_back(offset + i);
                    });
                    return ok();
                },
                static_cast<std::uint64_t>(bytes)));
            std::uint64_t elements = 1;
            for (const std::uint64_t extent : shape) elements *= extent;
            for (std::uint64_t i = 0; i < elements; ++i) all.push_back(i);
            QVERIFY(seen == all);
        }
    }
    void requestIsImmutableAndKnowsItself() {
        TestRun run;
        const Request request = must(readRequest(run.folder));
        QCOMPARE(request.experiment(), std::string("sim/theory"));
        QCOMPARE(request.seed(), std::int64_t(7));
        QCOMPARE(request.threads(), 1);
        QVERIFY(!writeRequest(run.folder, request));
        std::string text = must(readFile(layout::request(run.folder), 1 << 20));
        text.replace(text.find("\"seed\": 7"), 9, "\"seed\": 8");
        must(writeNew(layout::request(run.folder), text));
        const auto changed = readRequest(run.folder);
        QVERIFY(!changed);
        QCOMPARE(changed.error().exit, Exit::RefusedInput);
        QVERIFY(changed.error().message.find("was changed") != std::string::npos);
        QVERIFY(!Request::make({{"experiment", "x"}, {"parameters", json::object()}, {"seed", 1.5}}));
        // The hash does not depend on how the text is laid out.
        QCOMPARE(
            must(Request::make({{"seed", 7}, {"parameters", {{"mu", {1, 2}}}}, {"experiment", "sim/theory"}}))
                .sha256(),
            request.sha256());
    }
    void notesKeepWhatTheyDoNotKnow() {
        TestRun run;
        must(writeNew(layout::user(run.folder), R"({"tags":["a",3],"future":{"x":1},"star":true})"));
        UserNotes notes = must(readUserNotes(run.folder));
        QVERIFY(notes.star && notes.tags == std::vector<std::string>{"a"});
        notes.notes = "swing-by ✓";
        must(writeUserNotes(run.folder, notes));
        QVERIFY(must(readFile(layout::user(run.folder), 4096)).find("future") != std::string::npos);
        QCOMPARE(must(readUserNotes(run.folder)).notes, std::string("swing-by ✓"));
        QVERIFY(must(readProvenance(run.folder)).empty());
    }
    void declarationsNameWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("entry");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("path") << QByteArray(R"({"name":"../x","dtype":"f32","dims":[]})")
                              << QByteArray("../x");
        QTest::newRow("type") << QByteArray(R"({"name":"x","dtype":"c64","dims":[]})") << QByteArray("c64");
        QTest::newRow("growth")
            << QByteArray(
                   R"({"name":"x","dtype":"f32","dims":[{"name":"a","size":2},{"name":"t","size":null}]})")
            << QByteArray("must come first");
        QTest::newRow("size") << QByteArray(R"({"name":"x","dtype":"f32","dims":[{"name":"a","size":-2}]})")
                              << QByteArray("whole number");
        QTest::newRow("huge")
            << QByteArray(R"({"name":"x","dtype":"f64","dims":[{"name":"a","size":9000000000000000000}]})")
            << QByteArray("too large");
        QTest::newRow("large grows")
            << QByteArray(R"({"name":"x","dtype":"f64","large":true,"dims":[{"name":"t","size":null}]})")
            << QByteArray("every dimension needs a size");
        QTest::newRow("taken") << QByteArray(R"({"name":"metrics","dtype":"f64","dims":[]})")
                               << QByteArray("is taken");
    }
    void declarationsNameWhatIsWrong() {
        QFETCH(QByteArray, entry);
        QFETCH(QByteArray, part);
        const auto spec = parseArraySpec(json::parse(entry.toStdString()), "The outputs");
        QVERIFY(!spec);
        QVERIFY2(spec.error().message.find(part.toStdString()) != std::string::npos,
                 spec.error().message.c_str());
    }
    void intervalsAgreeWithASet() {
        std::mt19937 random(1);
        const Shape shape{5, 6, 7};
        for (int round = 0; round < 200; ++round) {
            IntervalSet intervals;
            std::set<std::uint64_t> elements;
            for (int k = 0; k < 4; ++k) {
                Shape start, count;
                for (const auto extent : shape) {
                    start.push_back(random() % extent);
                    count.push_back(random() % (extent - start.back() + 1));
                }
                if (round % 3 == 0) count[2] = shape[2], start[2] = 0;
                QVERIFY(intervals.addBox(shape, start, count));
                for (std::uint64_t z = 0; z < count[0]; ++z)
                    for (std::uint64_t y = 0; y < count[1]; ++y)
                        for (std::uint64_t x = 0; x < count[2]; ++x)
                            elements.insert(((start[0] + z) * 6 + start[1] + y) * 7 + start[2] + x);
            }
            QCOMPARE(intervals.count(), std::uint64_t(elements.size()));
            for (const auto element : elements) QVERIFY(intervals.contains(element, element + 1));
            QVERIFY(IntervalSet::fromFlat(intervals.flat()) == intervals);
        }
        IntervalSet set;
        QVERIFY(!set.addBox({4, 4}, {3, 0}, {2, 4}));
        QVERIFY(!set.addBox({4, 4}, {~0ull, 0}, {2, 4}));
        QVERIFY(set.addBox({512, 512}, {0, 0}, {64, 512}) && set.intervals().size() == 1);
        QVERIFY(!set.addBox({1ull << 30, 4}, {0, 0}, {1ull << 30, 2}));  // a billion runs
    }
    void aMillionCommitsStayUnder64() {
        std::vector<int> levels;
        std::size_t most = 0;
        for (int i = 0; i < 1'000'000; ++i) {
            levels.push_back(0);
            most = std::max(most, levels.size());
            while (const auto due = dueMerge(levels)) {
                QVERIFY(due->first + due->count == levels.size() && due->count == kMergeWays);
                levels.resize(due->first);
                levels.push_back(due->level);
            }
        }
        QVERIFY2(most <= 64, qPrintable(QString::number(most)));
        QVERIFY(std::is_sorted(levels.rbegin(), levels.rend()));
    }
    void controlRequestsReachTheirAttemptOnly() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        ControlWatch watch(run.folder, 2);
        QVERIFY(must(watch.poll(log)).empty());
        const auto stale = must(askControl(run.folder, 1, ControlAction::Stop));
        const auto real = must(askControl(run.folder, 2, ControlAction::Pause));
        must(writeNew(layout::controls(run.folder) / "0099.json", "{\"action\":\"explode\"}"));
        QCOMPARE(stale, std::uint64_t(1));
        const auto requests = must(watch.poll(log));
        QCOMPARE(requests.size(), std::size_t(1));
        QCOMPARE(requests[0].number, real);
        QVERIFY(requests[0].action == ControlAction::Pause);
        QVERIFY(must(watch.poll(log)).empty());
        must(log.control(real, "pause", "done"));
        RunFollower follower(run.folder);
        must(follower.poll());
        QCOMPARE(follower.state().controls.at(stale).outcome, std::string("ignored"));
        QCOMPARE(follower.state().controls.at(real).outcome, std::string("done"));
        QCOMPARE(follower.state().controls.at(99).outcome, std::string("refused"));
        QCOMPARE(must(askControl(run.folder, 2, ControlAction::Checkpoint)), std::uint64_t(100));
        QCOMPARE(must(watch.poll(log)).size(), std::size_t(1));
    }
};
QTEST_APPLESS_MAIN(StoreSmall)
#include "test_store_small.moc"

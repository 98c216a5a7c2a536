// SPDX-License-Identifier: Apache-2.0
// The events: torn lines, tails while writing, void ranges after resumes, hostile content.
#include <QTest>
#include <atomic>
#include <fstream>
#include <thread>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {
void appendRaw(const TestRun& run, const std::string& bytes) {
    std::ofstream(layout::events(run.folder), std::ios::app | std::ios::binary) << bytes;
}
}  // namespace

class Events : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tornLinesAreEndedAndSkipped() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        must(log.heartbeat(1));
        appendRaw(run, "{\"type\":\"heartbeat\",\"cou");
        EventTail tail(run.folder);
        QCOMPARE(must(tail.poll()).size(), std::size_t(1));  // the torn one waits
        must(log.heartbeat(2));
        const auto lines = must(tail.poll());
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE((*lines[0].event)["counter"].get<int>(), 2);
        QCOMPARE(tail.skippedLines(), std::uint64_t(1));
    }
    void aTailSeesEveryLineWhileTwoWrite() {
        TestRun run;
        must(EventLog::open(run.folder));
        std::vector<std::thread> writers;
        std::atomic<int> running{2};
        for (int w = 0; w < 2; ++w) {
            writers.emplace_back([&, w] {
                auto log = must(EventLog::open(run.folder));
                for (int i = 0; i < 500; ++i)
                    must(log.append(
                        {{"type", "log"}, {"writer", w}, {"i", i}, {"text", std::string(300, 'x')}}));
                --running;
            });
        }
        EventTail tail(run.folder);
        int next[2] = {0, 0};
        while (true) {
            const bool last = running == 0;
            const auto lines = must(tail.poll());
            for (const auto& line : lines) {
                const int w = (*line.event)["writer"];
                QCOMPARE((*line.event)["i"].get<int>(), next[w]++);
            }
            if (last && lines.empty()) break;
        }
        for (auto& writer : writers) writer.join();
        QCOMPARE(next[0] + next[1], 1000);
        QCOMPARE(tail.skippedLines(), std::uint64_t(0));
    }
    void attemptsVoidWhatCameAfterTheirCheckpoint() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        must(log.attempt(1, "", 0));
        must(log.append({{"type", "metric"}, {"name", "loss"}, {"step", 1}, {"value", 1.0}}));
        const auto first = must(log.heartbeat(1));
        must(log.append({{"type", "metric"}, {"name", "loss"}, {"step", 2}, {"value", 2.0}}));
        RunFollower follower(run.folder);
        must(follower.poll());
        QCOMPARE(follower.state().metrics.at("loss").points.size(), std::size_t(2));
        must(log.attempt(2, "000001", first));
        must(follower.poll());
        QCOMPARE(follower.state().metrics.at("loss").points.size(), std::size_t(1));
        QCOMPARE(follower.state().attempt, 2);
        const auto second =
            must(log.append({{"type", "metric"}, {"name", "loss"}, {"step", 2}, {"value", 2.0}}));
        must(log.append({{"type", "metric"}, {"name", "loss"}, {"step", 3}, {"value", 3.0}}));
        must(log.attempt(3, "000002", second));
        must(follower.poll());
        QCOMPARE(follower.state().metrics.at("loss").points.size(), std::size_t(2));
        must(log.attempt(4, "000001", first));  // back over an earlier resume
        must(follower.poll());
        QCOMPARE(follower.state().metrics.at("loss").points.size(), std::size_t(1));
        QCOMPARE(follower.state().attempt, 4);
        // Following step by step and reading all at once agree.
        const RunState whole = must(replayEvents(run.folder));
        QCOMPARE(whole.metrics.at("loss").points, follower.state().metrics.at("loss").points);
        QCOMPARE(whole.attempt, 4);
    }
    void aLongChainOfResumesIsReadInLinearTime() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        std::uint64_t valid = must(log.attempt(1, "", 0));
        for (int i = 2; i < 400; ++i) {
            const auto step =
                must(log.append({{"type", "metric"}, {"name", "n"}, {"step", i}, {"value", 1.0}}));
            must(log.heartbeat(std::uint64_t(i)));
            must(log.attempt(i, "000001", valid));
            valid = i % 2 ? valid : step;
        }
        const RunState state = must(replayEvents(run.folder));
        QCOMPARE(state.attempt, 399);
    }
    void hostileLinesAreSkipped() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        for (const char* line :
             {"[]", "{}", "{\"type\":3}", "null", "\xff\xfe",
              "{\"type\":\"commit\",\"segment\":\"../../x\",\"rows\":{\"a\":[0,-1]}}",
              "{\"type\":\"commit\",\"segment\":7}",
              "{\"type\":\"attempt\",\"number\":-5,\"valid_bytes\":\"x\"}",
              "{\"type\":\"metric\",\"name\":[],\"step\":1e300}",
              "{\"type\":\"slab\",\"name\":\"n\",\"start\":[-1]}",
              "{\"type\":\"state\",\"exit\":1e308,\"state\":{}}",
              "{\"type\":\"progress\",\"fraction\":\"x\"}", "{\"type\":\"merge\",\"from\":{}}",
              "{\"type\":\"checkpoint\",\"keep\":3}", "{\"type\":\"array\",\"spec\":[[]]}",
              "{\"type\":\"attempt\",\"number\":99999999999,\"valid_bytes\":18446744073709551615}"}) {
            appendRaw(run, std::string(line) + "\n");
        }
        appendRaw(run, std::string(3 << 20, '[') + "\n");  // one line of 3 MB
        must(log.heartbeat(42));
        RunFollower follower(run.folder);
        QVERIFY(must(follower.poll()));
        QCOMPARE(follower.state().heartbeat, std::uint64_t(42));
        QVERIFY(follower.state().segments.empty());
        QVERIFY(follower.skippedLines() >= 5);
    }
    void textThatIsNotUtf8DoesNotBreakTheLog() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        must(log.log("info", "bad \xff bytes"));
        must(log.log("info", std::string(2'000'000, 'x')));
        EventTail tail(run.folder);
        QCOMPARE(must(tail.poll()).size(), std::size_t(2));
        QVERIFY(!log.append({{"type", "log"}, {"text", std::string(2'000'000, 'x')}}));
    }
    void previewsAreThinned() {
        RunState state;
        for (int i = 0; i < 100'000; ++i)
            state.apply({{"type", "metric"}, {"name", "m"}, {"step", i}, {"value", i}});
        const auto& preview = state.metrics.at("m");
        QVERIFY(preview.points.size() <= 2000 && preview.points.size() >= 1000);
        QCOMPARE(preview.lastStep, std::int64_t(99'999));
        QCOMPARE(preview.points.front().first, std::int64_t(0));
    }
    void aShorterFileIsReadAnew() {
        TestRun run;
        EventLog log = must(EventLog::open(run.folder));
        must(log.heartbeat(1));
        must(log.heartbeat(2));
        RunFollower follower(run.folder);
        must(follower.poll());
        std::filesystem::resize_file(layout::events(run.folder), 0);
        must(log.heartbeat(9));
        must(follower.poll());
        QCOMPARE(follower.state().heartbeat, std::uint64_t(9));
    }
};
QTEST_APPLESS_MAIN(Events)
#include "test_events.moc"

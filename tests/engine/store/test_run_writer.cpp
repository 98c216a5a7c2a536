// SPDX-License-Identifier: Apache-2.0
// What a job publishes is what readers read: live, merged, gathered; and what a commit costs.
#include <QTest>
#include <atomic>
#include <cmath>
#include <cstring>
#include <ctime>
#include <thread>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "store_helpers.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace fs = std::filesystem;

class RunWriterTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aLiveRunIsRead() {
        TestRun run;
        auto writer = run.write();
        RunReader reader = run.read();
        QCOMPARE(must(reader.arrays()).size(), std::size_t(4));
        QVERIFY(!must(reader.arrays())[0].present);
        for (int i = 0; i < 5; ++i) TestRun::step(*writer, i);
        must(writer->commit());
        for (int i = 5; i < 10; ++i) TestRun::step(*writer, i);
        must(writer->commit());
        QVERIFY(must(reader.refresh()));
        QCOMPARE(reader.state().state, std::string("running"));
        QCOMPARE(reader.state().segments.size(), std::size_t(2));
        const auto arrays = must(reader.arrays());
        QCOMPARE(arrays[1].shape, (Shape{10, 3, 2}));
        const Array all = must(reader.readAll("weights"));
        for (int i = 0; i < 10; ++i) QCOMPARE(all.as<float>()[i * 6 + 5], float(i * i));
        const Array strided =
            must(reader.read("weights", {1, 2, 1}, {3, 1, 1}, {4, 1, 1}));  // rows 1, 5, 9 across segments
        QCOMPARE(strided.as<float>()[0], 1.F);
        QCOMPARE(strided.as<float>()[1], 25.F);
        QCOMPARE(strided.as<float>()[2], 81.F);
        QVERIFY(!reader.read("weights", {8, 0, 0}, {3, 3, 2}));
        QCOMPARE(must(reader.readAll("spectrum")).as<std::int32_t>()[0], 9);  // the newest whole
        QCOMPARE(must(reader.read("cube", {7, 15}, {1, 1})).as<float>()[0], 7.5F);
        QCOMPARE(reader.state().slabs.at("cube").count(), std::uint64_t(128));
        const MetricSeries loss = must(reader.metric("train/loss"));
        QCOMPARE(loss.steps.size(), std::size_t(10));
        QCOMPARE(loss.values[9], 0.1);
        QCOMPARE(must(reader.figures())[0]["name"].get<std::string>(),
                 std::string("loss"));  // the author's order
        QCOMPARE(must(reader.figures())[1]["name"].get<std::string>(), std::string("cube"));
        QCOMPARE(arrays[2].spec.categories, (std::vector<std::string>{"low", "middle, \"high\""}));
        QCOMPARE(arrays[0].spec.rest, std::optional(1.5));
        QCOMPARE(reader.state().metricWords.at("train/loss").label, std::string("training loss"));
    }
    void aLargeFileIsSealedByItsWholeContent() {  // its hash is taken beside the writing
        TestRun run;
        auto writer = run.write();
        constexpr std::uint64_t kRows = 200'000;
        std::vector<float> rows(kRows * 6);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i % 1013);
        must(writer->publish("weights", {DType::F32, {kRows, 3, 2}, rows.data()}));
        must(writer->finish({}));
        QVERIFY(fs::file_size(layout::compacted(run.folder)) > (4u << 20));
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
        QVERIFY(must(run.read().readAll("weights")).as<float>()[rows.size() - 1] == rows.back());
    }
    void mergingNeverShows() {
        TestRun run;
        RunWriterOptions options;
        options.commitSeconds = 1e9;
        auto writer = run.write(options);
        RunReader reader = run.read();
        std::size_t most = 0;
        for (int i = 0; i < 150; ++i) {
            TestRun::step(*writer, i);
            must(writer->commit());
            if (i % 7 == 0) {
                // This reader knows segments that may be gone; it must find its way.
                const Array times = must(reader.readAll("time"));
                for (std::size_t k = 0; k < times.shape[0]; ++k)
                    QCOMPARE(times.as<double>()[k], 0.5 * double(k));
            }
            most = std::max(most, must(listFolder(layout::segments(run.folder))).size());
        }
        must(reader.refresh());
        QCOMPARE(must(reader.readAll("time")).shape[0], std::uint64_t(150));
        QCOMPARE(must(reader.metric("train/loss")).steps.back(), std::int64_t(149));
        QVERIFY(reader.state().segments.size() <= 21);
        QVERIFY2(most <= 64, qPrintable(QString::number(most)));
        QCOMPARE(writer->cost().merges, std::uint64_t(150 / 8 + 150 / 64));
    }
    void aReaderFollowsAWriterThread() {
        TestRun run;
        RunWriterOptions options;
        options.commitSeconds = 0.002;
        auto writer = run.write(options);
        std::atomic<bool> done{false};
        std::thread thread([&] {
            for (int i = 0; i < 300; ++i) TestRun::step(*writer, i);
            must(writer->finish({}));
            done = true;
        });
        RunFiles files(SealKey("test key"), {});
        RunReader reader = must(RunReader::open(run.folder, files));
        std::uint64_t rows = 0;
        while (!done) {
            must(reader.refresh());
            const auto times = reader.readAll("time");
            if (!times) {
                QVERIFY2(times.error().message.find("no values") != std::string::npos || rows == 0,
                         times.error().message.c_str());
                continue;
            }
            QVERIFY(times->shape[0] >= rows);
            rows = times->shape[0];
            for (std::size_t k = 0; k < rows; ++k) QCOMPARE(times->as<double>()[k], 0.5 * double(k));
        }
        thread.join();
        must(reader.refresh());
        QCOMPARE(reader.state().state, std::string("done"));
        QCOMPARE(must(reader.readAll("time")).shape[0], std::uint64_t(300));
    }
    void finishGathersEverything() {
        TestRun run;
        must(writeProvenance(run.folder, {{"host", "here"}}));
        auto writer = run.write();
        for (int i = 0; i < 10; ++i) TestRun::step(*writer, i);
        must(writer->checkpoint({{"step", 9}}, {}));
        RunReader before = run.read();
        const std::string live = must(before.contentDigest());
        Ending ending;
        ending.claims = std::make_shared<const json>(json::array({{{"name", "order"}}}));
        const std::string digest = must(writer->finish(ending));
        QCOMPARE(digest, live);
        QVERIFY(must(listFolder(layout::segments(run.folder))).empty());
        QCOMPARE(must(before.readAll("time")).shape[0], std::uint64_t(10));  // its segments are gone
        RunReader reader = run.read();
        QCOMPARE(must(reader.contentDigest()), digest);
        QCOMPARE(reader.state().contentDigest, digest);
        QCOMPARE(must(reader.claims())[0]["name"].get<std::string>(), std::string("order"));
        QCOMPARE(must(reader.metrics()), std::vector<std::string>{"train/loss"});
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
        QVERIFY(!writer->finish({}));
        QVERIFY(!beginAttempt(run.folder, 2, run.files));  // done is done

        // run.h5 alone is a run too.
        const fs::path lone = run.folder.parent_path() / "lone.h5";
        fs::copy_file(layout::compacted(run.folder), lone);
        RunReader alone = must(RunReader::open(lone, run.files));
        QCOMPARE(must(alone.request()).seed(), std::int64_t(7));
        QCOMPARE(must(alone.provenance())["host"].get<std::string>(), std::string("here"));
        QCOMPARE(must(alone.readAll("weights")).shape, (Shape{10, 3, 2}));
        QCOMPARE(alone.state().state, std::string("done"));
        QCOMPARE(must(alone.arrays())[2].spec.categories,
                 (std::vector<std::string>{"low", "middle, \"high\""}));
        QCOMPARE(must(alone.arrays())[0].spec.rest, std::optional(1.5));
        QCOMPARE(must(alone.metricWords()).at("train/loss").units, std::string("nat"));
        QCOMPARE(must(alone.figures())[1]["name"].get<std::string>(), std::string("cube"));
        // Other programs find the words at the array itself.
        h5::Source* source = must(run.files.open(lone));
        QCOMPARE(json::parse(source->find("spectrum")->texts.at("categories")),
                 json({"low", "middle, \"high\""}));
        QVERIFY(!source->find("time")->texts.contains("categories"));
        QCOMPARE(source->find("metrics/train/loss/value")->texts.at("units"), std::string("nat"));
    }
    /// The same numbers whether segments came between or not, and nothing is written twice.
    void aShortRunIsGatheredFromItsBuffers() {
        TestRun slow;
        {
            auto writer = slow.write();
            for (int i = 0; i < 10; ++i) {
                TestRun::step(*writer, i);
                must(writer->commit());
            }
            must(writer->finish({}));
        }
        const auto last = [](TestRun& run) {
            RunReader reader = run.read();
            return must(reader.contentDigest());
        };
        for (const std::string state : {"done", "stopped"}) {
            TestRun run;
            auto writer = run.write();
            for (int i = 0; i < 10; ++i) TestRun::step(*writer, i);
            Ending ending;
            ending.state = state;
            const std::string digest = must(writer->finish(ending));
            QCOMPARE(digest, last(slow));
            QCOMPARE(last(run), digest);
            QCOMPARE(writer->cost().commits, std::uint64_t(0));
            QVERIFY(must(listFolder(layout::segments(run.folder))).empty());
            QVERIFY(must(checkRun(run.folder, run.files)).empty());
            RunReader reader = run.read();
            QCOMPARE(reader.state().state, state);
            QCOMPARE(must(reader.readAll("weights")).shape, (Shape{10, 3, 2}));
            QCOMPARE(must(reader.metric("train/loss")).values[9], 0.1);
            if (state == "done") continue;
            writer.reset();
            auto again = run.write();  // nothing was committed, so it begins anew
            QVERIFY(!again->resumedFrom());
            for (int i = 0; i < 10; ++i) TestRun::step(*again, i);
            QCOMPARE(must(again->finish({})), last(slow));
        }
    }
    void arraysCanBeHandedOver() {
        TestRun run;
        auto writer = run.write();
        for (int i = 0; i < 3; ++i) {
            Array rows{DType::F64, {2}, std::string(16, '\0')};
            const double values[2]{i + 0.25, i + 0.5};
            std::memcpy(rows.bytes.data(), values, sizeof values);
            must(writer->publish("time", std::move(rows)));
        }
        Array wrong{DType::F64, {3}, std::string(16, '\0')};
        const Status refusal = writer->publish("time", std::move(wrong));
        QVERIFY(!refusal && refusal.error().message.find("not as many bytes") != std::string::npos);
        must(writer->finish({}));
        const Array time = must(run.read().readAll("time"));
        QCOMPARE(time.shape, Shape{6});
        QCOMPARE(time.as<double>()[4], 2.25);
    }
    void runsOfBeforeTheseWordsOpenAndGoOn() {
        TestRun run;
        json old = sampleOutputs();
        old["arrays"][2].erase("categories");
        old["arrays"][0].erase("rest");
        old.erase("metrics");
        {
            auto writer = must(RunWriter::open(
                run.folder, must(beginAttempt(run.folder, ++run.attempts, run.files)), run.files.key(), {}));
            must(writer->declare(old));
            TestRun::step(*writer, 0);
            must(writer->checkpoint({{"step", 0}}, {}));
            QVERIFY(must(run.read().arrays())[2].spec.categories.empty());
        }
        auto writer = run.write();  // declares them now
        QCOMPARE(must(run.read().arrays())[2].spec.categories.size(), std::size_t(2));
        QCOMPARE(must(run.read().arrays())[0].spec.rest, std::optional(1.5));
        must(writer->finish({}));
        QCOMPARE(must(run.read().arrays())[2].spec.categories.size(), std::size_t(2));
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
    }
    void oddCategoriesAreLeftOut() {
        const auto categories = [](const char* dtype, const json& words) {
            const json entry{
                {"name", "kind"}, {"dtype", dtype}, {"dims", json::array()}, {"categories", words}};
            return must(parseArraySpec(entry, "The outputs")).categories.size();
        };
        QCOMPARE(categories("i32", {"a", "b"}), std::size_t(2));
        QCOMPARE(categories("f32", {"a", "b"}), std::size_t(0));
        QCOMPARE(categories("i32", {"a", 1}), std::size_t(0));
        QCOMPARE(categories("i32", "a"), std::size_t(0));
        QCOMPARE(categories("i32", json(5000, "a")), std::size_t(0));
        QCOMPARE(categories("i32", json(4000, std::string(100, 'x'))),
                 std::size_t(0));  // would not fit an event
    }
    void wrongUseIsNamed() {
        TestRun run;
        auto writer = run.write();
        const std::vector<double> numbers(12, 1.0);
        const auto expect = [](const Status& status, const char* part) {
            QVERIFY(!status);
            QVERIFY2(status.error().message.find(part) != std::string::npos, status.error().message.c_str());
        };
        expect(writer->publish("nothing", {DType::F64, {1}, numbers.data()}), "nothing was not declared");
        expect(writer->publish("weights", {DType::F64, {1, 3, 2}, numbers.data()}), "f32");
        expect(writer->publish("time", {DType::F64, {2, 2}, numbers.data()}), "the first axis grows");
        expect(writer->publish("cube", {DType::F32, {8, 16}, numbers.data()}), "by slab");
        expect(writer->writeSlab("cube", {0, 0}, {DType::F32, {1, 16}, numbers.data()}), "createLarge");
        must(writer->createLarge("cube"));
        expect(writer->writeSlab("cube", {8, 0}, {DType::F32, {1, 16}, numbers.data()}), "does not fit");
        expect(writer->metric("../x", 0, 0), "no name for a metric");
        expect(writer->metric("a/step", 0, 0), "no name for a metric");
        expect(writer->declare(json::parse(R"({"arrays":[{"name":"time","dtype":"f32","dims":[]}]})")),
               "time was declared before");
        must(writer->metric("nan", 1, std::nan("")));
        must(writer->commit());
        QVERIFY(std::isnan(must(run.read().metric("nan")).values[0]));
    }
    void eventsAreThrottledAndValuesAreNot() {
        TestRun run;
        double now = 0;
        RunWriterOptions options;
        options.seconds = [&] { return now; };
        auto writer = run.write(options);
        for (int i = 0; i < 4000; ++i) {
            now += 0.001;
            must(writer->metric("loss", i, i));
            must(writer->progress(i / 4000.0));
        }
        must(writer->commit());
        RunReader reader = run.read();
        QVERIFY(reader.state().metrics.at("loss").seen <= 82);
        QVERIFY(reader.state().metrics.at("loss").seen >= 76);
        QCOMPARE(reader.state().metrics.at("loss").lastStep, std::int64_t(3999));
        QCOMPARE(must(reader.metric("loss")).values.size(), std::size_t(4000));
    }
    void commitsComeByTimeAndSize() {
        TestRun run;
        double now = 0;
        RunWriterOptions options;
        options.seconds = [&] { return now; };
        options.commitBytes = 1000;
        auto writer = run.write(options);
        TestRun::step(*writer, 0);
        QCOMPARE(writer->cost().commits, std::uint64_t(0));
        now = 5.1;
        must(writer->poll());
        QCOMPARE(writer->cost().commits, std::uint64_t(1));
        now = 5.2;
        for (int i = 1; i < 13; ++i) TestRun::step(*writer, i);  // 12 × (8 + 24 + 16) bytes
        QCOMPARE(writer->cost().commits, std::uint64_t(1));
        for (int i = 13; i < 30; ++i) TestRun::step(*writer, i);
        QCOMPARE(writer->cost().commits, std::uint64_t(2));
    }
    void commitsThatTakeLongComeLessOften() {
        TestRun run;
        double now = 0, work = 0;  // each look at the clock during a commit takes `work`
        RunWriterOptions options;
        options.seconds = [&] { return now += work; };
        auto writer = run.write(options);
        const auto commitsAt = [&](double time) {
            TestRun::step(*writer, static_cast<int>(time));
            now = time;
            must(writer->poll());
            return writer->cost().commits;
        };
        QCOMPARE(commitsAt(6), std::uint64_t(1));
        QCOMPARE(commitsAt(12), std::uint64_t(2));  // that one took no time
        TestRun::step(*writer, 13);
        work = 0.1;
        must(writer->commit());  // a few tenths of a second: 150 times that until the next
        work = 0;
        const double ended = now, took = ended - 12;
        QVERIFY(took > 0.15 && took < 2);
        QCOMPARE(writer->cost().commits, std::uint64_t(3));
        QCOMPARE(commitsAt(ended + 20), std::uint64_t(3));
        QCOMPARE(commitsAt(ended + 150 * took + 1), std::uint64_t(4));
        QCOMPARE(commitsAt(now + 6), std::uint64_t(5));  // quick again
        TestRun::step(*writer, 400);
        work = 100;
        must(writer->commit());
        work = 0;
        QCOMPARE(commitsAt(now + 301), std::uint64_t(7));  // however long they take
    }
    void largeFilesGoStraightToDisk() {
        TestRun run;
        RunWriterOptions options;
        options.imageBytes = 10;  // everything by file
        auto writer = run.write(options);
        for (int i = 0; i < 20; ++i) {
            TestRun::step(*writer, i);
            must(writer->commit());
        }
        const std::string digest = must(writer->finish({}));
        TestRun other;
        auto small = other.write();
        for (int i = 0; i < 20; ++i) TestRun::step(*small, i);
        QCOMPARE(must(small->finish({})), digest);
        QCOMPARE(must(run.read().contentDigest()), digest);
        QVERIFY(must(checkRun(run.folder, run.files)).empty());
    }
    void checkpointsAreKeptAsAsked() {
        TestRun run;
        auto writer = run.write();
        for (int i = 0; i < 6; ++i) {
            TestRun::step(*writer, i);
            must(writer->checkpoint({{"step", i}}, {}, i == 1));
        }
        QCOMPARE(must(listCheckpoints(run.folder)), (std::vector<std::string>{"000002", "000005", "000006"}));
    }
    void whatACommitCosts() {
        TestRun run;
        auto writer = run.write();
        json outputs{{"arrays", json::array()}};
        for (int a = 0; a < 10; ++a) {
            outputs["arrays"].push_back(
                {{"name", "a" + std::to_string(a)},
                 {"dtype", "f64"},
                 {"dims", {{{"name", "n"}, {"size", nullptr}}, {{"name", "k"}, {"size", 8192}}}}});
        }
        must(writer->declare(outputs));
        const std::vector<double> values(8192, 0.25);
        const std::clock_t begin = std::clock();
        for (int i = 0; i < 20; ++i) {
            for (int a = 0; a < 10; ++a)
                must(writer->publish("a" + std::to_string(a), {DType::F64, {8192}, values.data()}));
            must(writer->commit());
        }
        const CommitCost cost = writer->cost();
        qInfo("%llu commits of 10 x 64 kB (and %llu merges): %.1f ms each, %.1f ms of it processor time",
              static_cast<unsigned long long>(cost.commits), static_cast<unsigned long long>(cost.merges),
              1000 * cost.seconds / double(cost.commits),
              1000.0 * double(std::clock() - begin) / CLOCKS_PER_SEC / double(cost.commits));
        QCOMPARE(cost.commits, std::uint64_t(20));
    }
};
QTEST_APPLESS_MAIN(RunWriterTest)
#include "test_run_writer.moc"

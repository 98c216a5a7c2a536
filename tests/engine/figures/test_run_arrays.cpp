// SPDX-License-Identifier: Apache-2.0
// What a run holds as arrays for figures: while it is written, resumed, gathered, and of run.h5 alone.
#include <QTemporaryDir>
#include <QTest>

#include "engine/figures/load.hpp"
#include "engine/files/operations.hpp"
#include "engine/probe/client.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/store_helpers.hpp"

using namespace latent::engine;
using namespace latent::engine::figures;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

Shape shapeOf(const RunArrays& run, const char* name) {
    const LoadedArray* array = run.arrays().find(name);
    return array ? array->values.shape : Shape{~std::uint64_t{0}};
}

template <class T>
T at(const RunArrays& run, const char* name, std::size_t i) {
    return run.arrays().find(name)->values.as<T>()[i];
}

RunArrays openArrays(TestRun& run, std::uint64_t most = 256u << 20) {
    return must(RunArrays::open(run.folder, run.files, most));
}

}  // namespace

class RunArraysTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aRunAsItGoesOn() {
        TestRun run;
        double now = 0;
        RunWriterOptions options;
        options.seconds = [&] { return now; };
        options.commitSeconds = 1e9;
        auto writer = run.write(options);
        RunArrays live = openArrays(run);
        QVERIFY(must(live.refresh()));
        QVERIFY(!live.arrays().find("time"));
        QCOMPARE(live.views().size(), std::size_t(2));
        for (int i = 0; i < 3; ++i) TestRun::step(*writer, i);
        // Metrics and slabs are told at once; rows come with a commit.
        QVERIFY(must(live.refresh()));
        QCOMPARE(shapeOf(live, "metrics/train/loss"),
                 (Shape{1}));  // the first; later ones are held back for a moment
        QCOMPARE(live.arrays().find("metrics/train/loss")->label, std::string("training loss"));
        QVERIFY(!live.arrays().find("time"));
        must(writer->commit());
        QVERIFY(must(live.refresh()));
        QCOMPARE(shapeOf(live, "weights"), (Shape{3, 3, 2}));
        QCOMPARE(at<float>(live, "weights", 2 * 6 + 5), 4.F);
        QCOMPARE(at<std::int32_t>(live, "spectrum", 0), 0);
        QCOMPARE(live.arrays().find("spectrum")->categories.size(), std::size_t(2));
        QCOMPARE(live.arrays().find("time")->label, std::string("gradient-flow time"));
        QVERIFY(!must(live.refresh()));

        const ArraySet before = live.arrays();
        for (int i = 3; i < 6; ++i) TestRun::step(*writer, i);
        now += 1;
        must(writer->metric("train/loss", 6, 0.25));
        must(writer->commit());
        QVERIFY(must(live.refresh()));
        QCOMPARE(shapeOf(live, "time"), (Shape{6}));
        QCOMPARE(at<double>(live, "time", 5), 2.5);
        QCOMPARE(at<std::int32_t>(live, "spectrum", 0), 3);  // set anew
        QCOMPARE(live.arrays().find("metrics/train/loss")->steps.back(), std::int64_t(6));
        QCOMPARE(before.find("time")->values.shape, (Shape{3}));  // a snapshot stays as it was

        must(writer->finish({}));
        QVERIFY(must(live.refresh()));
        QCOMPARE(live.state().state, std::string("done"));
        QCOMPARE(shapeOf(live, "metrics/train/loss"), (Shape{7}));  // whole
        QCOMPARE(at<double>(live, "metrics/train/loss", 1), 0.5);
        QCOMPARE(at<double>(live, "time", 5), 2.5);
    }
    void onlyWhatIsNewIsRead() {
        TestRun run;
        auto writer = run.write();
        RunArrays live = openArrays(run);
        for (int i = 0; i < 4; ++i) TestRun::step(*writer, i);
        must(writer->commit());
        must(live.refresh());
        const auto* spectrum = live.arrays().find("spectrum");
        // The first segment is not needed any more: that it is gone must not matter.
        fs::remove(layout::segment(run.folder, "000001"));
        const double time = 9;
        must(writer->publish("time", {DType::F64, {}, &time}));
        must(writer->commit());
        QVERIFY(must(live.refresh()));
        QCOMPARE(at<double>(live, "time", 3), 1.5);
        QCOMPARE(at<double>(live, "time", 4), 9.0);
        QCOMPARE(live.arrays().find("spectrum"), spectrum);
    }
    void largeArraysFillUp() {
        TestRun run;
        auto writer = run.write();
        RunArrays live = openArrays(run);
        for (int i = 0; i < 2; ++i) TestRun::step(*writer, i);
        must(writer->commit());
        must(live.refresh());
        QCOMPARE(shapeOf(live, "cube"), (Shape{8, 16}));
        QCOMPARE(at<float>(live, "cube", 16 + 15), 1.5F);
        QVERIFY(std::isnan(at<float>(live, "cube", 32)));  // not written yet
        for (int i = 2; i < 8; ++i) TestRun::step(*writer, i);
        must(writer->finish({}));
        must(live.refresh());
        for (std::size_t row = 0; row < 8; ++row)
            QCOMPARE(at<float>(live, "cube", row * 16 + 3), float(row) + 0.5F);
    }
    void arraysThatAreTooLargeAreReadByTheBox() {
        TestRun run;
        auto writer = run.write();
        for (int i = 0; i < 8; ++i) TestRun::step(*writer, i);
        must(writer->finish({}));
        RunArrays some = openArrays(run, 200);  // cube has 512 bytes, weights 192
        must(some.refresh());
        QVERIFY(some.arrays().find("weights") && !some.arrays().find("cube"));
        QCOMPARE(some.leftOut().size(), std::size_t(1));
        QCOMPARE(some.leftOut()[0].shape, (Shape{8, 16}));
        const json row = json::parse(
            R"({"kind": "lines", "name": "row", "series": [{"y": {"array": "cube", "select": {"y": {"cursor": "at"}}}}]})");
        for (const std::int64_t at : {0, 5, 7}) {
            const ArraySet box = must(some.readFor(row, {{"at", at}}));
            QVERIFY(box.find("cube")->values.bytes.size() == 64 && box.find("weights"));
            const Figure figure = must(resolveFigure(row, box, {{"at", at}}));
            QCOMPARE(std::get<Lines>(figure.body).lines.at(0).y.at(15), double(at) + 0.5);
            QCOMPARE(figure.cursors.at(0).size, std::int64_t(8));
        }
        const auto whole =
            some.readFor({{"kind", "heatmap"}, {"name", "all"}, {"z", {{"array", "cube"}}}}, {});
        QVERIFY(!whole && whole.error().message.find("too large") != std::string::npos);
        QVERIFY(!some.readFor({{"kind", "lines"}, {"series", "?"}}, {}));
    }
    void onlyWhatIsWanted() {
        TestRun run;
        auto writer = run.write();
        for (int i = 0; i < 3; ++i) TestRun::step(*writer, i);
        must(writer->finish({}));
        RunArrays live = openArrays(run);
        live.want({"weights"});
        must(live.refresh());
        QVERIFY(live.arrays().find("weights") && live.arrays().find("time"));  // its coordinate
        QVERIFY(!live.arrays().find("spectrum") && !live.arrays().find("metrics/train/loss"));
        live.want({"spectrum", "metrics/train/loss"});
        QVERIFY(must(live.refresh()));
        QVERIFY(!live.arrays().find("weights") && live.arrays().find("spectrum") &&
                live.arrays().find("metrics/train/loss"));
        live.want({});
        QVERIFY(must(live.refresh()));
        QCOMPARE(live.arrays().all().size(), std::size_t(5));
    }
    void aResumeTakesBackWhatItVoids() {
        TestRun run;
        {
            auto writer = run.write();
            for (int i = 0; i < 4; ++i) TestRun::step(*writer, i);
            must(writer->checkpoint({{"step", 3}}, {}));
            for (int i = 0; i < 4; ++i) TestRun::step(*writer, 50 + i);
            must(writer->commit());
        }
        RunArrays live = openArrays(run);
        must(live.refresh());
        QCOMPARE(at<double>(live, "time", 4), 25.0);
        auto writer = run.write();
        for (int i = 4; i < 8; ++i) TestRun::step(*writer, i);
        must(writer->commit());
        must(live.refresh());
        QCOMPARE(shapeOf(live, "time"), (Shape{8}));  // as many rows as before, but other ones
        QCOMPARE(at<double>(live, "time", 4), 2.0);
    }
    void runH5Alone() {
        TestRun run;
        auto writer = run.write();
        for (int i = 0; i < 5; ++i) TestRun::step(*writer, i);
        must(writer->finish({}));
        const fs::path lone = run.folder.parent_path() / "lone.h5";
        fs::copy_file(layout::compacted(run.folder), lone);
        RunArrays alone = must(RunArrays::open(lone, run.files));
        must(alone.refresh());
        QCOMPARE(alone.state().state, std::string("done"));
        QCOMPARE(alone.views().size(), std::size_t(2));
        QCOMPARE(shapeOf(alone, "time"), (Shape{5}));
        QCOMPARE(alone.arrays().find("metrics/train/loss")->units, std::string("nat"));
        QCOMPARE(alone.arrays().find("spectrum")->categories.size(), std::size_t(2));
        QVERIFY(!must(alone.refresh()));
    }
    void answersOfProbes() {
        ProbeReply reply;
        const double numbers[] = {1, 2};
        reply.outputs = json::parse(
            R"({"arrays": [{"name": "x", "dtype": "f64", "dims": [{"name": "at", "size": 2}], "units": "m"}, {"name": 3}]})");
        reply.arrays = {{"x", {DType::F64, {2}, std::string(reinterpret_cast<const char*>(numbers), 16)}},
                        {"undeclared", {DType::F64, {2}, std::string(16, '\0')}}};
        const ArraySet set = figures::arraysOf(reply);
        QCOMPARE(set.find("x")->units, std::string("m"));
        QCOMPARE(set.find("x")->dims, std::vector<std::string>{"at"});
        QCOMPARE(set.find("undeclared")->dims.size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(RunArraysTest)
#include "test_run_arrays.moc"

// SPDX-License-Identifier: Apache-2.0
// The index: what it shows of runs, how they are found, and that it is never more than a cache.
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>

#include "engine/index/run_filter.hpp"
#include "engine/store/events.hpp"
#include "engine/store/lease.hpp"
#include "index_workspace.hpp"

using namespace index_test;

class TestRunIndex : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void gatheredIsDoneAndVoidIsVoid() {
        Workspace w;
        const json begun{{"type", "attempt"}, {"number", 1}, {"valid_bytes", 0}, {"t", 1.0}};
        const auto metric = [](const char* name, double value) {
            return json{{"type", "metric"}, {"name", name}, {"step", 0}, {"value", value}, {"t", 2.0}};
        };
        const json progress{{"type", "progress"}, {"fraction", 0.75}, {"t", 2.5}};
        const json compacted{{"type", "compacted"}, {"state", "done"}, {"t", 7.0}};
        // The supervisor is killed before it could say so.
        const fs::path ended = w.run(id(1), {}, {begun, metric("loss", 0.5), progress, compacted});
        const fs::path voided = w.run(id(2), {}, {begun, metric("loss", 0.5)});
        const auto valid = fs::file_size(layout::events(voided));
        for (const json& event : {metric("loss", 0.25), metric("late", 1), progress}) w.append(voided, event);
        must(Lease::take(ended));  // and let go
        RunIndex index = w.index();
        must(index.refresh());
        const auto rowOf = [&](int number) {
            for (const IndexedRun& run : must(index.listRuns()))
                if (run.id == id(number)) return run;
            qFatal("The run is not listed.");
        };
        QCOMPARE(rowOf(1).state, std::string("done"));
        QCOMPARE(rowOf(1).fraction, 1.0);
        QCOMPARE(rowOf(1).ended, 7.0);
        QCOMPARE(rowOf(2).fraction, 0.75);
        QVERIFY(rowOf(2).metrics == (json{{"loss", 0.25}, {"late", 1.0}}));
        w.append(ended, {{"type", "state"}, {"state", "failed"}, {"reason", "It crashed."}, {"t", 8.0}});
        w.append(voided, {{"type", "attempt"}, {"number", 2}, {"valid_bytes", valid}, {"t", 9.0}});
        must(index.refresh());
        QCOMPARE(rowOf(1).state, std::string("done"));
        QCOMPARE(rowOf(2).fraction, 0.0);
        QVERIFY(rowOf(2).metrics == (json{{"loss", 0.5}}));
        w.append(voided, {{"type", "attempt"}, {"number", 3}, {"valid_bytes", 0}, {"t", 10.0}});
        must(index.refresh());
        QVERIFY(rowOf(2).metrics.empty());
    }
    void showsWhatTheRunSays() {
        Workspace w;
        const fs::path folder =
            w.run(id(1), {{"mu", {1.0, 2.0}}, {"steps", 5}, {"sigma", nullptr}},
                  {{{"type", "state"}, {"state", "running"}, {"t", 1.0}},
                   {{"type", "metric"}, {"name", "loss"}, {"step", 0}, {"value", 0.5}, {"t", 2.0}},
                   {{"type", "metric"}, {"name", "loss"}, {"step", 1}, {"value", 0.25}, {"t", 3.0}},
                   kDone},
                  {{"sweep", {{"name", "2026-sweep-a"}}}});
        must(writeUserNotes(folder, {{"phase", "paper"}, "look again", true}));
        RunIndex index = w.index();
        const RefreshReport report = must(index.refresh());
        QCOMPARE(report.runs, std::size_t(1));
        const IndexedRun run = must(index.listRuns()).at(0);
        QCOMPARE(run.id, id(1));
        QCOMPARE(run.folder, folder);
        QCOMPARE(run.experiment, std::string("sim/theory"));
        QCOMPARE(run.plugin, std::string("concept_space"));
        QCOMPARE(run.state, std::string("done"));
        QCOMPARE(run.ended, 1800000000.0);
        QVERIFY(run.parameters == (json{{"mu", {1.0, 2.0}}, {"steps", 5}}));
        QVERIFY(run.metrics == (json{{"loss", 0.25}}));
        QVERIFY(run.tags == (std::vector<std::string>{"phase", "paper"}));
        QCOMPARE(run.notes, std::string("look again"));
        QVERIFY(run.star);
        QCOMPARE(run.sweep, std::string("2026-sweep-a"));
        QVERIFY(run.created > 1790000000);
    }

    void readsOnlyWhatIsNew() {
        Workspace w;
        const fs::path folder = w.run(id(1), {}, {{{"type", "state"}, {"state", "queued"}, {"t", 1.0}}});
        w.run(id(2), {}, {kDone});
        RunIndex index = w.index();
        QCOMPARE(must(index.refresh()).read, std::size_t(2));
        QCOMPARE(must(index.refresh()).read, std::size_t(0));
        Workspace::append(folder, {{"type", "metric"}, {"name", "a"}, {"value", 1.5}, {"step", 0}});
        QCOMPARE(must(index.refresh()).read, std::size_t(1));
        QVERIFY(ids(index, "a@>1") == std::set<std::string>{id(1)});
        must(writeUserNotes(folder, {{"new"}, "", false}));
        QCOMPARE(must(index.refresh()).read, std::size_t(1));
        QVERIFY(ids(index, "tag:new") == std::set<std::string>{id(1)});
        fs::remove_all(folder);
        const RefreshReport report = must(index.refresh());
        QCOMPARE(report.removed, std::size_t(1));
        QVERIFY(ids(index, "") == std::set<std::string>{id(2)});
        // A second look with another connection sees the same.
        RunIndex other = w.index();
        QCOMPARE(must(other.refresh()).read, std::size_t(0));
    }

    void infersWhatTheWorkerCouldNotSay() {
        Workspace w;
        const fs::path folder = w.run(id(1), {}, {{{"type", "state"}, {"state", "running"}, {"t", 1.0}}});
        RunIndex index = w.index();
        int ready[2], leave[2];
        QVERIFY(pipe(ready) == 0 && pipe(leave) == 0);
        const pid_t child = fork();
        if (child == 0) {
            close(leave[1]);
            const auto lease = Lease::take(folder);
            char byte = lease ? 'y' : 'n';
            if (write(ready[1], &byte, 1) != 1 || read(leave[0], &byte, 1) < 0) _exit(1);
            _exit(0);
        }
        char byte = 0;
        QVERIFY(read(ready[0], &byte, 1) == 1 && byte == 'y');
        must(index.refresh());
        QCOMPARE(must(index.listRuns()).at(0).state, std::string("running"));
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        must(index.refresh());
        QCOMPARE(must(index.listRuns()).at(0).state, std::string("interrupted"));
        for (const int end : {ready[0], ready[1], leave[0], leave[1]}) close(end);
    }

    void aWorkerElsewhereIsJudgedByItsHeartbeat() {
        IndexedRun row;
        Workspace w;
        row.folder = w.run(
            id(1), {}, {{{"type", "state"}, {"state", "running"}}, {{"type", "heartbeat"}, {"counter", 4}}});
        row.id = id(1);
        std::ofstream(layout::lease(row.folder, 1))
            << json{{"host", "far-away"}, {"machine", "m"}, {"pid", 3}, {"attempt", 1}}.dump();
        must(refreshRow(row, 1000));
        QCOMPARE(row.state, std::string("running"));
        must(refreshRow(row, 1299));
        QCOMPARE(row.state, std::string("running"));
        must(refreshRow(row, 1301));
        QCOMPARE(row.state, std::string("lost"));
        Workspace::append(row.folder, {{"type", "heartbeat"}, {"counter", 5}});
        must(refreshRow(row, 2000));
        QCOMPARE(row.state, std::string("running"));
    }

    void filters_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("found");
        const auto row = [](const char* filter, const char* found) {
            QTest::newRow(filter) << QString(filter) << QString(found);
        };
        row("", "1 2 3 4");
        row("mu>1", "2 3");
        row("mu>=1", "1 2 3");
        row("mu=1", "1 3");   // of a list any entry counts
        row("mu!=1", "2 4");  // has the parameter, and no entry is 1
        row("model=symmetric", "1 4");
        row("model!=symmetric", "2 3");
        row("model~SYM", "1 4");
        row("bias=true", "1");
        row("bias=false", "2");
        row("mu>1 model=one_layer", "2 3");
        row("-model=symmetric", "2 3");
        row("state=done", "1 2 3");
        row("is:failed", "4");
        row("loss@<0.3", "2");
        row("tag:x", "1");
        row("tag:xy", "");
        row("star=yes", "2");
        row("sweep:grid", "3");
        row("preset=laptop", "3");
        row("lapt", "3");
        row("\"see figure 3\"", "1");
        row("figure", "1 4");
        row("experiment=sim/theory created>2026-11-02T23:59", "2 3 4");
        row("nosuch=3", "");
        row("note~100%", "");  // a parameter of that name does not exist; '%' is no wildcard
        row("50%", "4");
        row("50_", "");
        row("mu>-5", "1 2 3 4");
    }
    void filters() {
        static Workspace* w = nullptr;
        if (!w) {
            static Workspace made;
            w = &made;
            must(writeUserNotes(w->run(id(1), {{"mu", 1}, {"model", "symmetric"}, {"bias", true}},
                                       {{{"type", "metric"}, {"name", "loss"}, {"value", 0.5}}, kDone}),
                                {{"x"}, "see figure 3", false}));
            must(writeUserNotes(w->run(id(2), {{"mu", 2.5}, {"model", "one_layer"}, {"bias", false}},
                                       {{{"type", "metric"}, {"name", "loss"}, {"value", 0.25}}, kDone}),
                                {{}, "", true}));
            w->run(id(3), {{"mu", {1, 7}}, {"model", "one_layer"}}, {kDone},
                   {{"sweep", {{"name", "2026-sweep-grid-1"}}}, {"preset", "laptop"}});
            must(writeUserNotes(w->run(id(4), {{"mu", -2}, {"model", "symmetric"}},
                                       {{{"type", "state"}, {"state", "failed"}}}),
                                {{}, "figure at 50%", false}));
        }
        RunIndex index = w->index();
        must(index.refresh());
        QFETCH(QString, filter);
        QFETCH(QString, found);
        std::set<std::string> expected;
        for (const QString& number : found.split(' ', Qt::SkipEmptyParts))
            expected.insert(id(number.toInt()));
        QVERIFY(ids(index, filter.toStdString()) == expected);
        QCOMPARE(must(index.count(filter.toStdString())), expected.size());
    }

    void sorts() {
        Workspace w;
        w.run(id(1), {{"mu", 3}}, {kDone});
        w.run(id(2), {{"mu", 1}}, {kDone});
        w.run(id(3), {}, {kDone});
        RunIndex index = w.index();
        must(index.refresh());
        const auto order = [&](const std::string& sort) {
            std::string text;
            for (const IndexedRun& run : must(index.listRuns("", sort))) text += run.id.back();
            return text;
        };
        QCOMPARE(order(""), std::string("321"));
        QCOMPARE(order("created"), std::string("123"));
        QCOMPARE(order("mu"), std::string("213"));  // runs without a value come last
        QCOMPARE(order("-mu"), std::string("123"));
        QCOMPARE(must(index.listRuns("", "", 2)).size(), std::size_t(2));
        QVERIFY(!index.listRuns("", "a\"b"));
    }

    void mistakesAreSentences() {
        const auto said = [](const std::string& filter) {
            const auto parsed = RunFilter::parse(filter);
            return parsed ? std::string() : parsed.error().message;
        };
        QVERIFY(said("mu>abc").find("needs a number") != std::string::npos);
        QVERIFY(said("star=maybe").find("star=yes") != std::string::npos);
        QVERIFY(said("created>soon").find("a date") != std::string::npos);
        QVERIFY(said("state<3").find("state is text") != std::string::npos);
        QVERIFY(said("a\"b'c>1").find("no name") != std::string::npos);
        QVERIFY(said(std::string(5000, 'x')).find("4096") != std::string::npos);
    }
    void nothingTypedReachesTheStatement() {
        Workspace w;
        w.run(id(1), {}, {kDone});
        RunIndex index = w.index();
        must(index.refresh());
        for (const std::string hostile : {"'; DROP TABLE runs; --", "tag:'); DELETE FROM runs; --",
                                          "state='x' OR 1=1", "mu') OR ('1'='1"}) {
            const auto ignored = index.listRuns(hostile);
            QCOMPARE(must(index.count()), std::size_t(1));
        }
    }

    void rowsAreSharedUntilSomethingElseWritesThem() {
        Workspace w;
        for (int i = 1; i <= 3; ++i) w.run(id(i), {{"mu", i}}, {kDone});
        RunIndex index = w.index();
        must(index.refresh());
        const auto first = must(index.sharedRuns("mu>1", "created"));
        QCOMPARE(first.size(), std::size_t(2));
        QCOMPARE(first[0]->id, id(2));
        QVERIFY(must(index.sharedRuns("mu>1", "created"))[1] == first[1]);  // the same row, not a copy
        w.run(id(4), {{"mu", 4}}, {kDone});
        {
            RunIndex other = w.index();
            must(other.refresh());
        }
        QCOMPARE(must(index.sharedRuns("mu>1")).size(), std::size_t(3));
        fs::remove_all(w.root() / "runs" / id(2));
        must(index.refresh());
        QCOMPARE(must(index.sharedRuns("mu>1")).size(), std::size_t(2));
        must(index.rebuild());
        QCOMPARE(must(index.sharedRuns()).size(), std::size_t(3));
    }
    void anInterruptedRefreshKeepsWhatItHasAndGoesOn() {
        Workspace w;
        for (int i = 1; i <= 200; ++i) w.run(id(i), {{"mu", i}}, {kDone});
        RunIndex index = w.index();
        RefreshReport report = must(index.refresh([] { return true; }));
        QVERIFY(!report.isWhole);
        const std::size_t read = report.read;
        QVERIFY(read > 0 && read < 200);
        QCOMPARE(must(index.count()), read);
        std::string newest;
        for (int i = 1; i <= 200; ++i) newest = std::max(newest, id(i));
        QCOMPARE(must(index.sharedRuns("", "-created"))[0]->id, newest);  // the newest come first
        for (int again = 0; again < 200 && !report.isWhole; ++again)
            report = must(index.refresh([] { return true; }));
        QVERIFY(report.isWhole);
        QCOMPARE(must(index.count()), std::size_t(200));
    }
    void rebuildForgetsFirst() {
        Workspace w;
        w.run(id(1), {}, {kDone});
        RunIndex index = w.index();
        must(index.refresh());
        QCOMPARE(must(index.rebuild()).read, std::size_t(1));
        QCOMPARE(must(index.count()), std::size_t(1));
    }
    void anUnwritableCacheIsNoObstacle() {
        Workspace w;
        w.run(id(1), {}, {kDone});
        std::ofstream(w.cache()) << "a file where the folder should be";
        RunIndex index = w.index();
        QVERIFY(index.file().empty());
        must(index.refresh());
        QCOMPARE(must(index.count()), std::size_t(1));
    }

    void hostileRunsAreBounded() {
        Workspace w;
        w.run(id(1), {{"huge", std::string(100000, 'x')}, {"list", std::vector<int>(5000, 1)}, {"mu", 1}},
              {kDone});
        fs::create_directories(w.runs() / id(2));
        std::ofstream(layout::request(w.runs() / id(2))) << std::string(100000, '[');
        fs::create_directories(w.runs() / id(3));
        std::ofstream(layout::request(w.runs() / id(3))) << "{\"experiment\": 3}";
        fs::create_directories(w.runs() / "no-request");
        std::ofstream(w.runs() / "a-file") << "x";
        const fs::path odd = w.run(id(4), {}, {});
        std::ofstream(layout::events(odd))
            << "{\"type\":3}\n[]\n{\"type\":\"state\",\"state\":{}}\n{\"type\":\"metric\",\"name\":5}\n"
               "{\"type\":\"metric\",\"name\":\"a\\\"b\",\"value\":1}\n\xff\xfe\n"
               "{\"type\":\"progress\",\"fraction\":\"much\"}\n{\"type\":\"state\",\"state\":\"done\"}\n{"
               "\"type\":\"sta";
        std::ofstream(layout::user(odd)) << "{{{";
        RunIndex index = w.index();
        const RefreshReport report = must(index.refresh());
        QCOMPARE(report.runs, std::size_t(2));
        QCOMPARE(report.messages.size(), std::size_t(2));
        QVERIFY(ids(index, "state=done") == (std::set<std::string>{id(1), id(4)}));
        QVERIFY(must(index.listRuns("mu=1")).at(0).parameters == (json{{"mu", 1}}));
    }

    void manyRuns() {
        Workspace w;
        const int runs = qEnvironmentVariableIsSet("LATENT_LONG_TESTS") ? 10000 : 1000;
        for (int i = 0; i < runs; ++i)
            w.run(id(i),
                  {{"mu", {i % 7, i % 5}},
                   {"sigma", i * 0.001},
                   {"model", i % 2 ? "symmetric" : "one_layer"},
                   {"steps", 2000}},
                  {{{"type", "metric"}, {"name", "loss"}, {"value", 1.0 / (i + 1)}}, kDone});
        QElapsedTimer timer;
        timer.start();
        {
            RunIndex index = w.index();
            QCOMPARE(must(index.refresh()).runs, static_cast<std::size_t>(runs));
        }
        const qint64 first = timer.restart();
        RunIndex index = w.index();
        QCOMPARE(must(index.refresh()).read, std::size_t(0));
        const qint64 again = timer.restart();
        const auto found = must(index.listRuns("mu>3 sigma<5 state=done model=symmetric", "loss@", 100));
        const qint64 filter = timer.restart();
        must(index.count("mu>3 sigma<5"));
        const qint64 counted = timer.elapsed();
        QCOMPARE(found.size(), std::size_t(100));
        qInfo(
            "%d runs: first index %lld ms, opened and refreshed again %lld ms, filter and sort %lld ms, "
            "count %lld ms",
            runs, first, again, filter, counted);
    }
};

QTEST_APPLESS_MAIN(TestRunIndex)
#include "test_run_index.moc"

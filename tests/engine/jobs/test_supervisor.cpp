// SPDX-License-Identifier: Apache-2.0
// What ends the computing process behind its results: the run is done all the same, and keeps them.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <cstdarg>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/files/sha256.hpp"
#include "engine/jobs/supervisor.hpp"
#include "engine/store/control.hpp"
#include "engine/store/run_name.hpp"
#include "engine/store/run_reader.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}

/// How long the disk takes to make room for run.h5.
unsigned g_gathering_ms = 0;

Result<LoadedPlugin> loadEndings(const Request&) {
    const fs::path library = fs::path(ENDINGS) / "endings.so";
    LATENT_TRY(LibraryFile file, LibraryFile::open(library));
    DescriptorExpected expected;
    expected.id = "endings";
    expected.version = "1.0.0";
    expected.library = library;
    LATENT_TRY(LoadingLibrary loading, LoadingLibrary::load(std::move(file), expected));
    return loading.create();
}

}  // namespace

extern "C" int open(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (g_gathering_ms > 0 && std::string_view(path).find("/.run.h5.tmp-") != std::string_view::npos)
        usleep(g_gathering_ms * 1000);
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

class Supervisor : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    fs::path makeRun(const char* then, const json& limits, const json& inputs = json::object()) const {
        const fs::path run = must(createRunFolder(fs::path(m_dir.path().toStdString()) / "runs", "endings"));
        must(writeRequest(run, must(Request::make({{"experiment", "endings/late"},
                                                   {"plugin", {{"id", "endings"}}},
                                                   {"parameters", {{"then", then}, {"seed", 0}}},
                                                   {"seed", 0},
                                                   {"inputs", inputs},
                                                   {"limits", limits}}))));
        return run;
    }
    /// In a process of its own, as `latent worker` does; its exit code.
    static pid_t startWorker(const fs::path& run) {
        const pid_t worker = fork();
        if (worker == 0) {
            const auto outcome = superviseRun(run, loadEndings);
            _exit(static_cast<int>(outcome ? outcome->exit : outcome.error().exit));
        }
        return worker;
    }
    static int endOf(pid_t worker) {
        int status = 0;
        waitpid(worker, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    static std::string warningsOf(const fs::path& run) {
        std::string all;
        EventTail tail(run);
        for (const EventLine& line : must(tail.poll()))
            if (line.event->value("level", "") == "warning") all += line.event->value("text", "") + "\n";
        return all;
    }

  private Q_SLOTS:
    void initTestCase() { qputenv("XDG_STATE_HOME", m_dir.filePath("state").toUtf8()); }

    void doneIsDone_data() {
        QTest::addColumn<QString>("then");
        QTest::addColumn<QString>("warning");
        QTest::newRow("nothing") << "nothing" << "";
        QTest::newRow("crash") << "crash" << "SIGABRT";
        QTest::newRow("limit") << "hang" << "limit time_s";
    }
    void doneIsDone() {
        QFETCH(QString, then);
        QFETCH(QString, warning);
        const fs::path run = makeRun(then.toUtf8(), {{"time_s", 3}});
        QCOMPARE(endOf(startWorker(run)), static_cast<int>(Exit::Done));
        const std::string warnings = warningsOf(run);
        QCOMPARE(warnings.empty(), warning.isEmpty());
        QVERIFY2(warnings.find(warning.toStdString()) != std::string::npos, warnings.c_str());
        RunFiles files = must(RunFiles::make());
        RunReader reader = must(RunReader::open(run, files));
        QCOMPARE(reader.state().state, std::string("done"));
        QCOMPARE(must(reader.readAll("row")).as<double>()[2], 3.0);
        // A resume finds nothing to do, and touches nothing.
        QCOMPARE(endOf(startWorker(run)), static_cast<int>(Exit::BadRequest));
        QCOMPARE(must(must(RunReader::open(run, files)).readAll("row")).as<double>()[2], 3.0);
    }
    /// Nothing is begun with other inputs than were asked for, and nothing of the run is touched.
    void inputsAreThoseThatWereAskedFor() {
        const fs::path file = m_dir.filePath("data.csv").toStdString();
        const fs::path run =
            makeRun("nothing", json::object(),
                    {{"data", {{"path", file.string()}, {"sha256", sha256Hex("1,2")}, {"bytes", 3}}}});
        const auto found = [&] {
            std::set<std::string> names;
            for (const auto& entry : fs::recursive_directory_iterator(run))
                names.insert(entry.path().filename().string());
            return names;
        };
        const std::set<std::string> before = found();
        for (const bool isThere : {false, true}) {
            if (isThere) std::ofstream(file) << "1,3";
            QCOMPARE(endOf(startWorker(run)), static_cast<int>(Exit::RefusedInput));
            QVERIFY(found() == before);
        }
        std::ofstream(file) << "1,2";
        QCOMPARE(endOf(startWorker(run)), static_cast<int>(Exit::Done));
    }
    /// It is no refusal to stop, and no worker elsewhere whose heartbeat stands still.
    void gatheringTakesItsTime() {
        const fs::path run = makeRun("wait", {{"stop_grace_s", 0.5}});
        g_gathering_ms = 5000;
        const pid_t worker = startWorker(run);
        g_gathering_ms = 0;
        QTRY_VERIFY(must(replayEvents(run)).heartbeat > 0);
        must(askControl(run, 1, ControlAction::Stop));
        QCOMPARE(endOf(worker), static_cast<int>(Exit::Done));
        const RunState state = must(replayEvents(run));
        QCOMPARE(state.state, std::string("stopped"));
        QCOMPARE(state.compactedState, std::string("stopped"));
        QVERIFY2(state.heartbeat >= 3, std::to_string(state.heartbeat).c_str());  // at 0, 2 and 4 s
    }
};

QTEST_APPLESS_MAIN(Supervisor)
#include "test_supervisor.moc"

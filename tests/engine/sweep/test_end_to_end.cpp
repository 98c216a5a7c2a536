// SPDX-License-Identifier: Apache-2.0
// Whole sweeps with real workers: this program is also the worker and the executor that is killed.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/files/sha256.hpp"
#include "engine/jobs/cell_links.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/jobs/start.hpp"
#include "engine/jobs/supervisor.hpp"
#include "engine/plugins/admission_child.hpp"
#include "engine/report/report.hpp"
#include "engine/store/control.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"
#include "engine/sweep/cell_hash.hpp"
#include "engine/sweep/executor.hpp"
#include "engine/sweep/plan.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}

/// The plugins of this test's home, which the workers inherit through the environment.
PluginCatalog catalogOf(const fs::path& home) {
    CatalogSettings settings;
    settings.folders = {home / "plugins"};
    settings.stateFolder = home / "state" / "latent";
    settings.cacheFolder = home / "cache" / "latent";
    return PluginCatalog::scan(settings);
}
fs::path homeOf() { return fs::path(std::getenv("LATENT_TEST_HOME")); }

class Home {
  public:
    Home() {
        for (const char* name : {"plugins", "state/latent", "cache/latent"}) {
            fs::create_directories(root() / name);
            fs::permissions(root() / name, fs::perms::owner_all);
        }
        for (const char* name : {"sweepable.so", "sweepable.json"}) {
            fs::copy_file(fs::path(SWEEPABLE) / name, root() / "plugins" / name);
            fs::permissions(root() / "plugins" / name, fs::perms::owner_read | fs::perms::owner_write);
        }
        trust();
        qputenv("LATENT_TEST_HOME", root().string().c_str());
        qputenv("XDG_STATE_HOME", (root() / "state").string().c_str());
        qputenv("XDG_CACHE_HOME", (root() / "cache").string().c_str());
    }
    /// Another binary of the plugin, which does the same.
    void rebuildPlugin() const {
        std::ofstream(root() / "plugins" / "sweepable.so", std::ios::app | std::ios::binary) << '\0';
        trust();
    }
    void trust() const {
        json trust;
        const fs::path library = root() / "plugins" / "sweepable.so";
        trust["trusted"]["sweepable"] = {
            {"path", library.string()}, {"sha256", must(sha256File(library))}, {"since", 0}};
        std::ofstream(root() / "state" / "latent" / "trust.json") << trust.dump();
        fs::permissions(root() / "state" / "latent" / "trust.json",
                        fs::perms::owner_read | fs::perms::owner_write);
    }
    fs::path root() const { return m_folder.path().toStdString(); }
    fs::path runs() const { return root() / "runs"; }

    fs::path sweep(const PluginCatalog& catalog, const std::string& text) const {
        const SweepSpec spec = must(SweepSpec::parse(text, "The sweep"));
        return must(makeSweep(must(planSweep(catalog, spec, runs())), runs()));
    }
    std::size_t runFolders() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(runs()))
            if (fs::exists(layout::request(entry.path()))) ++count;
        return count;
    }

  private:
    QTemporaryDir m_folder;
};

/// Back to the folder that a test began in, also when it fails: the one that it has gone to is removed.
struct Here {
    const fs::path path = fs::current_path();
    Here() = default;
    Here(const Here&) = delete;
    ~Here() { fs::current_path(path); }
};

std::vector<double> valuesOf(const fs::path& run, const std::string& name, Shape* shape = nullptr) {
    RunFiles files = must(RunFiles::make());
    RunReader reader = must(RunReader::open(run, files));
    const Array array = must(reader.readAll(name));
    if (shape) *shape = array.shape;
    std::vector<double> numbers;
    for (std::uint64_t i = 0; i < array.view().elements(); ++i)
        numbers.push_back(elementAsDouble(array.view(), i));
    return numbers;
}

/// This program as an executor of its own, to be killed.
pid_t startExecutor(const fs::path& sweep) {
    const pid_t child = fork();
    if (child == 0) {
        const std::string folder = sweep.string();
        execl("/proc/self/exe", "test", "execute", folder.c_str(), nullptr);
        _exit(127);
    }
    return child;
}

template <class Condition>
bool waitFor(Condition&& condition, int milliseconds = 60000) {
    for (int i = 0; i < milliseconds / 20; ++i) {
        if (condition()) return true;
        QTest::qSleep(20);
    }
    return false;
}

int workersOf(const fs::path& sweep) {
    const auto links = readCellLinks(sweep);
    if (!links) return 0;
    return static_cast<int>(std::count_if(links->jobs.begin(), links->jobs.end(), [&](const CellJob& job) {
        const auto lease = probeLease(sweep.parent_path() / job.run);
        return lease && lease->liveness == Liveness::Alive;
    }));
}

bool aWorkerRuns(const fs::path& sweep) { return workersOf(sweep) > 0; }

double y(double x, int t, int seed) { return x * t + seed; }

}  // namespace

class TestEndToEnd : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aBatchedSweepIsOneRunAndReadsAsOne() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path folder = home.sweep(
            catalog, "experiment = \"sweepable/together\"\ncores = 1\nseeds = 3\n[grid]\nx = [1, 2.5, 4]\n");
        std::string lastWords;
        SweepOptions options;
        options.progress = [&](const SweepProgress& p) { lastWords = p.text(); };
        const SweepEnd end = must(runSweep(catalog, folder, options));
        QCOMPARE(end.outcome.reason, std::string());
        QCOMPARE(end.outcome.state, std::string("done"));
        QCOMPARE(lastWords, std::string("9 of 9 cells"));
        QCOMPARE(home.runFolders(), std::size_t(2));  // the sweep and one batch
        Shape shape;
        const std::vector<double> all = valuesOf(folder, "y", &shape);
        QVERIFY(shape == (Shape{3, 3, 6}));
        std::size_t at = 0;
        for (const double x : {1.0, 2.5, 4.0})
            for (const int seed : {0, 1, 2})
                for (int t = 0; t < 6; ++t) QCOMPARE(all[at++], y(x, t, seed));
        // Claims see the cells, each from its own place in the batch.
        const auto set = must(HostRunSet::open({folder}));
        QCOMPARE(set->size(), std::uint64_t(9));
        QVERIFY(set->description().at("kind") == "sweep");
        QVERIFY(set->description().at("swept") == (json{"seed", "x"}));
        // A finished sweep is not computed again.
        QVERIFY(!runSweep(catalog, folder));
    }

    /// A line that only one cell has is in no figure of the batch; cells that differ by their seed alone are not asked again.
    void figuresOfABatchAreThoseOfAllItsCells() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const auto batchOf = [&](const std::string& design) {
            const fs::path folder =
                home.sweep(catalog, "experiment = \"sweepable/together\"\ncores = 1\n" + design);
            must(runSweep(catalog, folder));
            return folder.parent_path() / must(readCellLinks(folder)).jobs.at(0).run;
        };
        const auto look = [](const fs::path& run) {
            RunFiles files = must(RunFiles::make());
            RunReader reader = must(RunReader::open(run, files));
            const json figure = must(reader.figures()).at(0);
            return std::pair(must(reader.request()).document().contains(kAlikeOutputs),
                             figure.contains("references"));
        };
        QVERIFY(look(batchOf("[grid]\nx = [1, 2.5, 4]\n")) == std::pair(false, false));
        QVERIFY(look(batchOf("seeds = 3\n[set]\nx = 2.5\n")) == std::pair(true, true));
    }

    void aCrashingCellDoesNotStopTheOthers_data() {
        QTest::addColumn<QString>("experiment");
        QTest::newRow("alone") << "sweepable/alone";
        QTest::newRow("together") << "sweepable/together";
    }
    void aCrashingCellDoesNotStopTheOthers() {
        QFETCH(QString, experiment);
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const std::string repair = (home.root() / "repaired").string();
        const fs::path folder = home.sweep(catalog, "experiment = \"" + experiment.toStdString() +
                                                        "\"\ncores = 2\n[set]\ncrash_at = 3\nrepair = \"" +
                                                        repair + "\"\n[grid]\nx = [1, 2, 3, 4, 5]\n");
        const SweepEnd end = must(runSweep(catalog, folder));
        QCOMPARE(end.outcome.state, std::string("failed"));
        QCOMPARE(static_cast<int>(end.outcome.exit), 5);
        QCOMPARE(end.progress.done, std::size_t(4));
        QCOMPARE(end.progress.failed, std::size_t(1));
        const CellLinks links = must(readCellLinks(folder));
        QCOMPARE(links.cells[2].state, std::string("failed"));
        QVERIFY(links.cells[2].reason.find("segmentation fault") != std::string::npos);
        QVERIFY(valuesOf(folder, "cell_status") == (std::vector<double>{0, 0, 1, 0, 0}));
        QVERIFY(std::isnan(valuesOf(folder, "y")[2 * 6]));
        QCOMPARE(valuesOf(folder, "y")[3 * 6 + 1], y(4, 1, 0));
        // Whole numbers have none that says "nothing": a report leaves out what stands for it.
        QCOMPARE(valuesOf(folder, "count"), (std::vector<double>{0, 0, -2147483648.0, 0, 0}));
        const std::string page = must(writeReport(catalog, {{"", {folder}}}, "Crashed")).html;
        QVERIFY(page.find("<td>0 … 0</td>") != std::string::npos);
        QVERIFY(page.find("-2.147e+09") == std::string::npos);

        // A resume leaves it alone, unless it is told to try again.
        const std::size_t before = home.runFolders();
        QCOMPARE(must(runSweep(catalog, folder)).progress.failed, std::size_t(1));
        QCOMPARE(home.runFolders(), before);
        std::ofstream(repair) << "x";
        SweepOptions again;
        again.retryFailed = true;
        const SweepEnd mended = must(runSweep(catalog, folder, again));
        QCOMPARE(mended.outcome.state, std::string("done"));
        QCOMPARE(valuesOf(folder, "y")[2 * 6 + 1], y(3, 1, 0));
        QVERIFY(valuesOf(folder, "cell_status") == std::vector<double>(5, 0));
    }

    void identicalCellsRunOnceAndFinishedOnesAreReused() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path first = home.sweep(
            catalog,
            "experiment = \"sweepable/alone\"\n[[list]]\nx = 1\n[[list]]\nx = 1.0\n[[list]]\nx = 2\n");
        QCOMPARE(must(runSweep(catalog, first)).outcome.state, std::string("done"));
        QCOMPARE(home.runFolders(), std::size_t(3));  // the sweep and two runs
        const CellLinks links = must(readCellLinks(first));
        QCOMPARE(links.cells[0].run, links.cells[1].run);
        QCOMPARE(links.cells[0].hash, links.cells[1].hash);
        const fs::path second =
            home.sweep(catalog, "experiment = \"sweepable/alone\"\nreuse = true\n[grid]\nx = [1, 2, 3]\n");
        QCOMPARE(must(runSweep(catalog, second)).outcome.state, std::string("done"));
        QCOMPARE(home.runFolders(), std::size_t(5));  // and the second sweep, and one run
        QCOMPARE(must(readCellLinks(second)).cells[0].run, links.cells[0].run);
        QCOMPARE(valuesOf(second, "y")[6 + 1], y(2, 1, 0));
    }

    void anotherBinaryComputesOtherCells() {
        Home home;
        const std::string repair = (home.root() / "repaired").string();
        const fs::path folder = home.sweep(
            catalogOf(home.root()), "experiment = \"sweepable/alone\"\n[set]\ncrash_at = 2\nrepair = \"" +
                                        repair + "\"\n[grid]\nx = [1, 2]\n");
        QCOMPARE(must(runSweep(catalogOf(home.root()), folder)).progress.failed, std::size_t(1));
        const CellLinks before = must(readCellLinks(folder));
        home.rebuildPlugin();
        std::ofstream(repair) << "x";
        SweepOptions again;
        again.retryFailed = true;
        QCOMPARE(must(runSweep(catalogOf(home.root()), folder, again)).outcome.state, std::string("done"));
        const CellLinks after = must(readCellLinks(folder));
        QCOMPARE(after.cells[0].hash, before.cells[0].hash);
        QVERIFY(after.cells[1].hash != before.cells[1].hash);
        for (const CellLink& link : after.cells) {
            const fs::path run = folder.parent_path() / link.run;
            QCOMPARE(link.hash,
                     must(hashesOfRun(must(readRequest(run)).document(), must(readProvenance(run)), "seed"))
                         .front());
        }
    }

    /// The files of where a sweep was made, not those of the same name where it is computed.
    void filesAreThoseThatWerePlanned() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const Here here;
        const auto put = [&](const char* name, int number) {
            fs::create_directories((home.root() / name).parent_path());
            std::ofstream(home.root() / name) << number;
        };
        put("a/one.txt", 100), put("a/two.txt", 200), put("b/one.txt", 5);
        fs::current_path(home.root() / "a");
        const std::string text =
            "experiment = \"sweepable/alone\"\n[grid]\nfile = [\"one.txt\", \"two.txt\"]\n";
        const fs::path folder = home.sweep(catalog, text);
        fs::current_path(home.root() / "b");
        const SweepEnd end = must(runSweep(catalog, folder));
        QCOMPARE(end.outcome.state, std::string("done"));
        const std::vector<double> all = valuesOf(folder, "y");
        QCOMPARE(all.at(0), 100.0);
        QCOMPARE(all.at(6), 200.0);
        RunFiles files = must(RunFiles::make());
        RunReader reader = must(RunReader::open(folder, files));
        for (const PublishedArray& array : must(reader.arrays()))
            if (array.spec.name == "file")
                QVERIFY(array.spec.categories == (std::vector<std::string>{"one.txt", "two.txt"}));
        // A run says what it read, and by that counts as the cell of another sweep.
        for (const CellLink& link : must(readCellLinks(folder)).cells) {
            const fs::path run = folder.parent_path() / link.run;
            QCOMPARE(link.hash,
                     must(hashesOfRun(must(readRequest(run)).document(), must(readProvenance(run)), "seed"))
                         .front());
        }
    }

    void filesThatChangedSinceAreRefused() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path kept = home.root() / "kept.txt", changed = home.root() / "changed.txt",
                       gone = home.root() / "gone.txt";
        for (const fs::path& file : {kept, changed, gone}) std::ofstream(file) << 1;
        const fs::path folder =
            home.sweep(catalog, "experiment = \"sweepable/alone\"\n[grid]\nfile = [\"" + kept.string() +
                                    "\", \"" + changed.string() + "\", \"" + gone.string() + "\"]\n");
        std::ofstream(changed) << 2;
        fs::remove(gone);
        SweepOptions again;
        again.retryFailed = true;
        for (const bool retry : {false, true}) {  // the runs that it made are checked as well
            const SweepEnd end = must(runSweep(catalog, folder, retry ? again : SweepOptions()));
            QCOMPARE(end.outcome.state, std::string("failed"));
            QCOMPARE(end.progress.done, std::size_t(1));
            const CellLinks links = must(readCellLinks(folder));
            const std::string why = links.cells.at(1).reason;
            QVERIFY2(why.find("'file' names the file " + changed.string() + ", which has changed") !=
                         std::string::npos,
                     why.c_str());
            QVERIFY(links.cells.at(2).reason.find("gone.txt, which is not there any more") !=
                    std::string::npos);
            const RunStatus its = must(runStatus(folder.parent_path() / links.cells[1].run));
            QCOMPARE(its.state, std::string("failed"));
            QCOMPARE(its.sentence, why);
            QCOMPARE(home.runFolders(), std::size_t(4));
        }
        for (const fs::path& file : {changed, gone}) std::ofstream(file) << 1;
        QCOMPARE(must(runSweep(catalog, folder, again)).outcome.state, std::string("done"));
        QCOMPARE(valuesOf(folder, "y").at(6), 1.0);
    }

    /// A run of its own names its files as a cell does, so that one counts as the other.
    void aRunIsComputedFromTheFilesThatItWasAskedWith() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const Here here;
        for (const char* name : {"a", "b"}) {
            fs::create_directories(home.root() / name);
            std::ofstream(home.root() / name / "one.txt") << (*name == 'a' ? 100 : 5);
        }
        fs::current_path(home.root() / "a");
        RunOrder order;
        order.experiment = "sweepable/alone";
        order.assignments = {{"file", "one.txt"}};
        order.runs = home.runs();
        order.threads = 1;
        const fs::path run = must(prepareRun(catalog, order));
        fs::current_path(home.root() / "b");
        QCOMPARE(must(superviseRun(run, catalogLoader(catalog))).state, std::string("done"));
        QCOMPARE(valuesOf(run, "y").at(0), 100.0);
        fs::current_path(home.root() / "a");
        const fs::path folder = home.sweep(
            catalog,
            "experiment = \"sweepable/alone\"\nthreads = 1\nreuse = true\n[grid]\nfile = [\"one.txt\"]\n");
        QCOMPARE(must(runSweep(catalog, folder)).outcome.state, std::string("done"));
        const CellLink cell = must(readCellLinks(folder)).cells.at(0);
        QCOMPARE(cell.run, run.filename().string());
        // So does one of before, whose parameters are as they were written, and it reads the same file.
        json document = must(readRequest(run)).document();
        QCOMPARE(document.at("parameters").at("file"), json((home.root() / "a" / "one.txt").string()));
        document["parameters"]["file"] = "one.txt";
        QVERIFY(must(hashesOfRun(document, must(readProvenance(run)), "seed")) ==
                std::vector<std::string>{cell.hash});
        const fs::path before = must(makeRun(order, document));
        fs::current_path(home.root() / "b");
        QCOMPARE(must(superviseRun(before, catalogLoader(catalog))).state, std::string("done"));
        QCOMPARE(valuesOf(before, "y").at(0), 100.0);
        QVERIFY(must(HostRunSet::open({run, before}))->description().at("swept") == json::array());
    }

    void runsOfDifferentExperimentsAreRefused() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path sweep =
            home.sweep(catalog, "experiment = \"sweepable/together\"\n[grid]\nx = [1, 2]\n");
        must(runSweep(catalog, sweep));
        RunOrder order;
        order.experiment = "sweepable/alone";
        order.runs = home.runs();
        const fs::path run = must(prepareRun(catalog, order));
        for (const auto& folders : {std::vector{sweep, run}, std::vector{run, sweep}}) {
            const auto set = HostRunSet::open(folders);
            QVERIFY(!set);
            QVERIFY2(set.error().message.find("different experiments") != std::string::npos,
                     set.error().message.c_str());
        }
    }

    void aCellCountsOnce() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        for (const char* experiment : {"alone", "together"}) {
            const fs::path sweep = home.sweep(catalog, "experiment = \"sweepable/" + std::string(experiment) +
                                                           "\"\ncores = 1\n[grid]\nx = [1, 2, 3]\n");
            must(runSweep(catalog, sweep));
            const fs::path run = sweep.parent_path() / must(readCellLinks(sweep)).cells.at(1).run;
            for (const auto& folders :
                 {std::vector{sweep, run}, std::vector{run, sweep}, std::vector{sweep, sweep},
                  std::vector{run, sweep, run / ".." / run.filename()}})
                QCOMPARE(must(HostRunSet::open(folders))->size(), std::uint64_t(3));
        }
    }

    void aRunOfTheWorkspaceIsAnInput() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path before =
            home.sweep(catalog, "experiment = \"sweepable/alone\"\n[grid]\nx = [30, 70]\n");
        QCOMPARE(must(runSweep(catalog, before)).outcome.state, std::string("done"));
        const CellLinks runs = must(readCellLinks(before));
        const fs::path folder =
            home.sweep(catalog, "experiment = \"sweepable/alone\"\n[grid]\nbase = [\"" +
                                    runs.cells.at(0).run + "\", \"" + before.filename().string() + "#1\"]\n");
        const SweepEnd end = must(runSweep(catalog, folder));
        QCOMPARE(end.outcome.reason, std::string());
        const std::vector<double> all = valuesOf(folder, "y");
        QCOMPARE(all.at(0), 30.0);
        QCOMPARE(all.at(6), 70.0);
    }

    void mistakesLeaveNothingBehind() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const auto said = [&](const std::string& text) {
            const auto plan = planSweep(catalog, must(SweepSpec::parse(text, "The sweep")), home.runs());
            return plan ? std::string() : plan.error().message;
        };
        const std::string both =
            said("experiment = \"sweepable/alone\"\n[set]\nlenght = 3\n[grid]\nx = [1, 200, \"a\"]\n");
        QVERIFY2(both.find("did you mean \"length\"") != std::string::npos, both.c_str());
        QVERIFY2(both.find("(cell 1)") != std::string::npos, both.c_str());
        QVERIFY2(both.find("(cell 2)") != std::string::npos, both.c_str());
        QVERIFY(said("experiment = \"sweepable/aloe\"\nseeds = 2\n").find("sweepable/alone") !=
                std::string::npos);
        QVERIFY(!fs::exists(home.runs()));
    }

    void pausesAndGoesOn() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path folder = home.sweep(
            catalog,
            "experiment = \"sweepable/alone\"\ncores = 2\n[set]\nsleep_ms = 100\n[grid]\nx = [1, 2, 3, 4]\n");
        const pid_t executor = startExecutor(folder);
        QVERIFY(waitFor([&] { return aWorkerRuns(folder); }));
        kill(executor, SIGINT);
        int status = 0;
        waitpid(executor, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 4);
        QCOMPARE(must(runStatus(folder)).state, std::string("paused"));
        QVERIFY(!aWorkerRuns(folder));
        const std::size_t runs = home.runFolders();
        const SweepEnd end = must(runSweep(catalog, folder));
        QCOMPARE(end.outcome.state, std::string("done"));
        QVERIFY(home.runFolders() <= 5 && runs <= 3);  // those that were paused were gone on with
        QCOMPARE(valuesOf(folder, "y")[3 * 6 + 5], y(4, 5, 0));
    }

    void noMoreWorkersThanCores_data() {
        QTest::addColumn<int>("cores");
        QTest::newRow("one") << 1;
        QTest::newRow("two") << 2;
    }
    void noMoreWorkersThanCores() {
        QFETCH(const int, cores);
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path folder =
            home.sweep(catalog, "experiment = \"sweepable/alone\"\ncores = " + std::to_string(cores) +
                                    "\n[set]\nsleep_ms = 60\n[grid]\nx = [1, 2, 3, 4]\n");
        const pid_t executor = startExecutor(folder);
        int most = 0, status = 0;
        while (waitpid(executor, &status, WNOHANG) == 0) {
            most = std::max(most, workersOf(folder));
            QTest::qSleep(5);
        }
        QVERIFY(WIFEXITED(status));
        QCOMPARE(must(runStatus(folder)).state, std::string("done"));
        QCOMPARE(most, cores);
    }

    void aKilledExecutorIsTakenOver() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path folder = home.sweep(catalog,
                                           "experiment = \"sweepable/alone\"\ncores = 2\n[set]\nsleep_ms = "
                                           "150\n[grid]\nx = [1, 2, 3, 4, 5]\n");
        const pid_t executor = startExecutor(folder);
        QVERIFY(waitFor([&] { return aWorkerRuns(folder); }));
        kill(executor, SIGKILL);
        waitpid(executor, nullptr, 0);
        // A process that the executor was just starting may hold a copy of the lock until its exec.
        QVERIFY(waitFor([&] { return must(probeLease(folder)).liveness == Liveness::Dead; }));
        QVERIFY(aWorkerRuns(folder));  // the worker has not noticed
        const SweepEnd end = must(runSweep(catalog, folder));
        QCOMPARE(end.outcome.state, std::string("done"));
        QCOMPARE(home.runFolders(), std::size_t(6));
        const CellLinks links = must(readCellLinks(folder));
        std::set<std::string> names;
        for (const CellLink& link : links.cells) {
            names.insert(link.run);
            QCOMPARE(must(probeLease(folder.parent_path() / link.run)).attempt,
                     1);  // nothing was computed twice
        }
        QCOMPARE(names.size(), std::size_t(5));
        for (int cell = 0; cell < 5; ++cell)
            QCOMPARE(valuesOf(folder, "y")[static_cast<std::size_t>(cell) * 6 + 2], y(cell + 1, 2, 0));
    }

    void twoExecutorsNeverShareASweep() {
        Home home;
        const PluginCatalog catalog = catalogOf(home.root());
        const fs::path folder = home.sweep(
            catalog,
            "experiment = \"sweepable/alone\"\ncores = 1\n[set]\nsleep_ms = 150\n[grid]\nx = [1, 2]\n");
        const pid_t executor = startExecutor(folder);
        QVERIFY(waitFor([&] { return aWorkerRuns(folder); }));
        const auto second = runSweep(catalog, folder);
        QVERIFY(!second);
        QCOMPARE(static_cast<int>(second.error().exit), 3);
        // A stop request to the sweep reaches the workers.
        QVERIFY(askControl(folder, must(probeLease(folder)).attempt, ControlAction::Stop));
        int status = 0;
        waitpid(executor, &status, 0);
        QCOMPARE(WEXITSTATUS(status), 0);
        QCOMPARE(must(runStatus(folder)).state, std::string("stopped"));
    }
};

int main(int argc, char** argv) {
    const std::string word = argc > 1 ? argv[1] : "";
    if (word == "admit-plugin") return admissionChildMain(argc - 1, argv + 1);
    if (word == "worker") {
        const PluginCatalog catalog = catalogOf(homeOf());
        const auto request = readRequest(argv[argc - 1]);
        WorkerOptions options;
        if (request) options.plugin = installedPlugin(catalog, *request);
        const auto outcome = superviseRun(argv[argc - 1], catalogLoader(catalog), options);
        if (!outcome) std::cerr << outcome.error().message << '\n';
        return outcome ? static_cast<int>(outcome->exit) : static_cast<int>(outcome.error().exit);
    }
    if (word == "execute") {
        const PluginCatalog catalog = catalogOf(homeOf());
        const auto end = runSweep(catalog, argv[2]);
        if (!end) std::cerr << end.error().message << '\n';
        return end ? static_cast<int>(end->outcome.exit) : static_cast<int>(end.error().exit);
    }
    TestEndToEnd test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_end_to_end.moc"

// SPDX-License-Identifier: Apache-2.0
// Whole sweeps with real workers: this program is also the worker and the executor that is killed.
#include "sweep_home.hpp"

using namespace latent::engine;

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
    TestEndToEnd test;
    return sweepMain(argc, argv, test);
}

#include "test_end_to_end.moc"

// SPDX-License-Identifier: Apache-2.0
// What sweeps and runs read: the files and runs that they were asked with; and what is counted of runs that are named.
#include "sweep_home.hpp"

using namespace latent::engine;

class TestSweepInputs : public QObject {
    Q_OBJECT
  private Q_SLOTS:
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
};

int main(int argc, char** argv) {
    TestSweepInputs test;
    return sweepMain(argc, argv, test);
}

#include "test_inputs.moc"

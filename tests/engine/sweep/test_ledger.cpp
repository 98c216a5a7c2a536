// SPDX-License-Identifier: Apache-2.0
// Batches, hashes and the book of a sweep: identical cells once, failed batches halved, nothing computed twice.
#include <QTest>
#include <set>

#include "engine/sweep/cell_hash.hpp"
#include "engine/sweep/ledger.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

std::vector<PlannedCell> cells(const std::vector<std::string>& hashes, const std::vector<std::size_t>& jobs) {
    std::vector<PlannedCell> all(hashes.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].hash = hashes[i];
        all[i].job = jobs[i];
    }
    return all;
}

const json kRequest{{"experiment", "a/b"}, {"threads", 1},
                    {"device", "cpu"},     {"plugin", {{"sha256", "x"}, {"torch_version", ""}}},
                    {"seed", 0},           {"parameters", {{"mu", 1.0}}}};

}  // namespace

class TestLedger : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void batchesAreSharedAmongWorkers() {
        const std::vector<BatchAnswer> answers(100, {"k", 10});
        const std::vector<std::size_t> lengths(100, 100);
        const auto jobs = batchJobs(answers, lengths, 4);
        QCOMPARE(std::set<std::size_t>(jobs.begin(), jobs.end()).size(), std::size_t(4));
        for (std::size_t i = 1; i < jobs.size(); ++i) QVERIFY(jobs[i] >= jobs[i - 1]);
    }
    void batchesAreBounded() {
        const std::vector<std::size_t> lengths(100, 100);
        const auto jobsOf = [&](const BatchLimits& limits) {
            const auto jobs = batchJobs(std::vector<BatchAnswer>(100, {"k", 10}), lengths, 1, limits);
            return std::set<std::size_t>(jobs.begin(), jobs.end()).size();
        };
        QCOMPARE(jobsOf({}), std::size_t(1));
        QCOMPARE(jobsOf({.cells = 30}), std::size_t(4));
        QCOMPARE(jobsOf({.bytes = 100}), std::size_t(10));  // ten bytes a cell
        QCOMPARE(jobsOf({.requestBytes = 1000}), std::size_t(10));
        QCOMPARE(jobsOf({.bytes = 1}), std::size_t(100));  // a cell larger than the bound still runs
    }
    void onlyEqualKeysRunTogether() {
        const auto jobs = batchJobs({{"a", 1}, {"", 0}, {"b", 1}, {"a", 1}, {"", 0}, {"b", 1}},
                                    std::vector<std::size_t>(6, 1), 1);
        QCOMPARE(jobs[0], jobs[3]);
        QCOMPARE(jobs[2], jobs[5]);
        QCOMPARE(std::set<std::size_t>(jobs.begin(), jobs.end()).size(), std::size_t(4));
    }

    void hashesDependOnWhatMatters() {
        const auto hash = [](json request, double mu, std::int64_t seed) {
            return *cellHash(identityOf(request, json::object()), {{"mu", mu}}, seed, json::object());
        };
        const std::string base = hash(kRequest, 1, 0);
        QCOMPARE(hash(kRequest, 1, 0), base);
        QVERIFY(hash(kRequest, 2, 0) != base);
        QVERIFY(hash(kRequest, 1, 1) != base);
        const json changes{
            {"experiment", "a/c"}, {"threads", 2}, {"device", "cuda"}, {"deterministic", false}};
        for (const auto& [key, value] : changes.items()) {
            json other = kRequest;
            other[key] = value;
            QVERIFY2(hash(other, 1, 0) != base, key.c_str());
        }
        json plugin = kRequest;
        plugin["plugin"]["sha256"] = "y";
        QVERIFY(hash(plugin, 1, 0) != base);
        plugin = kRequest;
        plugin["plugin"]["part_sha256"] = "y";
        QVERIFY(hash(plugin, 1, 0) != base);
        json limits = kRequest;
        limits["limits"] = {{"memory_mb", 5}};  // changes nothing in the result
        QCOMPARE(hash(limits, 1, 0), base);
    }
    void aRunElsewhereIsAnotherComputation() {
        const json here = identityOf(kRequest, json::object());
        const json provenance{{"machine", {{"instruction_set", here["instruction_set"]}}},
                              {"program", {{"version", here["program_version"]}}}};
        QCOMPARE(hashesOfRun(kRequest, provenance, "seed")->front(),
                 *cellHash(here, kRequest["parameters"], 0, json::object()));
        // It waited, and the plugin was built anew before it was computed.
        json later = provenance, request = kRequest;
        later["plugin"] = request["plugin"];
        QCOMPARE(hashesOfRun(kRequest, later, "seed")->front(),
                 hashesOfRun(kRequest, provenance, "seed")->front());
        later["plugin"]["sha256"] = request["plugin"]["sha256"] = "y";
        QCOMPARE(hashesOfRun(kRequest, later, "seed")->front(),
                 *cellHash(identityOf(request, json::object()), kRequest["parameters"], 0, json::object()));
        json other = provenance;
        other["machine"]["instruction_set"] = "arm64";
        QVERIFY(hashesOfRun(kRequest, other, "seed")->front() !=
                hashesOfRun(kRequest, provenance, "seed")->front());
        // Attempts that went on with the same binary are the same cell; with another one the run is none.
        json attempts = provenance;
        attempts["later_attempts"] = json::array({provenance});
        QCOMPARE(hashesOfRun(kRequest, attempts, "seed")->front(),
                 hashesOfRun(kRequest, provenance, "seed")->front());
        attempts["later_attempts"].push_back(other);
        QVERIFY(hashesOfRun(kRequest, attempts, "seed")->empty());
    }
    void aBatchHasAHashForEachCell() {
        json batch = kRequest;
        batch["cells"] = {{{"mu", 1.0}, {"seed", 4}}, {{"mu", 2.0}, {"seed", 4}}};
        const auto hashes = hashesOfRun(batch, json::object(), "seed");
        QCOMPARE(hashes->size(), std::size_t(2));
        QCOMPARE((*hashes)[1],
                 *cellHash(identityOf(kRequest, json::object()), batch["cells"][1], 4, json::object()));
    }

    void identicalCellsRunOnce() {
        const auto planned = cells({"a", "b", "a", "c", "b"}, {0, 0, 0, 1, 0});
        Ledger ledger(planned);
        ledger.planOpen();
        const auto first = ledger.next();
        QVERIFY(first->cells == (std::vector<std::uint64_t>{0, 1}));
        QVERIFY(ledger.next()->cells == (std::vector<std::uint64_t>{3}));
        QVERIFY(!ledger.next());
        const auto links = ledger.done(first->cells, "run-x");
        QCOMPARE(links.size(), std::size_t(4));  // 0, 2, 1, 4
        QCOMPARE(ledger.doneCells(), std::size_t(4));
        QCOMPARE(ledger.links()[4]->run, std::string("run-x"));
        QCOMPARE(ledger.links()[4]->cellIndex, std::uint64_t(1));
        QCOMPARE(ledger.links()[2]->cellIndex, std::uint64_t(0));
        QVERIFY(!ledger.links()[3]);
    }

    void aFailedBatchIsHalvedUntilOneIsLeft() {
        std::vector<std::string> hashes;
        for (int i = 0; i < 16; ++i) hashes.push_back(std::to_string(i));
        const auto planned = cells(hashes, std::vector<std::size_t>(16, 0));
        Ledger ledger(planned);
        ledger.planOpen();
        int runs = 0;
        while (const auto job = ledger.next()) {
            ++runs;
            const bool crashes = std::find(job->cells.begin(), job->cells.end(), 11u) != job->cells.end();
            if (crashes)
                ledger.failed(job->cells, "r", "It crashed.");
            else
                ledger.done(job->cells, "r");
        }
        QCOMPARE(ledger.failedCells(), std::size_t(1));
        QCOMPARE(ledger.doneCells(), std::size_t(15));
        QCOMPARE(ledger.links()[11]->reason, std::string("It crashed."));
        QCOMPARE(runs, 9);  // 16, 8+8, 4+4, 2+2, 1+1
    }
    void whatNeverSucceedsIsGivenUp() {
        std::vector<std::string> hashes;
        for (int i = 0; i < 1024; ++i) hashes.push_back(std::to_string(i));
        const auto planned = cells(hashes, std::vector<std::size_t>(1024, 0));
        Ledger ledger(planned);
        ledger.planOpen();
        int runs = 0;
        while (const auto job = ledger.next()) {
            ++runs;
            ledger.failed(job->cells, "r", "It crashed.");
        }
        QCOMPARE(ledger.failedCells(), std::size_t(1024));
        QVERIFY2(runs < 40, qPrintable(QString::number(runs)));
    }
    void whatIsKnownIsNotComputedAgain() {
        const auto planned = cells({"a", "b", "c"}, {0, 0, 1});
        Ledger ledger(planned);
        ledger.recall({1, "b", "old", 0, "done", ""});
        ledger.recall({2, "c", "old2", 0, "failed", "no"});
        ledger.recall({99, "z", "old3", 0, "done", ""});  // not of this sweep
        ledger.planOpen();
        QVERIFY(ledger.next()->cells == (std::vector<std::uint64_t>{0}));
        QVERIFY(!ledger.next());
        QCOMPARE(ledger.doneCells(), std::size_t(1));
        QCOMPARE(ledger.failedCells(), std::size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestLedger)
#include "test_ledger.moc"

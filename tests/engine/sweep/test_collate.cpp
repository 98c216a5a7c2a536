// SPDX-License-Identifier: Apache-2.0
// Collation against an oracle that is written out in loops: shapes, order, coordinates, what is missing, what is left out.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/jobs/start.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/sweep/collate.hpp"
#include "engine/sweep/collate_layout.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}
void must(const Status& status) {
    if (!status) qFatal("%s", status.error().message.c_str());
}

constexpr int kTimes = 3;

/// y(x, kind, seed, t): different for each place.
double truth(double x, bool negative, int seed, int t) {
    return (negative ? -1 : 1) * (100 * x + 10 * seed + t);
}

class Study {
  public:
    Study() {
        qputenv("XDG_STATE_HOME", (m_folder.path() + "/state").toUtf8());
        for (const double x : {1.0, 2.0, 3.0})
            for (const std::string kind : {"plain", "negative"})
                for (const int seed : {4, 5}) {
                    PlannedCell cell;
                    cell.parameters = {{"x", x}, {"kind", kind}, {"seed", seed}};
                    cell.seed = seed;
                    cell.hash = std::to_string(cells.size());
                    cell.job = cells.size();
                    cells.push_back(cell);
                }
        links.resize(cells.size());
    }
    fs::path runs() const { return m_folder.path().toStdString() + "/runs"; }

    json gridDesign() const {
        json entries = json::array();
        for (const PlannedCell& cell : cells)
            entries.push_back({{"parameters", cell.parameters},
                               {"seed", cell.seed},
                               {"hash", cell.hash},
                               {"job", cell.job}});
        return {{"kind", "grid"},
                {"axes",
                 {{{"name", "x"}, {"seed", false}, {"values", {1, 2, 3}}, {"unit", "m"}},
                  {{"name", "kind"}, {"seed", false}, {"values", {"plain", "negative"}}},
                  {{"name", "seed"}, {"seed", true}, {"values", {4, 5}}}}},
                {"columns", json::array()},
                {"cells", entries}};
    }

    fs::path make(const json& document) {
        RunOrder order;
        order.experiment = document.at("experiment");
        order.runs = runs();
        return must(makeRun(order, document));
    }
    /// A finished run of some cells: alone, or a batch with a leading axis.
    void run(const std::vector<std::uint64_t>& which, bool batch, double timeOffset = 0, int times = kTimes,
             bool extra = false) {
        json document{{"experiment", "a/b"}, {"parameters", cells[which[0]].parameters}, {"seed", 0}};
        for (const std::uint64_t cell : which)
            if (batch) document["cells"].push_back(cells[cell].parameters);
        const fs::path folder = make(document);
        RunFiles files = must(RunFiles::make());
        auto writer = must(RunWriter::open(folder, must(beginAttempt(folder, 1, files)), files.key()));
        json dims = json::array();
        if (batch) dims.push_back({{"name", "cell"}, {"size", nullptr}});
        json withTime = dims;
        withTime.push_back({{"name", "time"}, {"size", times}});
        json arrays{{{"name", "time"}, {"dtype", "f64"}, {"dims", withTime}, {"units", "s"}},
                    {{"name", "y"}, {"dtype", "f64"}, {"dims", withTime}},
                    {{"name", "count"}, {"dtype", "u16"}, {"dims", dims}}};
        if (extra) arrays.push_back({{"name", "rare"}, {"dtype", "f32"}, {"dims", dims}});
        // A figure that all have, one whose target depends on the cells, and one of these cells alone.
        const json figures{
            {{"kind", "lines"}, {"name", "all"}},
            {{"kind", "lines"}, {"name", "aimed"}, {"references", {{{"axis", "y"}, {"value", which[0]}}}}},
            {{"kind", "lines"}, {"name", "own_" + std::to_string(which[0])}}};
        must(writer->declare({{"arrays", arrays}, {"figures", figures}}));
        for (std::size_t i = 0; i < which.size(); ++i) {
            const json& p = cells[which[i]].parameters;
            std::vector<double> time, y;
            for (int t = 0; t < times; ++t) {
                time.push_back(t + timeOffset);
                y.push_back(truth(p["x"], p["kind"] == "negative", p["seed"], t));
            }
            const std::uint16_t count = static_cast<std::uint16_t>(which[i]);
            const float rare = 1.5F;
            const Shape rows = batch ? Shape{1, static_cast<std::uint64_t>(times)}
                                     : Shape{static_cast<std::uint64_t>(times)};
            const Shape one = batch ? Shape{1} : Shape{};
            must(writer->publish("time", {DType::F64, rows, time.data()}));
            must(writer->publish("y", {DType::F64, rows, y.data()}));
            must(writer->publish("count", {DType::U16, one, &count}));
            if (extra) must(writer->publish("rare", {DType::F32, one, &rare}));
            links[which[i]] =
                CellLink{which[i], cells[which[i]].hash, folder.filename().string(), i, "done", ""};
        }
        must(writer->finish({"done", "", nullptr}));
        must(writer->events().state("done"));
    }

    fs::path collate(const CollationLimits& limits = {}, json design = {}) {
        json document{{"experiment", "a/b"}, {"kind", "sweep"}, {"parameters", json::object()}, {"seed", 0}};
        document["design"] = design.is_null() ? gridDesign() : design;
        const fs::path folder = make(document);
        RunFiles files = must(RunFiles::make());
        must(collateSweep(folder, document, links, must(beginAttempt(folder, 1, files)), files, {}, limits));
        must(must(EventLog::open(folder)).state("done"));
        return folder;
    }

    std::vector<PlannedCell> cells;
    std::vector<std::optional<CellLink>> links;

  private:
    QTemporaryDir m_folder;
};

struct Sweep {
    explicit Sweep(const fs::path& folder)
        : files(must(RunFiles::make())), reader(must(RunReader::open(folder, files))) {}
    std::vector<double> values(const std::string& name) {
        const Array array = must(reader.readAll(name));
        std::vector<double> numbers;
        for (std::uint64_t i = 0; i < array.view().elements(); ++i)
            numbers.push_back(elementAsDouble(array.view(), i));
        return numbers;
    }
    PublishedArray spec(const std::string& name) {
        for (const PublishedArray& array : must(reader.arrays()))
            if (array.spec.name == name) return array;
        return {{}, {}, false};
    }
    std::string log() {
        std::string all;
        EventTail tail(reader.folder());
        for (const EventLine& line : must(tail.poll()))
            if (line.event->at("type") == "log") all += line.event->at("text").get<std::string>() + "\n";
        return all;
    }
    RunFiles files;
    RunReader reader;
};

/// The stacked y, by hand; NaN where `has` says no.
std::vector<double> oracle(const std::vector<bool>& has) {
    std::vector<double> y;
    std::size_t cell = 0;
    for (const double x : {1.0, 2.0, 3.0})
        for (const bool negative : {false, true})
            for (const int seed : {4, 5}) {
                for (int t = 0; t < kTimes; ++t)
                    y.push_back(has[cell] ? truth(x, negative, seed, t) : std::nan(""));
                ++cell;
            }
    return y;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

class TestCollate : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void gridOfSingleRunsAndBatches() {
        Study study;
        study.run({5, 0, 11, 2}, true);  // a batch need not be in the order of the design
        study.run({1, 3, 4}, true);
        for (const std::uint64_t cell : {6, 7, 8, 9, 10}) study.run({cell}, false);
        for (const std::uint64_t block : {64u << 20, 1u}) {  // whole batches at once, and row by row
            Sweep sweep(study.collate({.blockBytes = block}));
            QVERIFY(same(sweep.values("y"), oracle(std::vector<bool>(12, true))));
            const PublishedArray y = sweep.spec("y");
            QVERIFY(y.spec.dimNames() == (std::vector<std::string>{"x", "kind", "seed", "time"}));
            QVERIFY(y.shape == (Shape{3, 2, 2, 3}));
            QVERIFY(same(sweep.values("x"), {1, 2, 3}));
            QCOMPARE(sweep.spec("x").spec.units, std::string("m"));
            QVERIFY(same(sweep.values("seed"), {4, 5}));
            QVERIFY(same(sweep.values("kind"), {0, 1}));  // texts are places in the description
            QCOMPARE(sweep.spec("kind").spec.categories, (std::vector<std::string>{"plain", "negative"}));
            QCOMPARE(sweep.spec("cell_status").spec.categories[1], std::string("failed"));
            QVERIFY(sweep.spec("kind").spec.description.find(R"(["plain","negative"])") != std::string::npos);
            // All cells agree on the time axis: it stays a coordinate.
            QVERIFY(same(sweep.values("time"), {0, 1, 2}));
            QCOMPARE(sweep.spec("time").spec.units, std::string("s"));
            QVERIFY(same(sweep.values("cell_status"), std::vector<double>(12, 0)));
            QVERIFY(same(sweep.values("count"), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
            const json figures{{{"kind", "lines"}, {"name", "all"}}, {{"kind", "lines"}, {"name", "aimed"}}};
            QVERIFY2(must(sweep.reader.figures()) == figures, must(sweep.reader.figures()).dump().c_str());
            QCOMPARE(sweep.reader.state().state, std::string("done"));
            QCOMPARE(cellLinksOf(must(sweep.reader.provenance())).size(), std::size_t(12));
        }
    }

    void whatDoesNotFitIsWrittenBySlab() {
        Study study;
        study.run({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, true);
        study.links[10] = CellLink{10, "10", "x", 0, "failed", "It crashed."};
        Sweep sweep(study.collate({.inMemoryBytes = 100}));  // count fits (24 bytes), y and time do not
        std::vector<bool> has(12, true);
        has[10] = has[11] = false;
        QVERIFY(sweep.spec("y").spec.large);
        QVERIFY(!sweep.spec("count").spec.large);
        const std::vector<double> y = sweep.values("y"), expected = oracle(has);
        for (std::size_t i = 0; i < y.size(); ++i)
            QVERIFY(y[i] == expected[i] || (std::isnan(y[i]) && std::isnan(expected[i])));
    }

    void missingAndFailedCells() {
        Study study;
        study.run({0, 1, 2, 3, 4, 5, 6, 7}, true);
        study.links[9] = CellLink{9, "9", "x", 0, "failed", "It crashed."};
        study.links[10] = CellLink{10, "10", "no-such-run", 0, "done", ""};
        Sweep sweep(study.collate());
        std::vector<bool> has(12, true);
        has[8] = has[9] = has[10] = has[11] = false;
        const std::vector<double> y = sweep.values("y"), expected = oracle(has);
        QCOMPARE(y.size(), expected.size());
        for (std::size_t i = 0; i < y.size(); ++i)
            QVERIFY(y[i] == expected[i] || (std::isnan(y[i]) && std::isnan(expected[i])));
        QVERIFY(same(sweep.values("cell_status"), {0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 2}));
        QVERIFY(same(sweep.values("count"), {0, 1, 2, 3, 4, 5, 6, 7, 65535, 65535, 65535, 65535}));
        QVERIFY(same(sweep.values("time"), {0, 1, 2}));  // cells without a value have no say in it
        QVERIFY(sweep.log().find("no-such-run could not be read") != std::string::npos);
    }

    void whatDiffersBetweenCells() {
        Study study;
        study.run({0}, false, 0.5);                         // another time axis
        study.run({1, 2, 3, 4, 5}, true, 0, kTimes, true);  // an array that the others lack
        for (const std::uint64_t cell : {6, 7, 8, 9, 10, 11}) study.run({cell}, false);
        {
            Sweep sweep(study.collate());
            QVERIFY(!sweep.spec("time").present);
            QVERIFY(sweep.spec("time_values").shape == (Shape{3, 2, 2, 3}));
            QCOMPARE(sweep.values("time_values")[0], 0.5);
            QCOMPARE(sweep.values("time_values")[3], 0.0);
            QVERIFY(sweep.log().find("The coordinate time differs") != std::string::npos);
            QVERIFY(sweep.log().find("rare is missing in 7 finished cells") != std::string::npos);
            QVERIFY(std::isnan(sweep.values("rare")[0]));
            QCOMPARE(sweep.values("rare")[1], 1.5);
        }
        study.run({6}, false, 0, 5);  // five times instead of three
        Sweep sweep(study.collate());
        QVERIFY(!sweep.spec("y").present);
        QVERIFY(sweep.spec("count").present);
        QVERIFY(sweep.log().find("The array y is left out: it has not the same shape") != std::string::npos);
    }

    void identicalCellsShareOneRun() {
        Study study;
        study.run({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, true);
        study.links[11] = study.links[3];
        study.links[11]->index = 11;
        Sweep sweep(study.collate());
        const std::vector<double> y = sweep.values("y");
        for (std::size_t t = 0; t < kTimes; ++t) QCOMPARE(y[33 + t], y[9 + t]);
    }

    void listDesignsHaveOneAxis() {
        Study study;
        study.cells.resize(4);
        study.links.resize(4);
        json design = study.gridDesign();
        design["axes"] = {{{"name", "cell"}, {"values", {0, 1}}},
                          {{"name", "seed"}, {"seed", true}, {"values", {4, 5}}}};
        design["columns"] = {{{"parameter", "x"}, {"values", {1, 1}}, {"unit", "m"}},
                             {{"parameter", "kind"}, {"values", {"plain", "negative"}}}};
        study.run({0, 1, 2, 3}, true);
        Sweep sweep(study.collate({}, design));
        QVERIFY(sweep.spec("y").spec.dimNames() == (std::vector<std::string>{"cell", "seed", "time"}));
        QVERIFY(same(sweep.values("cell"), {0, 1}));
        QVERIFY(sweep.spec("x").spec.dimNames() == std::vector<std::string>{"cell"});
        QVERIFY(same(sweep.values("x"), {1, 1}));
        QVERIFY(same(sweep.values("kind"), {0, 1}));
    }

    /// One number for a parameter that takes lists: the coordinate is that number, in a grid and along `cell`.
    void listsOfOneNumberAreNumbers() {
        const auto coordinates = [](const std::vector<json>& written, const std::vector<json>& resolved) {
            std::vector<PlannedCell> cells(resolved.size());
            for (std::size_t i = 0; i < cells.size(); ++i) cells[i].parameters = {{"sigma", resolved[i]}};
            const std::vector<const CellArrays*> none(cells.size(), nullptr);
            const json grid{{"axes", {{{"name", "sigma"}, {"values", written}, {"unit", "nm"}}}}};
            const json list{{"axes", {{{"name", "cell"}, {"values", {0, 1, 2}}}}},
                            {"columns", {{{"parameter", "sigma"}, {"values", written}, {"unit", "nm"}}}}};
            return std::vector<DesignArray>{planCollation(grid, cells, none).coordinates.at(0),
                                            planCollation(list, cells, none).coordinates.at(1)};
        };
        for (const DesignArray& sigma :
             coordinates({0.05, 0.1, 2}, {json::array({0.05}), json::array({0.1}), json::array({2.0})})) {
            QCOMPARE(sigma.spec.dtype, DType::F64);
            QCOMPARE(elementAsDouble(sigma.values.view(), 0), 0.05);
            QCOMPARE(elementAsDouble(sigma.values.view(), 2), 2.0);
            QVERIFY(sigma.spec.categories.empty());
            QCOMPARE(sigma.spec.units, std::string("nm"));
        }
        for (const DesignArray& widths :
             coordinates({8, 4, 2}, {json::array({8}), json::array({4}), json::array({2})})) {
            QCOMPARE(widths.spec.dtype, DType::I64);
            QCOMPARE(elementAsDouble(widths.values.view(), 0), 8.0);
        }
        for (const DesignArray& mixed :
             coordinates({0.05, {0.1, 0.2}, 2}, {json::array({0.05}), {0.1, 0.2}, json::array({2.0})}))
            QCOMPARE(mixed.spec.categories, (std::vector<std::string>{"0.05", "0.1, 0.2", "2"}));
    }

    /// The first cell's words and unit are not those of the others.
    void wordsAndUnitsAreThoseOfAllCells() {
        const auto arrays = [](const char* unit, std::vector<std::string> words) {
            ArraySpec same, length, node, token;
            same.name = "same", length.name = "length", node.name = "node", token.name = "token";
            same.dtype = node.dtype = token.dtype = DType::I64;
            same.categories = {"no", "yes"};
            same.label = "Answer";
            length.units = unit;
            token.categories = node.categories = words;
            token.label = "of " + words[0];
            node.dims = {{"node", 2}};  // a coordinate
            return CellArrays{{"same", {same, {}}},
                              {"length", {length, {}}},
                              {"node", {node, {2}}},
                              {"token", {token, {}}}};
        };
        const CellArrays days = arrays("nm", {"Monday", "Tuesday"}), fruit = arrays("mm", {"apple", "bird"});
        std::vector<PlannedCell> cells(3);
        for (PlannedCell& cell : cells) cell.parameters = json::object();
        const json grid{{"axes", {{{"name", "words"}, {"values", {0, 1, 2}}}}}};
        const auto planned = [&](const std::vector<const CellArrays*>& of) {
            std::map<std::string, ArraySpec> specs;
            const CollationPlan plan = planCollation(grid, cells, of);
            for (const StackedArray& array : plan.stacked)
                specs[array.source] = array.coordinate ? agreedCoordinate(array) : array.spec;
            std::string remarks;
            for (const std::string& remark : plan.remarks) remarks += remark + "\n";
            return std::pair(specs, remarks);
        };
        const auto [specs, remarks] = planned({&days, &fruit, &days});
        QCOMPARE(specs.size(), std::size_t(3));
        QVERIFY(specs.count("length") == 0);
        QVERIFY(remarks.find("length is left out: it has not the same unit") != std::string::npos);
        QCOMPARE(specs.at("same").categories, (std::vector<std::string>{"no", "yes"}));
        QCOMPARE(specs.at("same").label, std::string("Answer"));
        for (const char* name : {"node", "token"}) {
            QVERIFY(specs.at(name).categories.empty());
            QVERIFY(remarks.find(std::string("array ") + name + " has its numbers without their words") !=
                    std::string::npos);
        }
        QVERIFY(specs.at("token").label.empty());
        const auto [alike, silence] = planned({&days, nullptr, &days});
        QCOMPARE(alike.at("node").categories, (std::vector<std::string>{"Monday", "Tuesday"}));
        QCOMPARE(alike.at("length").units, std::string("nm"));
        QCOMPARE(silence, std::string());
    }

    void namesThatAreTakenGetAPrefix() {
        std::vector<PlannedCell> cells(2);
        cells[0].parameters = {{"time", 1}, {"y", 3}};
        cells[1].parameters = {{"time", 2}, {"y", 4}};
        ArraySpec y;
        y.name = "y";
        y.dims = {{"time", 3}};
        const CellArrays arrays{{"y", {y, {3}}}};
        const json grid{{"axes", {{{"name", "time"}, {"values", {1, 2}}}}}};
        const CollationPlan plan = planCollation(grid, cells, {&arrays, &arrays});
        QVERIFY(plan.axes == std::vector<std::string>{"swept_time"});
        QVERIFY(plan.stacked[0].spec.dimNames() == (std::vector<std::string>{"swept_time", "time"}));
        const json list{{"axes", {{{"name", "cell"}, {"values", {0, 1}}}}},
                        {"columns", {{{"parameter", "y"}, {"values", {3, 4}}}}}};
        QCOMPARE(planCollation(list, cells, {&arrays, &arrays}).coordinates[1].spec.name,
                 std::string("swept_y"));
    }
};

QTEST_APPLESS_MAIN(TestCollate)
#include "test_collate.moc"

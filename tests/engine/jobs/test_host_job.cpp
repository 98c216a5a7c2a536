// SPDX-License-Identifier: Apache-2.0
// The job and the runs that a plugin talks to, over a run directory: what is refused to it, and what that costs the run.
#include <QTemporaryDir>
#include <QTest>
#include <latent/latent.hpp>

#include "engine/jobs/host_job.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

using namespace latent::engine;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return *std::move(result);
}
void must(const Status& status) {
    if (!status) qFatal("%s", status.error().message.c_str());
}

/// The sentence that a call throws; empty when it throws none.
template <class Call>
std::string thrown(Call&& call) {
    try {
        call();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

latent::Outputs outputs() {
    latent::Outputs it;
    it.array("step", latent::I64, {latent::grows("step")}).units("1").label("step");
    it.array("value", latent::F64, {latent::grows("step")}).units("1").label("value");
    return it;
}

/// What `latent_plugin` would be given for one attempt.
struct Attempted {
    RunFiles files;
    std::unique_ptr<RunWriter> writer;
    std::unique_ptr<HostJob> host;

    explicit Attempted(const fs::path& run, json inputs = json::object()) : files(must(RunFiles::make())) {
        writer = must(RunWriter::open(run, must(beginAttempt(run, 1, files)), files.key()));
        JobSettings settings;
        settings.run = run;
        settings.environment = json::object();
        settings.inputs = std::move(inputs);
        const json declared = outputs().toJson();
        must(writer->declare(declared));
        settings.outputs = must(OutputsModel::fromJson(declared, "The outputs"));
        host = std::make_unique<HostJob>(*writer, std::move(settings));
    }
};

}  // namespace

class TestHostJob : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    int m_count = 0;
    fs::path runs() const { return fs::path(m_dir.path().toStdString()) / "runs"; }

    fs::path makeRun(const std::string& experiment, const json& more = json::object()) {
        const fs::path run = runs() / ("r" + std::to_string(++m_count));
        fs::create_directories(run);
        json document{{"experiment", experiment}, {"parameters", {{"x", 1}}}, {"seed", 7}};
        document.update(more);
        must(writeRequest(run, must(Request::make(document))));
        return run;
    }
    /// A finished run with the values 0, 1, 2 and the metric acc.
    fs::path makeFinished(const std::string& experiment) {
        const fs::path run = makeRun(experiment);
        Attempted attempt(run);
        latent::Job job(attempt.host.get());
        for (std::int64_t i = 0; i < 3; ++i) {
            job.publish("step", std::vector<std::int64_t>{i});
            job.publish("value", std::vector<double>{static_cast<double>(i)});
            job.metric("acc", i, 10.0 * static_cast<double>(i));
        }
        attempt.host->finish();
        must(attempt.writer->finish({}));
        return run;
    }
    /// A run of two cells that publish 0, 1, 2 and 10, 11, 12.
    fs::path makeBatch(const std::string& experiment) {
        const fs::path run = makeRun(experiment, {{"cells", {{{"x", 1}}, {{"x", 2}}}}});
        RunFiles files = must(RunFiles::make());
        auto writer = must(RunWriter::open(run, must(beginAttempt(run, 1, files)), files.key()));
        latent::Outputs it;
        it.array("value", latent::F64, {latent::grows("cell"), latent::fixed("step", 3)})
            .units("1")
            .label("value");
        must(writer->declare(it.toJson()));
        const std::vector<double> values{0, 1, 2, 10, 11, 12};
        must(writer->publish("value", {DType::F64, {2, 3}, values.data()}));
        must(writer->finish({}));
        return run;
    }
    Result<json> resolved(latent::Parameter parameter, const std::string& given) const {
        const auto schema = must(SchemaModel::fromJson(
            latent::Schema{}.add(parameter.help("A run.")).preset("smoke", {}).toJson(), "The parameters"));
        LATENT_TRY(const json inputs, resolveInputs(schema, {{parameter.name(), given}}, runs()));
        return inputs.at(parameter.name());
    }

  private Q_SLOTS:
    void initTestCase() { qputenv("XDG_STATE_HOME", m_dir.path().toUtf8()); }

    void aBadNameOfAMetricCostsOnlyItsCurve() {
        const fs::path run = makeRun("a/b");
        Attempted attempt(run);
        for (int i = 0; i < 3; ++i) {
            const latent::abi::Text name = latent::abi::text("train loss");
            attempt.host->metric(&name, i, 1);
        }
        const latent::abi::Text good = latent::abi::text("loss");
        attempt.host->metric(&good, 0, 1);
        QVERIFY(!attempt.host->finish().firstError);
        must(attempt.writer->finish({}));
        RunReader reader = must(RunReader::open(run, attempt.files));
        QVERIFY(must(reader.metrics()) == std::vector<std::string>{"loss"});
        std::string said;
        EventTail tail(run);
        const auto lines = must(tail.poll());
        for (const EventLine& line : lines)
            if (line.event->value("type", "") == "log") said += line.event->value("text", "") + "\n";
        QCOMPARE(std::count(said.begin(), said.end(), '\n'), 1);
        QVERIFY2(said.find("\"train loss\" is no name for a metric") != std::string::npos, said.c_str());
    }

    void aFigureHasToFitTheOutputs() {
        using namespace latent;
        Attempted attempt(makeRun("a/b"));
        Job job(attempt.host.get());
        job.figure(view::lines("good").title("Good").x("step").series(view::series("value")).toJson());
        const std::string misspelt = thrown([&] {
            job.figure(view::lines("bad").title("Bad").x("step").series(view::series("valeu")).toJson());
        });
        QVERIFY2(misspelt.find("The figure \"bad\"") == 0, misspelt.c_str());
        QVERIFY2(misspelt.find("there is no array \"valeu\"; did you mean \"value\"?") != std::string::npos,
                 misspelt.c_str());
        QVERIFY(!thrown([&] { job.figure(json{{"name", "n"}, {"kind", "lines"}}); }).empty());
        QVERIFY(!thrown([&] { job.figure(json(3)); }).empty());
        QVERIFY(!attempt.host->finish().firstError);
        must(attempt.writer->finish({}));
    }

    void aCellOfSeveralHasToBeNamed() {
        const fs::path batch = makeBatch("a/b"), one = makeFinished("a/b");
        const std::string name = batch.filename().string();
        const auto refusal = resolved(latent::runInput("base"), name);
        QVERIFY(!refusal);
        QCOMPARE(
            refusal.error().message,
            "The run '" + name + "' (parameter 'base') holds 2 cells. Name one of them: RUN#0 to RUN#1.");
        QVERIFY(!resolved(latent::runInput("base"), name + "#2"));
        QVERIFY(!resolved(latent::runInput("base"), name + "#x"));
        QVERIFY(!resolved(latent::runInput("base"), one.string() + "#1"));
        QVERIFY(bool(resolved(latent::runInput("base"), one.string() + "#0")));
        QVERIFY(!must(resolved(latent::runInput("base"), one.string())).contains("cell"));

        for (int cell : {0, 1}) {
            const json input = must(resolved(latent::runInput("base"), name + "#" + std::to_string(cell)));
            QCOMPARE(input.at("cell").get<int>(), cell);
            Attempted attempt(makeRun("c/d"), {{"base", input}});
            latent::Job job(attempt.host.get());
            const latent::Run run = job.inputRun("base");
            QCOMPARE(run.id(), name + "#" + std::to_string(cell));
            QCOMPARE(run.read("value").toDoubles(),
                     (std::vector<double>{10.0 * cell, 10.0 * cell + 1, 10.0 * cell + 2}));
        }
        // A request of before cells could be named.
        Attempted attempt(makeRun("c/d"), {{"base", {{"path", batch.string()}}}});
        latent::Job job(attempt.host.get());
        const std::string said = thrown([&] { job.inputRun("base"); });
        QVERIFY2(said.find("holds 2 cells") != std::string::npos, said.c_str());
    }

    void aSweepWithoutAFinishedCellSaysSo() {
        const fs::path sweep = makeRun("a/b", {{"kind", "sweep"}});
        const auto refusal = resolved(latent::runInput("base"), sweep.string());
        QVERIFY(!refusal);
        QVERIFY2(refusal.error().message.find("no cell of it is done") != std::string::npos,
                 refusal.error().message.c_str());
        QCOMPARE(static_cast<int>(refusal.error().exit), 3);
    }

    void aRunOfAnotherExperimentIsRefused() {
        const std::string run = makeFinished("a/b").string();
        QVERIFY(bool(resolved(latent::runInput("base").from({"x/y", "a/b"}), run)));
        QVERIFY(bool(resolved(latent::runInput("base"), run)));
        for (auto make : {latent::runInput, latent::checkpointInput, latent::datasetInput}) {
            const auto refusal = resolved(make("base").from({"x/y", "x/z"}), run);
            QVERIFY(!refusal);
            QCOMPARE(static_cast<int>(refusal.error().exit), 3);
            QCOMPARE(refusal.error().message,
                     "The parameter 'base' takes a run of x/y or x/z; " + run + " is a run of a/b.");
        }
    }

    void partsOfARunAreReadAndNothingBeyondThem() {
        auto set = must(HostRunSet::open({makeFinished("a/b")}));
        const latent::Run run(set->at(0));
        QVERIFY(run.has("metrics/acc/value") && run.has("value") && !run.has("metrics/acc"));
        QCOMPARE(run.read("value", {1}, {2}).toDoubles(), (std::vector<double>{1, 2}));
        QCOMPARE(run.read("metrics/acc/value", {1}, {}).toDoubles(), (std::vector<double>{10, 20}));
        QCOMPARE(run.read("metrics/acc/step", {}, {2}).toDoubles(), (std::vector<double>{0, 1}));
        for (const char* name : {"value", "metrics/acc/value"})
            for (const auto& [offset, count] :
                 {std::pair(2, 2), std::pair(-1, 1), std::pair(0, -1), std::pair(4, 0)}) {
                const std::string said = thrown([&] { run.read(name, {offset}, {count}); });
                QVERIFY2(!said.empty(), (std::string(name) + " " + std::to_string(offset)).c_str());
            }
        QVERIFY(!thrown([&] { run.read("value", {4}, {}); }).empty());
        QVERIFY(!thrown([&] { run.read("metrics/acc/value", {4}, {}); }).empty());
    }
};

QTEST_APPLESS_MAIN(TestHostJob)
#include "test_host_job.moc"

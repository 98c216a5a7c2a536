// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/compute.hpp"

#include <nlohmann/json.hpp>

#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/common_figures.hpp"
#include "engine/jobs/host_job.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/views/validate.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

Outcome failure(const Error& error) { return {"failed", error.message, Exit::Failed}; }

/// An experiment or a data source: both make a run.
struct Runnable {
    ExperimentHandle experiment;
    DataSourceHandle source;

    static Result<Runnable> make(LoadedPlugin& plugin, const Request& request) {
        Runnable it;
        if (request.document().value("kind", "run") == "data_source") {
            LATENT_TRY(it.source, plugin.makeDataSource(request.experiment()));
        } else {
            LATENT_TRY(it.experiment, plugin.makeExperiment(request.experiment()));
        }
        return it;
    }
    Result<std::string> outputs(const std::string& parameters) {
        return experiment ? outputsOf(*experiment, parameters) : outputsOf(*source, parameters);
    }
    int32_t run(const std::string& request, abi::IJob1& job, abi::ISink& error) {
        const abi::Text text = abi::text(request);
        return experiment ? experiment->run(&text, &job, &error) : source->run(&text, &job, &error);
    }
};

Result<nlohmann::json> declaredOutputs(Runnable& runnable, const nlohmann::json& cell) {
    LATENT_TRY(std::string text, runnable.outputs(cell.dump()));
    LATENT_TRY(nlohmann::json outputs, parseJson(text, "The outputs of the experiment"));
    if (const Status valid = validateOutputs(outputs, "The outputs of the experiment"); !valid)
        return valid.error();
    return outputs;
}

/// Figures over all cells of a batch: those that every cell declares.
Result<nlohmann::json> commonFigures(Runnable& runnable, const nlohmann::json& cells) {
    CommonFigures common;
    std::string last;
    for (const nlohmann::json& cell : cells) {
        LATENT_TRY(std::string text, runnable.outputs(cell.dump()));
        if (text == last) continue;  // most cells differ in numbers that no figure shows
        last = std::move(text);
        LATENT_TRY(const nlohmann::json outputs, parseJson(last, "The outputs of the experiment"));
        common.add(outputs.value("figures", nlohmann::json::array()));
    }
    return common.list();
}

/// What run() left behind, as the state of the run.
Outcome outcomeOf(int32_t status, const std::string& sentence, const JobEnd& end) {
    if (end.firstError) {
        Outcome outcome = failure(*end.firstError);
        outcome.reason += " What the last checkpoint holds is kept: resume the run when the cause is gone.";
        return outcome;
    }
    if (status != abi::kOk)
        return {"failed", sentence.empty() ? "The experiment failed without saying why." : sentence,
                Exit::Failed};
    if (!end.left) return {};
    if (*end.left == ControlAction::Stop) return {"stopped", "Stopped on request.", Exit::Done};
    return {
        "paused",
        end.savedAfterStop
            ? "Paused on request."
            : "Paused on request; the experiment made no checkpoint, so a resume starts from the last one.",
        Exit::Interrupted};
}

}  // namespace

Result<nlohmann::json> batchedOutputs(nlohmann::json outputs) {
    for (nlohmann::json& array : outputs.at("arrays")) {
        nlohmann::json& dims = array.at("dims");
        if (!dims.empty() && dims.front().at("size").is_null())
            return badRequest(
                "The array '" + array.value("name", "") +
                "' grows, so its experiment cannot run several cells at once. Give the dimension a size, or "
                "return no batch key.");
        dims.insert(dims.begin(), nlohmann::json::object({{"name", "cell"}, {"size", nullptr}}));
    }
    return outputs;
}

Outcome compute(Computation it) {
    auto plugin = it.load(it.request);
    if (!plugin) return failure(plugin.error());
    auto runnable = Runnable::make(*plugin, it.request);
    if (!runnable) return failure(runnable.error());

    const nlohmann::json& document = it.request.document();
    const bool batch = document.contains("cells");
    const nlohmann::json inputs = document.value("inputs", nlohmann::json::object());
    nlohmann::json cells = batch ? document.at("cells") : nlohmann::json::array({document.at("parameters")});
    if (!batch) nameByPlace(cells.front(), inputs);  // runs of before have them as written
    auto outputs = declaredOutputs(*runnable, cells.front());
    if (!outputs) return failure(outputs.error());
    auto ofOneCell = OutputsModel::fromJson(*outputs, "The outputs of the experiment");
    if (!ofOneCell) return failure(ofOneCell.error());
    if (batch) outputs = batchedOutputs(*std::move(outputs));
    if (!outputs) return failure(outputs.error());
    const auto alike = document.find(kAlikeOutputs);
    if (batch && !(alike != document.end() && *alike == true)) {
        auto figures = commonFigures(*runnable, cells);
        if (!figures) return failure(figures.error());
        (*outputs)["figures"] = *std::move(figures);
    }

    const int number = it.attempt.number;
    auto writer = RunWriter::open(it.run, std::move(it.attempt), it.files->key());
    if (!writer) return failure(writer.error());
    if (const Status declared = (*writer)->declare(*outputs); !declared) return failure(declared.error());

    JobSettings settings;
    settings.run = it.run;
    settings.attempt = number;
    settings.environment = {{"threads", it.request.threads()},
                            {"device", it.request.device()},
                            {"seed", it.request.seed()},
                            {"deterministic", document.value("deterministic", true)},
                            {"attempt", number},
                            {"files", std::filesystem::absolute(layout::files(it.run)).string()},
                            {"cells", cells.size()}};
    settings.inputs = inputs;
    settings.outputs = *std::move(ofOneCell);
    settings.limits = Limits::of(document);
    settings.checkpoint_interval_s = document.value("checkpoint_interval_s", settings.checkpoint_interval_s);
    if (document.contains("checkpoint_interval_s"))
        settings.checkpoint_share = 0;  // who asks for an interval gets it
    settings.stopAsked = it.stopAsked;
    settings.giveUp = it.giveUp;

    boundary::StringSink sentence;
    int32_t status = abi::kError;
    JobEnd end;
    {
        HostJob job(**writer, std::move(settings));
        status = runnable->run(nlohmann::json{{"cells", cells}, {"batch", batch}}.dump(), job, sentence);
        end = job.finish();
    }
    if (it.computed) it.computed();
    Outcome outcome = outcomeOf(status, sentence.text, end);
    const CommitCost cost = (*writer)->cost();
    static_cast<void>((*writer)->events().append({{"type", "cost"},
                                                  {"commits", cost.commits},
                                                  {"merges", cost.merges},
                                                  {"bytes", cost.bytes},
                                                  {"commit_s", cost.seconds}}));
    if (outcome.state == "paused" || end.firstError) return outcome;
    // What was published is gathered whatever the ending was; a failed or stopped run can be read and resumed.
    auto finished = (*writer)->finish(
        {outcome.state, outcome.reason,
         std::make_shared<nlohmann::json>(document.value("claims", nlohmann::json::array()))});
    if (!finished && outcome.state == "done") return failure(finished.error());
    return outcome;
}

}  // namespace latent::engine

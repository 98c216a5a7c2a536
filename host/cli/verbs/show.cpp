// SPDX-License-Identifier: Apache-2.0
// show, compare: what a run is and holds; what differs between runs.

#include <iostream>
#include <memory>

#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/parameters/command_line.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

std::string extentsOf(const engine::PublishedArray& array) {
    std::string text;
    const auto names = array.spec.dimNames();
    for (std::size_t i = 0; i < array.shape.size(); ++i)
        text += (text.empty() ? "" : " × ") + (i < names.size() ? names[i] + "=" : "") +
                std::to_string(array.shape[i]);
    return text.empty() ? "one number" : text;
}

nlohmann::json lastMetrics(const engine::RunState& state) {
    nlohmann::json metrics = nlohmann::json::object();
    for (const auto& [name, metric] : state.metrics)
        metrics[name] = {{"step", metric.lastStep}, {"value", metric.lastValue}};
    return metrics;
}

Result<Exit> show(Context& context, const std::string& word) {
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    LATENT_TRY(engine::RunReader reader, engine::RunReader::open(run, files));
    LATENT_TRY(const engine::Request request, reader.request());
    LATENT_TRY(const std::vector<engine::PublishedArray> arrays, reader.arrays());
    LATENT_TRY(const nlohmann::json provenance, reader.provenance());
    // Last: what came before may have read newer events, and an attempt does not go with the state of the one before.
    const engine::RunState& state = reader.state();
    LATENT_TRY(const engine::RunStatus status, engine::runStatus(run, state));
    if (context.json) {
        nlohmann::json list = nlohmann::json::array();
        for (const engine::PublishedArray& array : arrays)
            list.push_back({{"name", array.spec.name},
                            {"dtype", nameOf(array.spec.dtype)},
                            {"dims", array.spec.dimNames()},
                            {"shape", array.shape},
                            {"units", array.spec.units},
                            {"present", array.present}});
        context.print({{"run", run.string()},
                       {"state", status.state},
                       {"sentence", status.sentence},
                       {"resumable", status.resumable},
                       {"attempt", state.attempt},
                       {"fraction", state.fraction},
                       {"request", request.document()},
                       {"arrays", list},
                       {"metrics", lastMetrics(state)},
                       {"provenance", provenance},
                       {"content_digest", state.contentDigest}});
        return Exit::Done;
    }
    std::cout << run.filename().string() << "\n  state       " << status.state
              << (status.sentence.empty() ? "" : ": " + printable(status.sentence)) << "\n  experiment  "
              << printable(request.experiment()) << "\n  progress    "
              << static_cast<int>(100 * state.fraction) << " %  " << printable(state.progressText) << '\n';
    if (!state.contentDigest.empty()) std::cout << "  content     " << state.contentDigest << '\n';
    if (status.resumable) std::cout << "  resume with latent resume " << run.string() << '\n';
    std::cout << "\nParameters\n";
    for (const auto& [name, value] : request.parameters().items())
        std::cout << "  " << printable(name) << " = " << printable(value.dump()) << '\n';
    std::cout << "\nArrays\n";
    Table table({"  name", "type", "shape", "unit"});
    for (const engine::PublishedArray& array : arrays)
        table.row({"  " + array.spec.name, std::string(nameOf(array.spec.dtype)),
                   array.present ? extentsOf(array) : "nothing yet", printable(array.spec.units)});
    table.print(std::cout);
    if (!state.metrics.empty()) std::cout << "\nMetrics (last value)\n";
    for (const auto& [name, metric] : state.metrics)
        std::cout << "  " << printable(name) << " = " << metric.lastValue << " at step " << metric.lastStep
                  << '\n';
    return Exit::Done;
}

Result<Exit> compare(Context& context, const std::vector<std::string>& words) {
    if (words.size() < 2) return engine::badRequest("compare takes two runs or more.");
    LATENT_TRY(engine::RunFiles files, engine::RunFiles::make());
    std::vector<std::string> names, digests;
    std::vector<nlohmann::json> parameters, metrics;
    for (const std::string& word : words) {
        LATENT_TRY(const fs::path run, context.findRun(word));
        LATENT_TRY(engine::RunReader reader, engine::RunReader::open(run, files));
        LATENT_TRY(const engine::Request request, reader.request());
        LATENT_TRY(const std::string digest, reader.contentDigest());
        names.push_back(run.filename().string());
        digests.push_back(digest);
        parameters.push_back(request.parameters());
        parameters.back()["(experiment)"] = request.experiment();
        metrics.push_back(lastMetrics(reader.state()));
    }
    // Only what differs is shown: from the first run to any other.
    std::map<std::string, bool> differing;
    for (std::size_t i = 1; i < parameters.size(); ++i)
        for (const engine::Difference& d : engine::difference(parameters[0], parameters[i]))
            differing[d.name] = true;
    if (context.json) {
        nlohmann::json all = nlohmann::json::array();
        for (std::size_t i = 0; i < names.size(); ++i) {
            nlohmann::json values = nlohmann::json::object();
            for (const auto& [name, unused] : differing)
                values[name] = parameters[i].value(name, nlohmann::json());
            all.push_back({{"run", names[i]},
                           {"differing_parameters", values},
                           {"metrics", metrics[i]},
                           {"content_digest", digests[i]}});
        }
        context.print(all);
        return Exit::Done;
    }
    std::vector<std::string> titles{"run"};
    for (const auto& [name, unused] : differing) titles.push_back(name);
    std::map<std::string, bool> metricNames;
    for (const nlohmann::json& m : metrics)
        for (const auto& [name, unused] : m.items()) metricNames[name] = true;
    for (const auto& [name, unused] : metricNames) titles.push_back(name);
    titles.push_back("content");
    Table table(titles);
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::vector<std::string> row{names[i]};
        for (const auto& [name, unused] : differing)
            row.push_back(printable(parameters[i].value(name, nlohmann::json()).dump()));
        for (const auto& [name, unused] : metricNames)
            row.push_back(metrics[i].contains(name) ? metrics[i][name].value("value", nlohmann::json()).dump()
                                                    : "");
        row.push_back(digests[i].substr(0, 12));
        table.row(std::move(row));
    }
    table.print(std::cout);
    return Exit::Done;
}

}  // namespace

void addShowVerbs(CLI::App& app, Context& context) {
    CLI::App* one = app.add_subcommand("show", "State, parameters and arrays of a run");
    auto word = std::make_shared<std::string>();
    one->add_option("run", *word, "Its folder, or enough of its name; `last` is the newest")
        ->required()
        ->type_name("RUN");
    context.addJson(one);
    one->callback([=, &context] { context.finish(show(context, *word)); });

    CLI::App* several =
        app.add_subcommand("compare", "Parameters that differ, last metrics and content of several runs");
    auto words = std::make_shared<std::vector<std::string>>();
    several->add_option("runs", *words, "Two runs or more")->required()->type_name("RUN…");
    context.addJson(several);
    several->callback([=, &context] { context.finish(compare(context, *words)); });
}

}  // namespace latent::cli

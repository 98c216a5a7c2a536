// SPDX-License-Identifier: Apache-2.0
// experiments, describe: what can be run, and what one of them takes and gives.

#include <iostream>
#include <memory>

#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/jobs/plugin_call.hpp"
#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/manual_table.hpp"
#include "engine/parameters/resolve.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;
using Found = engine::PluginCatalog::Found;

Result<Exit> listExperiments(Context& context) {
    if (context.json) {
        nlohmann::json all = nlohmann::json::array();
        for (const Found& found : context.catalog().contributions())
            all.push_back({{"id", found.contribution->id},
                           {"kind", found.contribution->kind},
                           {"title", found.contribution->title},
                           {"summary", found.contribution->summary},
                           {"plugin", found.plugin->id}});
        context.print(all);
        return Exit::Done;
    }
    Table table({"id", "kind", "plugin", "what it does"});
    for (const Found& found : context.catalog().contributions())
        table.row({found.contribution->id, found.contribution->kind, found.plugin->id,
                   printable(found.contribution->summary)});
    table.print(std::cout);
    return Exit::Done;
}

/// Experiments, probes and data sources have ids of one space each; describe takes any.
Result<Found> findAny(const engine::PluginCatalog& catalog, const std::string& id) {
    for (const char* kind : {"data_source", "probe"})
        if (auto found = catalog.contribution(kind, id)) return found;
    return catalog.experiment(id);
}

/// The experiments whose runs a probe opens, where its manifest says.
std::vector<std::string> openedBy(const Found& found) {
    const std::set<std::string>* opens = found.plugin->opensOf(found.contribution->id);
    return opens && found.contribution->kind == "probe"
               ? std::vector<std::string>{opens->begin(), opens->end()}
               : std::vector<std::string>{};
}

/// Such a probe is opened on a run before it is asked anything.
bool needsRun(const Found& found) {
    return found.contribution->kind == "probe" && found.contribution->description->value("needs_run", true);
}

/// The outputs for the default parameters, from the plugin itself; why there are none where these do not suffice.
Result<nlohmann::json> defaultOutputs(const Found& found, const engine::SchemaModel& schema) {
    if (needsRun(found))
        return engine::badRequest("`latent probe RUN " + found.contribution->id +
                                  "` shows what it gives there.");
    LATENT_TRY(const nlohmann::json values, engine::resolveOrRefuse(schema, "", {}));
    return engine::callPlugin(*found.plugin, 30, [&](engine::LoadedPlugin& plugin) -> Result<nlohmann::json> {
        LATENT_TRY(const std::string text, engine::outputsOf(plugin, *found.contribution, values.dump()));
        return engine::parseJson(text, "The outputs of " + found.contribution->id);
    });
}

void printOutputs(const nlohmann::json& outputs) {
    if (!outputs.contains("arrays")) return;
    std::cout << "\nGives (for the default parameters)\n";
    Table table({"  array", "type", "dimensions", "unit", ""});
    for (const nlohmann::json& array : outputs.at("arrays")) {
        std::string dims;
        for (const nlohmann::json& dim : array.at("dims"))
            dims += (dims.empty() ? "" : " × ") + dim.value("name", "") +
                    (dim.at("size").is_null() ? "" : "=" + dim.at("size").dump());
        table.row({"  " + array.value("name", ""), array.value("dtype", ""), dims, array.value("units", ""),
                   printable(array.value("label", ""))});
    }
    table.print(std::cout);
}

Result<Exit> describe(Context& context, const std::string& id, bool markdown) {
    LATENT_TRY(const Found found, findAny(context.catalog(), id));
    const engine::Contribution& it = *found.contribution;
    LATENT_TRY(const engine::SchemaModel schema,
               engine::SchemaModel::fromJson(it.description->value("schema", nlohmann::json::object()),
                                             "The parameters of " + id));
    if (markdown) {
        std::cout << "## " << it.id << "\n\n"
                  << it.title << ". " << it.summary << "\n\n"
                  << engine::manualTable(schema);
        return Exit::Done;
    }
    // Not an error: what a person reads next is how to set the parameter that the sentence names.
    const Result<nlohmann::json> outputs = defaultOutputs(found, schema);
    const std::vector<std::string> opens = openedBy(found);
    if (context.json) {
        nlohmann::json all = *it.description;
        all["plugin"] = found.plugin->id;
        all["outputs"] = outputs ? *outputs : nlohmann::json();
        if (!outputs) all["outputs_error"] = outputs.error().message;
        if (!opens.empty()) all["experiments"] = opens;
        context.print(all);
        return Exit::Done;
    }
    std::cout << it.id << ": " << printable(it.title) << "\n" << printable(it.summary) << "\n";
    if (!opens.empty()) std::cout << "Opens runs of " << engine::listed(opens) << ".\n";
    std::cout << "\nParameters\n";
    Table table({"  name", "default", "unit", "takes", ""});
    for (const engine::ParameterModel& parameter : schema.parameters())
        table.row({"  " + parameter.name,
                   parameter.defaultValue.is_null() ? "" : parameter.defaultValue.dump(), parameter.unit,
                   engine::allowedWords(parameter), printable(parameter.help)});
    table.print(std::cout);
    if (!schema.presets().empty()) std::cout << "\nPresets\n";
    for (const engine::PresetModel& preset : schema.presets())
        std::cout << "  " << preset.name << "  " << preset.values.dump()
                  << (preset.help.empty() ? "" : "  " + printable(preset.help)) << '\n';
    if (outputs)
        printOutputs(*outputs);
    else
        std::cout << "\nWhat it gives depends on its " << (needsRun(found) ? "run: " : "parameters: ")
                  << printable(outputs.error().message) << '\n';
    const nlohmann::json claims = it.description->value("claims", nlohmann::json::array());
    if (!claims.empty()) std::cout << "\nClaims that its runs can be held against (latent claims)\n";
    for (const nlohmann::json& claim : claims)
        std::cout << "  " << claim.value("id", "") << ": " << printable(claim.value("statement", "")) << '\n';
    return Exit::Done;
}

}  // namespace

void addExperimentVerbs(CLI::App& app, Context& context) {
    CLI::App* experiments = app.add_subcommand("experiments", "List experiments, probes and data sources");
    context.addJson(experiments);
    experiments->callback([&context] { context.finish(listExperiments(context)); });

    CLI::App* verb = app.add_subcommand("describe", "Parameters, outputs and claims of an experiment");
    auto id = std::make_shared<std::string>();
    auto markdown = std::make_shared<bool>(false);
    verb->add_option("experiment", *id, "Its id")->required()->type_name("EXP");
    verb->add_flag("--markdown", *markdown, "The parameter table as it stands in the manual");
    context.addJson(verb);
    verb->callback([=, &context] { context.finish(describe(context, *id, *markdown)); });
}

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
// probe, probe-server: one question to a run (or to none), and the process that answers questions.

#include <cmath>
#include <iostream>
#include <memory>

#include "cli/flag_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verbs/array_csv.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/files/operations.hpp"
#include "engine/jobs/host_run.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/probe/client.hpp"
#include "engine/probe/start_values.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

struct ProbeFlags {
    std::string run, probe, preset, out;
    std::vector<std::string> assignments;
    double timeout_s = 600, memory_mb = 0;
};

struct ServerFlags {
    std::vector<std::string> words;
    double idle_s = 15 * 60, memory_mb = 0;
    std::optional<std::uint64_t> cell;
};

/// What an array declared, as far as a table needs it.
struct Declared {
    std::vector<std::string> dims;
    std::string units;
};
Declared declaredOf(const nlohmann::json& outputs, const std::string& name) {
    Declared it;
    for (const nlohmann::json& array : outputs.value("arrays", nlohmann::json::array())) {
        if (array.value("name", "") != name) continue;
        it.units = array.value("units", "");
        for (const nlohmann::json& dim : array.value("dims", nlohmann::json::array()))
            it.dims.push_back(dim.value("name", ""));
    }
    return it;
}

std::string shapeOf(const Declared& declared, const engine::Shape& shape) {
    std::string text;
    for (std::size_t i = 0; i < shape.size(); ++i)
        text += (i ? " × " : "") + (i < declared.dims.size() ? declared.dims[i] + "=" : "") +
                std::to_string(shape[i]);
    return text.empty() ? "one number" : text;
}

/// Smallest and largest number that is finite; not a number when there is none.
std::pair<double, double> rangeOf(const engine::ArrayView& view) {
    std::pair<double, double> range(std::nan(""), std::nan(""));
    const std::uint64_t count = view.elements();
    for (std::uint64_t i = 0; i < count; ++i) {
        const double x = engine::elementAsDouble(view, i);
        if (!std::isfinite(x)) continue;
        if (!(range.first <= x)) range.first = x;
        if (!(range.second >= x)) range.second = x;
    }
    return range;
}

std::string shortNumber(double value) {
    if (!std::isfinite(value)) return "–";
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

/// What the run, or the named cell of several, was made with.
Result<nlohmann::json> valuesOf(const fs::path& run, std::optional<std::uint64_t> cell) {
    LATENT_TRY(const std::unique_ptr<engine::HostRunSet> set, engine::HostRunSet::open({run}));
    LATENT_TRY(abi::IRun1* one, set->one(cell, "The run " + run.string()));
    return static_cast<engine::HostRun*>(one)->parameters();
}

/// "RUN", "RUN#3" or "-": the folder, and the cell of a batched run or sweep.
engine::Status findTarget(const Context& context, const std::string& word, std::optional<fs::path>& run,
                          std::optional<std::uint64_t>& cell) {
    if (word == "-") return engine::ok();
    // A name may end as a cell does: what there is by the whole word comes first, as with parameters that name runs.
    std::error_code ignored;
    std::string name = word;
    if (!fs::is_directory(fs::u8path(word), ignored) &&
        !fs::is_directory(context.runs() / fs::u8path(word), ignored))
        if (const auto named = engine::takeCell(name)) cell = named;
    LATENT_TRY(run, context.findRun(name));
    return engine::ok();
}

nlohmann::json asJson(const engine::ProbeReply& reply) {
    nlohmann::json arrays = nlohmann::json::array();
    for (const engine::ProbeArray& array : reply.arrays) {
        const Declared declared = declaredOf(reply.outputs, array.name);
        const auto [least, most] = rangeOf(array.data.view());
        arrays.push_back({{"name", array.name},
                          {"dtype", nameOf(array.data.dtype)},
                          {"dims", declared.dims},
                          {"shape", array.data.shape},
                          {"units", declared.units},
                          {"min", least},
                          {"max", most}});
    }
    return {{"probe", reply.probe},
            {"parameters", reply.parameters},
            {"values", reply.values},
            {"arrays", arrays},
            {"elapsed_ms", reply.elapsed_ms}};
}

void print(const engine::ProbeReply& reply) {
    for (const auto& [name, value] : reply.values.items())
        std::cout << printable(name) << " = " << printable(value.dump()) << '\n';
    if (reply.arrays.empty()) return;
    Table table({"array", "type", "shape", "unit", "min", "max"});
    for (const engine::ProbeArray& array : reply.arrays) {
        const Declared declared = declaredOf(reply.outputs, array.name);
        const auto [least, most] = rangeOf(array.data.view());
        table.row({printable(array.name), std::string(nameOf(array.data.dtype)),
                   shapeOf(declared, array.data.shape), printable(declared.units), shortNumber(least),
                   shortNumber(most)});
    }
    table.print(std::cout);
}

Result<Exit> askProbe(Context& context, const ProbeFlags& flags) {
    engine::ProbeClientOptions options;
    LATENT_CHECK(findTarget(context, flags.run, options.run, options.cell));
    // Mistakes are found here, before a process is started.
    auto probe = context.catalog().probe(flags.probe);
    if (!probe) {  // a data source answers with its preview
        if (auto source = context.catalog().dataSource(flags.probe)) probe = std::move(source);
    }
    LATENT_TRY(const engine::PluginCatalog::Found found, std::move(probe));
    LATENT_TRY(const engine::SchemaModel schema,
               engine::SchemaModel::fromJson(
                   found.contribution->description->value("schema", nlohmann::json::object()),
                   "The parameters of " + flags.probe));
    std::vector<engine::Assignment> assignments;
    for (const std::string& text : flags.assignments) {
        LATENT_TRY(engine::Assignment parsed, engine::parseAssignment(text));
        assignments.push_back(std::move(parsed));
    }
    nlohmann::json start = nlohmann::json::object();
    if (options.run) {
        LATENT_TRY(start, valuesOf(*options.run, options.cell));
    }
    LATENT_TRY(const nlohmann::json values,
               engine::resolveQuestion(schema, start, flags.preset, std::move(assignments)));
    if (!flags.out.empty()) LATENT_CHECK(checkFolderPlace(fs::u8path(flags.out)));
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    options.command = {error ? "latent" : program.string()};
    if (context.safeMode) options.command.push_back("--safe-mode");
    options.command.push_back("probe-server");
    options.probes = {flags.probe};
    options.memory_mb = flags.memory_mb;
    engine::ProbeClient client(std::move(options));
    const engine::ProbeReply reply =
        client.askAndWait(flags.probe, values, {},
                          std::chrono::milliseconds(static_cast<std::int64_t>(1000 * flags.timeout_s)));
    if (reply.kind == engine::ProbeReply::Kind::Failed) return reply.error;
    if (!flags.out.empty()) {
        LATENT_CHECK(engine::makeFolders(fs::u8path(flags.out)));
        for (const engine::ProbeArray& array : reply.arrays) {
            const Declared declared = declaredOf(reply.outputs, array.name);
            LATENT_CHECK(
                engine::writeNew(fs::u8path(flags.out) / csvName(array.name),
                                 arrayCsv(array.name, declared.units, declared.dims, array.data.view())));
        }
    }
    if (context.json) {
        context.print(asJson(reply));
        return Exit::Done;
    }
    print(reply);
    if (!flags.out.empty()) std::cout << reply.arrays.size() << " files in " << flags.out << '\n';
    return Exit::Done;
}

Result<Exit> serve(Context& context, const ServerFlags& flags) {
    engine::ProbeServerOrder order;
    order.cell = flags.cell;
    order.idle_s = flags.idle_s;
    order.memory_mb = flags.memory_mb;
    order.probes = flags.words;
    // The first word is a run unless it is the id of a probe.
    if (!order.probes.empty() && !context.catalog().probe(order.probes.front()) &&
        !context.catalog().dataSource(order.probes.front())) {
        LATENT_CHECK(findTarget(context, order.probes.front(), order.run, order.cell));
        order.probes.erase(order.probes.begin());
    }
    return engine::serveProbes(context.catalog(), order);
}

}  // namespace

void addProbeVerbs(CLI::App& app, Context& context) {
    CLI::App* probe = app.add_subcommand(
        "probe",
        "Ask a probe one question: values, and a table of arrays. It starts from the values that the run was made with, as far "
        "as the probe takes them; a preset and --set change these. Without a run it starts from the defaults.");
    auto flags = std::make_shared<ProbeFlags>();
    probe->add_option("run", flags->run, "The run (RUN#3: its cell 3), or - for a probe that needs none")
        ->required()
        ->type_name("RUN");
    probe->add_option("probe", flags->probe, "Its id, as `latent experiments` lists it")
        ->required()
        ->type_name("PROBE");
    probe->add_option("-p,--preset", flags->preset, "A preset of the probe");
    probe->add_option("-s,--set", flags->assignments, "A parameter: name=value; repeat for more")
        ->type_name("NAME=VALUE")
        ->take_all();
    probe->add_option("-o,--out", flags->out, "Write the arrays as CSV files into this folder")
        ->type_name("DIR")
        ->check(notEmpty());
    probe->add_option("--timeout", flags->timeout_s, "Seconds to wait (default 600)")
        ->check(within(0.001, 1e6));
    probe->add_option("--memory-limit", flags->memory_mb, "Ends the probe above this many MB of memory")
        ->check(aboveZero());
    context.addJson(probe);
    probe->callback([flags, &context] { context.finish(askProbe(context, *flags)); });

    CLI::App* server = app.add_subcommand(
        "probe-server", "Answer questions over stdin and stdout (what probe and the desktop start)");
    auto serving = std::make_shared<ServerFlags>();
    server->add_option("words", serving->words, "The run (- or none: without one), then the probes")
        ->required()
        ->type_name("[RUN] PROBE…");
    server
        ->add_option("--idle", serving->idle_s,
                     "Leave after so many seconds without a question (default 900)")
        ->check(aboveZero());
    server->add_option("--cell", serving->cell, "Cell of a batched run or a sweep");
    server->add_option("--memory-limit", serving->memory_mb, "Leave above this many MB of memory")
        ->check(aboveZero());
    server->callback([serving, &context] { context.finish(serve(context, *serving)); });
}

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
// runs, index: the runs of a workspace, filtered; the index behind them, made anew.

#include <ctime>
#include <iostream>
#include <memory>

#include "cli/table.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/index/run_index.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::IndexedRun;
using engine::Result;

std::string dateOf(double seconds) {
    if (seconds <= 0) return "";
    const std::time_t time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    localtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    return text;
}

nlohmann::json jsonOf(const IndexedRun& run) {
    return {{"id", run.id},
            {"folder", run.folder.string()},
            {"experiment", run.experiment},
            {"plugin", run.plugin},
            {"kind", run.kind},
            {"state", run.state},
            {"reason", run.reason},
            {"created", run.created},
            {"ended", run.ended},
            {"fraction", run.fraction},
            {"parameters", run.parameters},
            {"metrics", run.metrics},
            {"tags", run.tags},
            {"notes", run.notes},
            {"star", run.star},
            {"sweep", run.sweep},
            {"name", run.name}};
}

void sayWhatWasNoticed(const engine::RunIndex& index, const engine::RefreshReport& report) {
    for (const std::string& message : index.messages()) std::cerr << "latent: " << printable(message) << '\n';
    for (const std::string& message : report.messages) std::cerr << "latent: " << printable(message) << '\n';
}

struct ListFlags {
    std::vector<std::string> filter;
    std::string sort;
    std::size_t limit = 50;
    bool cells = false;
};

Result<Exit> listRuns(Context& context, const ListFlags& flags) {
    LATENT_CHECK(context.needWorkspace());
    for (const std::string& word : flags.filter)
        if (word[0] == '/' || word[0] == '.' || word[0] == '~')
            return engine::badRequest("`latent runs` takes words to look for, not the folder " +
                                      printable(word) + ". Another workspace is named by -w DIR.");
    LATENT_TRY(engine::RunIndex index, engine::RunIndex::open(context.workspace));
    LATENT_TRY(const engine::RefreshReport report, index.refresh());
    sayWhatWasNoticed(index, report);
    std::string filter;
    for (const std::string& word : flags.filter) filter += (filter.empty() ? "" : " ") + word;
    // The runs of a sweep's cells would hide everything else; asking for a sweep shows them.
    if (!flags.cells && filter.find("sweep:") == std::string::npos)
        filter += (filter.empty() ? "sweep=" : " sweep=");
    LATENT_TRY(const std::vector<IndexedRun> runs, index.listRuns(filter, flags.sort, flags.limit));
    LATENT_TRY(const std::size_t all, index.count(filter));
    if (context.json) {
        nlohmann::json rows = nlohmann::json::array();
        for (const IndexedRun& run : runs) rows.push_back(jsonOf(run));
        context.print(rows);
        return Exit::Done;
    }
    Table table({"run", "experiment", "state", "created", "tags"});
    for (const IndexedRun& run : runs) {
        std::string state = run.state;
        if (state == "running") state += " " + std::to_string(static_cast<int>(100 * run.fraction)) + " %";
        std::string tags = run.star ? "★" : "";
        for (const std::string& tag : run.tags) tags += (tags.empty() ? "" : " ") + tag;
        table.row({printable(run.id),
                   printable(run.experiment) + (run.kind == "run" ? "" : " (" + printable(run.kind) + ")"),
                   printable(state), dateOf(run.created), printable(tags)});
    }
    table.print(std::cout);
    if (runs.size() < all) std::cout << "and " << all - runs.size() << " more; --limit 0 shows all\n";
    return Exit::Done;
}

Result<Exit> rebuild(Context& context) {
    LATENT_CHECK(context.needWorkspace());
    LATENT_TRY(engine::RunIndex index, engine::RunIndex::open(context.workspace));
    LATENT_TRY(const engine::RefreshReport report, index.rebuild());
    sayWhatWasNoticed(index, report);
    if (context.json)
        context.print(
            {{"runs", report.runs}, {"file", index.file().string()}, {"messages", report.messages}});
    else
        std::cout << report.runs << " runs indexed"
                  << (index.file().empty() ? "" : " in " + index.file().string()) << '\n';
    return Exit::Done;
}

}  // namespace

void addRunsVerbs(CLI::App& app, Context& context) {
    CLI::App* runs = app.add_subcommand("runs", "List the runs of the workspace, newest first");
    auto flags = std::make_shared<ListFlags>();
    runs->add_option("filter", flags->filter,
                     "What to look for: mu>1 state=done tag:x loss@<0.1 sweep:NAME or free text");
    runs->add_option("--sort", flags->sort,
                     "created, ended, state, a parameter, or a metric with @; a leading - turns it around");
    runs->add_option("-n,--limit", flags->limit, "How many to show (default 50); 0: all");
    runs->add_flag("--cells", flags->cells, "Also the runs that are cells of sweeps");
    context.addJson(runs);
    runs->callback([flags, &context] { context.finish(listRuns(context, *flags)); });

    CLI::App* index =
        app.add_subcommand("index", "Make the index of the workspace anew from its run directories");
    context.addJson(index);
    index->callback([&context] { context.finish(rebuild(context)); });
}

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
// sweep: make a sweep from its file and compute it with the local executor. `resume` goes on with one.

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <memory>

#include "cli/flag_values.hpp"
#include "cli/table.hpp"
#include "cli/verbs/sample_models.hpp"
#include "cli/verbs/sweep_run.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

struct SweepFlags {
    std::string spec, executor = "local";
    SweepRunFlags run;
    bool dry = false, queue = false, once = false;
};

Result<Exit> sweep(Context& context, const SweepFlags& flags) {
    if (flags.executor != "local")
        return engine::badRequest("There is no executor '" + flags.executor + "'; this version has: local.");
    LATENT_TRY(const engine::SweepSpec spec,
               engine::SweepSpec::read(fs::u8path(flags.spec), withModelPlaces));
    LATENT_TRY(const engine::SweepPlan plan, engine::planSweep(context.catalog(), spec, context.runs()));
    if (!context.json || flags.dry)
        std::cerr << plan.cells.size() << " cells, " << plan.distinct << " different, in " << plan.jobs
                  << " runs\n";
    if (flags.dry) {
        if (context.json) context.print(plan.request.at("design"));
        return Exit::Done;
    }
    const bool isNew = !context.needWorkspace();
    const std::optional<fs::path> there = flags.once ? engine::findSweep(plan, context.runs()) : std::nullopt;
    fs::path folder = there.value_or(fs::path());
    if (!there) {
        LATENT_TRY(folder, engine::makeSweep(plan, context.runs()));
        if (isNew) context.sayNewWorkspace();
    }
    if (flags.queue) {  // the desktop starts it when there are cores
        if (context.json)
            context.print({{"run", folder.string()}, {"made", !there.has_value()}});
        else
            std::cout << "Sweep: " << folder.string() << "\nStart it with: latent resume " << folder.string()
                      << '\n';
        return Exit::Done;
    }
    return there ? goOnWithSweep(context, folder, flags.run) : runSweepHere(context, folder, flags.run);
}

}  // namespace

Result<Exit> goOnWithSweep(Context& context, const fs::path& folder, const SweepRunFlags& flags) {
    LATENT_TRY(const engine::RunStatus status, engine::runStatus(folder));
    if (status.state != "done") return runSweepHere(context, folder, flags);
    if (context.json)
        context.print({{"sweep", folder.string()}, {"state", status.state}});
    else
        std::cout << "Sweep: " << folder.string() << "\nIt is done already.\n";
    return Exit::Done;
}

Result<Exit> runSweepHere(Context& context, const fs::path& folder, const SweepRunFlags& flags) {
    if (!context.json) std::cout << "Sweep: " << folder.string() << std::endl;
    const bool terminal = isatty(STDERR_FILENO) == 1;
    engine::SweepOptions options;
    options.cores = flags.cores;
    options.retryFailed = flags.retryFailed;
    options.takeOver = flags.takeOver;
    std::string shown;
    bool saidLeaving = false;
    options.progress = [&](const engine::SweepProgress& progress) {
        char percent[16];
        std::snprintf(percent, sizeof percent, "%3.0f %%", 100 * progress.fraction);
        if (progress.leaving && !saidLeaving) {
            saidLeaving = true;
            std::cerr << (terminal ? "\r\033[K" : "")
                      << "Ending every run of it at a checkpoint. Press Ctrl-C again to leave them to the "
                         "background.\n";
        }
        const std::string line = std::string(percent) + "  " + progress.text();
        if (terminal)
            std::cerr << "\r\033[K" << line << std::flush;
        else if (progress.text() != shown && progress.fraction < 1)  // the end is told below
            std::cerr << line << '\n';
        shown = progress.text();
    };
    LATENT_TRY(const engine::SweepEnd end, engine::runSweep(context.catalog(), folder, options));
    if (terminal) std::cerr << "\r\033[K" << std::flush;
    if (context.json) {
        context.print({{"sweep", folder.string()},
                       {"state", end.outcome.state},
                       {"reason", end.outcome.reason},
                       {"cells", end.progress.cells},
                       {"done", end.progress.done},
                       {"failed", end.progress.failed}});
        return end.outcome.exit;
    }
    std::cout << end.progress.text()
              << (end.outcome.reason.empty() ? "" : ". " + printable(end.outcome.reason)) << '\n';
    if (end.outcome.exit == Exit::Interrupted)
        std::cout << "Go on with: latent resume " << folder.string() << '\n';
    return end.outcome.exit;
}

void addSweepVerb(CLI::App& app, Context& context) {
    CLI::App* verb = app.add_subcommand("sweep", "Compute every cell of a design that a TOML file describes");
    auto flags = std::make_shared<SweepFlags>();
    verb->add_option("spec", flags->spec, "The sweep file; the manual page `sweeps` explains it")
        ->required()
        ->type_name("FILE")
        ->check(notEmpty());
    verb->add_option("--executor", flags->executor, "local: processes of this machine");
    verb->add_option("-c,--cores", flags->run.cores,
                     "Cores used at once (default: what the file says, else all)")
        ->check(CLI::Range(1, 4096));
    verb->add_flag("--dry-run", flags->dry,
                   "Check everything and say how many runs there would be; make nothing");
    verb->add_flag("--queue", flags->queue, "Only make it; it waits until somebody starts it");
    verb->add_flag("--once", flags->once,
                   "Go on with the sweep of this file that the workspace has already, if there is one");
    context.addJson(verb);
    verb->callback([flags, &context] { context.finish(sweep(context, *flags)); });
}

}  // namespace latent::cli

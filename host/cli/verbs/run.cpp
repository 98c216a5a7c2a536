// SPDX-License-Identifier: Apache-2.0
// run, resume, worker: make a run, go on with one, be the process that computes it.

#include <iostream>
#include <memory>

#include "cli/flag_values.hpp"
#include "cli/follow.hpp"
#include "cli/table.hpp"
#include "cli/verbs/sweep_run.hpp"
#include "cli/verbs/verbs.hpp"
#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/jobs/start.hpp"
#include "engine/jobs/supervisor.hpp"

namespace latent::cli {
namespace {

using engine::Exit;
using engine::Result;

struct RunFlags {
    engine::RunOrder order;
    std::vector<std::string> assignments;
    std::string out;
    double memory_mb = 0, time_s = 0, checkpoint_s = 0;
    std::string parent;
    bool detach = false, queue = false, nondeterministic = false;
};

void sayRun(const Context& context, const fs::path& run) {
    if (context.json)
        context.print({{"run", run.string()}});
    else
        std::cout << "Run: " << run.string() << '\n';
    std::cout.flush();  // whoever reads a pipe wants it now, not at the end of the run
}

/// JSON is for programs, which do not wait for a run to end.
engine::Status checkJson(const Context& context, bool returnsAtOnce, const char* flags) {
    if (!context.json || returnsAtOnce) return engine::ok();
    return engine::badRequest(std::string("--json goes with ") + flags +
                              ": a run that is followed speaks to a person.");
}

/// `before`: the attempts that the run has had.
Result<Exit> begin(const Context& context, const fs::path& run, const engine::WorkerStart& how, int before) {
    if (!how.detached) catchInterrupts();
    LATENT_TRY(const pid_t worker, engine::startWorker(run, how));
    sayRun(context, run);
    if (how.detached) return Exit::Done;
    return followRun(run, worker, before);
}

Result<Exit> runExperiment(Context& context, RunFlags& flags) {
    LATENT_CHECK(checkJson(context, flags.queue || flags.detach, "--queue or --detach"));
    engine::RunOrder& order = flags.order;
    for (const std::string& assignment : flags.assignments) {
        LATENT_TRY(engine::Assignment parsed, engine::parseAssignment(assignment));
        order.assignments.push_back(std::move(parsed));
    }
    order.runs = context.runs();
    order.deterministic = !flags.nondeterministic;
    if (!flags.out.empty()) order.out = fs::u8path(flags.out);
    if (flags.memory_mb > 0) order.limits["memory_mb"] = flags.memory_mb;
    if (flags.time_s > 0) order.limits["time_s"] = flags.time_s;
    if (flags.checkpoint_s > 0) order.checkpoint_interval_s = flags.checkpoint_s;
    if (!flags.parent.empty()) order.extra["parent"] = flags.parent;
    const bool isNew = flags.out.empty() && !context.needWorkspace();
    LATENT_TRY(const fs::path run, engine::prepareRun(context.catalog(), order));
    if (isNew) context.sayNewWorkspace();
    if (!flags.queue) return begin(context, run, {.detached = flags.detach}, 0);
    sayRun(context, run);
    return Exit::Done;
}

/// What a resume would read of somebody else's request, for a person to see before anything runs.
void sayForeign(const std::vector<std::string>& paths) {
    std::cout << "This run was not made here. Its request is valid";
    std::cout << (paths.empty() ? " and names no files.\n" : "; it would read:\n");
    for (const std::string& path : paths) std::cout << "  " << printable(path) << '\n';
}

/// What the worker of a sweep is told; whether to take over has a field of its own.
std::vector<std::string> wordsOf(const SweepRunFlags& sweep) {
    std::vector<std::string> words;
    if (sweep.retryFailed) words.push_back("--retry-failed");
    if (sweep.cores > 0) words.insert(words.end(), {"--cores", std::to_string(sweep.cores)});
    return words;
}

struct ResumeFlags {
    bool detach = false, check = false;
};

Result<Exit> resume(Context& context, const std::string& word, const ResumeFlags& flags,
                    const SweepRunFlags& sweep) {
    const bool takeOver = sweep.takeOver, detach = flags.detach;
    LATENT_CHECK(checkJson(context, detach || flags.check, "--check or --detach"));
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_TRY(const bool isSweep, engine::isSweep(run));
    if (const std::vector<std::string> words = wordsOf(sweep); !isSweep && !words.empty())
        return engine::badRequest("The run " + run.string() + " is no sweep; " + words.front() +
                                  " is for sweeps.");
    LATENT_TRY(const engine::RunStatus status, engine::runStatus(run));
    if (status.state == "done")
        return engine::badRequest("The run " + run.string() + " is done; there is nothing to resume.");
    if (status.alive)
        return engine::badRequest("A worker is busy with the run " + run.string() + " already.");
    if (status.state == "elsewhere" && !takeOver)
        return engine::badRequest(status.sentence + " If you are sure, resume it with --take-over.");
    LATENT_TRY(const bool foreign, engine::isForeign(run));
    std::vector<std::string> paths;
    if (foreign) {
        LATENT_TRY(paths, engine::checkForeignRequest(context.catalog(), run));
    }
    if (foreign && !context.json) sayForeign(paths);
    LATENT_TRY(const engine::Request request, engine::readRequest(run));
    LATENT_CHECK(engine::checkUnchanged(request));  // a worker that nobody listens to could not say it
    if (flags.check && context.json) {
        context.print(
            {{"run", run.string()}, {"state", status.state}, {"foreign", foreign}, {"paths", paths}});
        return Exit::Done;
    }
    if (flags.check) {
        std::cout << "It can be resumed: " << run.string() << '\n';
        return Exit::Done;
    }
    if (isSweep && !detach) return runSweepHere(context, run, sweep);
    return begin(context, run,
                 {.despiteElsewhere = takeOver,
                  .detached = detach,
                  .arguments = isSweep ? wordsOf(sweep) : std::vector<std::string>{}},
                 status.attempt);
}

Result<Exit> work(Context& context, const std::string& folder, const SweepRunFlags& sweep, bool quiet) {
    const fs::path run = fs::absolute(fs::u8path(folder));
    LATENT_TRY(const bool isSweep, engine::isSweep(run));
    if (isSweep) return runSweepHere(context, run, sweep);
    LATENT_TRY(const engine::Request request, engine::readRequest(run));
    LATENT_TRY(const engine::Outcome outcome,
               engine::superviseRun(run, engine::catalogLoader(context.catalog()),
                                    {sweep.takeOver, engine::installedPlugin(context.catalog(), request)}));
    if (outcome.exit != Exit::Done && !quiet) std::cerr << "latent: " << outcome.reason << '\n';
    return outcome.exit;
}

/// How a sweep is gone on with, by `resume` and by the worker that it starts; --take-over is of single runs too.
void addSweepFlags(CLI::App* verb, SweepRunFlags& sweep) {
    verb->add_flag("--retry-failed", sweep.retryFailed, "Of a sweep: compute failed cells again");
    verb->add_option("-c,--cores", sweep.cores, "Of a sweep: cores used at once")->check(CLI::Range(1, 4096));
    verb->add_flag("--take-over", sweep.takeOver, "Its worker on another host is lost for certain");
}

}  // namespace

void addRunVerbs(CLI::App& app, Context& context) {
    CLI::App* run = app.add_subcommand("run", "Run an experiment (or make a data set) and follow it");
    auto flags = std::make_shared<RunFlags>();
    run->add_option("experiment", flags->order.experiment, "Its id, as `latent experiments` lists it")
        ->required()
        ->type_name("EXP");
    run->add_option("-p,--preset", flags->order.preset,
                    "A preset of the experiment: smoke, laptop, paper, …");
    run->add_option("-s,--set", flags->assignments, "A parameter: name=value; repeat for more")
        ->type_name("NAME=VALUE")
        ->take_all();
    run->add_option("-o,--out", flags->out, "Folder of the run (default: a new one in runs/)")
        ->type_name("DIR")
        ->check(notEmpty());
    run->add_option("-t,--threads", flags->order.threads, "Threads (default: all cores)")
        ->check(CLI::Range(1, 4096));
    run->add_option("--device", flags->order.device, "cpu, cuda or cuda:N");
    run->add_option("--memory-limit", flags->memory_mb, "Ends the job above this many MB of memory")
        ->check(aboveZero());
    run->add_option("--time-limit", flags->time_s, "Ends the job after this many seconds")
        ->check(aboveZero());
    run->add_option("--checkpoint-every", flags->checkpoint_s, "Seconds between checkpoints (default 30)")
        ->check(aboveZero());
    run->add_flag("--nondeterministic", flags->nondeterministic,
                  "Allow algorithms whose last bits differ from call to call");
    run->add_option("--parent", flags->parent, "The run that it was cloned from; kept in the request")
        ->type_name("RUN");
    CLI::Option* detached = run->add_flag("-d,--detach", flags->detach, "Start it and return");
    run->add_flag("-q,--queue", flags->queue,
                  "Make its folder and return; it waits until `latent resume` or the desktop starts it")
        ->excludes(detached);
    context.addJson(run);
    run->callback([flags, &context] { context.finish(runExperiment(context, *flags)); });

    CLI::App* again = app.add_subcommand("resume", "Go on with a paused, interrupted, stopped or failed run");
    auto word = std::make_shared<std::string>();
    auto how = std::make_shared<ResumeFlags>();
    auto sweep = std::make_shared<SweepRunFlags>();
    again->add_option("run", *word, "Its folder, or enough of its name; `last` is the newest")
        ->required()
        ->type_name("RUN");
    CLI::Option* detachedAgain = again->add_flag("-d,--detach", how->detach, "Start it and return");
    again
        ->add_flag("--check", how->check,
                   "Only say whether it could be resumed, and what a run of somebody else would read")
        ->excludes(detachedAgain);
    context.addJson(again);
    addSweepFlags(again, *sweep);
    again->callback([=, &context] { context.finish(resume(context, *word, *how, *sweep)); });

    CLI::App* worker = app.add_subcommand(
        "worker", "Compute a prepared run in this process (what run, sweeps and clusters start)");
    auto folder = std::make_shared<std::string>();
    auto alsoSweep = std::make_shared<SweepRunFlags>();
    worker->add_option("folder", *folder, "The run's folder")
        ->required()
        ->type_name("DIR")
        ->check(notEmpty());
    addSweepFlags(worker, *alsoSweep);
    auto quiet = std::make_shared<bool>(false);
    worker->add_flag("--quiet", *quiet, "Say how the run ended only in its events");
    worker->callback([=, &context] { context.finish(work(context, *folder, *alsoSweep, *quiet)); });
}

}  // namespace latent::cli

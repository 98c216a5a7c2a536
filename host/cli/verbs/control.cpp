// SPDX-License-Identifier: Apache-2.0
// pause, stop, checkpoint: what a person may ask of a run that is being computed.

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/verbs/verbs.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/control.hpp"

namespace latent::cli {
namespace {

using namespace std::chrono_literals;
using engine::ControlAction;
using engine::Exit;
using engine::Result;

/// Waits until the request is answered or the worker has ended.
Result<Exit> askRun(Context& context, const std::string& word, ControlAction action) {
    LATENT_TRY(const fs::path run, context.findRun(word));
    LATENT_TRY(engine::RunStatus status, engine::runStatus(run));
    if (!status.alive && status.state != "elsewhere")
        return engine::badRequest("Nobody is computing the run " + run.string() + " (it is " + status.state +
                                  ").");
    LATENT_TRY(const std::uint64_t number, engine::askControl(run, status.attempt, action));
    engine::RunFollower follower(run);
    while (true) {
        LATENT_TRY(const bool changed, follower.poll());
        (void)changed;
        const auto answer = follower.state().controls.find(number);
        if (answer != follower.state().controls.end()) {
            std::cout << answer->second.action << ": " << answer->second.outcome
                      << (answer->second.text.empty() ? "" : " (" + answer->second.text + ")") << '\n';
            return Exit::Done;
        }
        LATENT_TRY(status, engine::runStatus(run, follower.state()));
        if (!status.alive && status.state != "elsewhere") {
            std::cout << "The run is " << status.state << ".\n";
            return Exit::Done;
        }
        std::this_thread::sleep_for(50ms);
    }
}

void addOne(CLI::App& app, Context& context, const char* name, const char* help, ControlAction action) {
    CLI::App* verb = app.add_subcommand(name, help);
    auto word = std::make_shared<std::string>();
    verb->add_option("run", *word, "Its folder, or enough of its name")->required()->type_name("RUN");
    verb->callback([=, &context] { context.finish(askRun(context, *word, action)); });
}

}  // namespace

void addControlVerbs(CLI::App& app, Context& context) {
    addOne(app, context, "pause", "Ask a run to checkpoint and leave; resume goes on with it",
           ControlAction::Pause);
    addOne(app, context, "stop", "Ask a run to end where it is and keep what it has", ControlAction::Stop);
    addOne(app, context, "checkpoint", "Ask a run for a checkpoint now", ControlAction::Checkpoint);
}

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once
// `latent worker DIR`: takes the lease, forks the computing child, and records how it ended whatever that was.
//
// The supervisor stays small: it loads no plugin. It collects what the child prints as log lines, writes the heartbeat as
// long as the child lives, watches memory, time and log volume, and ends a child that does not answer a pause or stop in
// time. The child dies with it. A signal to the supervisor (SIGINT, SIGTERM, SIGUSR1: the last is how clusters warn) is a
// request to pause. Main thread of a process of its own.
//
//     return static_cast<int>(superviseRun(folder, loader).exit);

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/jobs/compute.hpp"
#include "engine/jobs/outcome.hpp"

namespace latent::engine {

struct WorkerOptions {
    /// The last worker was on another host and its heartbeat stands still.
    bool despiteElsewhere = false;
    /// The plugin as it is installed now (see installedPlugin), to be compared with what the attempts before had. Empty: not
    /// compared.
    nlohmann::json plugin = nlohmann::json::object();
};

/// An error when no attempt could begin (no request, inputs that are gone or changed, another worker, a run that is done);
/// nothing is recorded then.
Result<Outcome> superviseRun(const std::filesystem::path& run, const PluginLoader& load,
                             WorkerOptions options = {});

}  // namespace latent::engine

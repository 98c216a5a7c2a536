// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the computing child does: load one plugin, run one experiment or data source into the run directory.
//
// Called once, on the main thread of a process that does nothing else. Everything that can go wrong without killing the
// process comes back as an Outcome.
//
//     const Outcome outcome = compute({run, request, std::move(attempt), &files, load, stopAsked, giveUp});

#include <filesystem>
#include <functional>
#include <string>

#include "engine/jobs/outcome.hpp"
#include "engine/plugins/loaded_plugin.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_files.hpp"

namespace latent::engine {

/// Finds and loads the plugin of a request: from the catalog in the program, from a path in tests.
using PluginLoader = std::function<Result<LoadedPlugin>(const Request& request)>;

struct Computation {
    std::filesystem::path run;
    Request request;
    Attempt attempt;
    RunFiles* files;
    PluginLoader load;
    std::function<void()> stopAsked;
    std::function<void(const std::string& reason)> giveUp;
    std::function<void()> computed;  ///< the experiment has returned; what follows is the engine's: gathering
};

Outcome compute(Computation computation);

/// The outputs of a batched run: every array with a leading, growing axis `cell`; figures draw one cell of it.
Result<nlohmann::json> batchedOutputs(nlohmann::json outputs);

}  // namespace latent::engine

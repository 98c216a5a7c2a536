// SPDX-License-Identifier: Apache-2.0
#pragma once
// One question to a plugin, in a child process: its outputs for some parameters, batch keys, evidence for claims.
//
// The program itself loads no plugin; it forks, the child loads and answers with one JSON text, and a crash or a hang
// costs a sentence. The caller must be single-threaded when it calls (it forks). Cost: a fork and a load, a few
// milliseconds without LibTorch.
//
//     LATENT_TRY(nlohmann::json keys, callPlugin(entry, 60, [&](LoadedPlugin& plugin) -> Result<nlohmann::json> {
//         LATENT_TRY(ExperimentHandle experiment, plugin.makeExperiment("sim/theory"));
//         …
//     }));

#include <functional>
#include <nlohmann/json.hpp>

#include "engine/plugins/catalog.hpp"
#include "engine/plugins/loaded_plugin.hpp"

namespace latent::engine {

using PluginQuestion = std::function<Result<nlohmann::json>(LoadedPlugin&)>;

/// `seconds` of wall time, then the child is killed and the call has failed.
Result<nlohmann::json> callPlugin(const PluginEntry& entry, double seconds, const PluginQuestion& question);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What path, run, checkpoint and dataset parameters resolve to: absolute places and hashes, for the request.
//
// Files are hashed whole; those above 1 GiB are stamped by their length, time and pieces instead, under another name
// (sampled_sha256); runs by their request and, when they have ended, by run.h5. Done before a run directory is made, so
// that a missing file leaves nothing behind. Any thread.
//
//     LATENT_TRY(nlohmann::json inputs, resolveInputs(schema, values, workspace / "runs"));
//     // {"file": {"path": "/data/x.h5", "sha256": "…", "bytes": 123}}

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/parameters/schema_model.hpp"
#include "engine/result.hpp"

namespace latent::engine {

/// What tells this input from another: the hash of its content; else "sampled:" and the stamp of a long file,
/// or "request:" and the hash of what was asked of a run that has not ended. Empty where it has none, as a
/// folder.
std::string stampOf(const nlohmann::json& input);

/// Takes the cell off "RUN#2", where one is named.
std::optional<std::uint64_t> takeCell(std::string& name);

/// By parameter name; those not given are left out. Refused (exit 3) when something is missing, cannot be read or is a run
/// of another experiment than the parameter takes; exit 2 when a run holds several cells and none of them is named.
Result<nlohmann::json> resolveInputs(const SchemaModel& schema, const nlohmann::json& values,
                                     const std::filesystem::path& runs);

/// The paths that these values name, as given.
std::vector<std::string> pathsOf(const SchemaModel& schema, const nlohmann::json& values);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether figures fit the arrays that they draw: the check at admission, in a job, and for files of others.
//
// First the shape (view-1), then the sense: arrays and dimensions exist, what is left after the selections
// suits the kind, indices lie inside, coordinates that are asked for exist, cursors mean one dimension,
// gestures fit the figure and the types of the probe's parameters. A figure of an unknown kind passes: hosts
// show it as a table. Pure functions; any thread; never throw; work is bounded by the size of the JSON.
//
//     LATENT_CHECK(validateOutputs(json, "The outputs of sim/theory"));
//     LATENT_CHECK(validateView(view, outputs, "The figure \"ood_loss\"", &probes));
//     // The figure "ood_loss" is not valid: series[0].y.array: there is no array "ood_los"; did you mean
//     "ood_loss"?

#include <functional>
#include <map>

#include "engine/parameters/schema_model.hpp"
#include "engine/views/outputs_model.hpp"

namespace latent::engine {

/// Schemas of the probes that gestures may name, by id. Null pointers where only the id is known.
using ProbeSchemas = std::map<std::string, const SchemaModel*, std::less<>>;

/// Without `probes` gestures are checked against the figure alone.
std::vector<Problem> viewProblems(const nlohmann::json& view, const OutputsModel& outputs,
                                  const ProbeSchemas* probes = nullptr);

Status validateView(const nlohmann::json& view, const OutputsModel& outputs, std::string_view what,
                    const ProbeSchemas* probes = nullptr);

/// Arrays, then every figure, then what figures share: names and cursors.
Status validateOutputs(const nlohmann::json& outputs, std::string_view what,
                       const ProbeSchemas* probes = nullptr);

}  // namespace latent::engine

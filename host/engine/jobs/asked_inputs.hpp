// SPDX-License-Identifier: Apache-2.0
#pragma once
// The files and runs that a request reads: those that were there when it was asked for, whoever computes it later and
// from which folder.
//
// Plugins open what a path parameter says, and a worker has the folder of whoever started it. So a request (and each
// cell of a sweep) names its files by their absolute place, and no attempt begins where their content is no longer what
// the request's stamps say. Any thread.
//
//     nameByPlace(parameters, inputs);                     // input.csv → /data/input.csv
//     LATENT_CHECK(checkUnchanged(request));               // "… has changed since the run was asked for …"

#include <nlohmann/json_fwd.hpp>

#include "engine/result.hpp"
#include "engine/store/request.hpp"

namespace latent::engine {

/// Whose inputs they are: what a refusal says that a person can do.
enum class AskedBy { Run, Sweep };

/// Path parameters get the place that they resolved to. Names of runs stay: `inputs` say where these lie. Inputs that make
/// no sense (of somebody else's request) are passed over.
void nameByPlace(nlohmann::json& parameters, const nlohmann::json& inputs);

/// `inputs` as resolveInputs gave them. Refused (exit 3) when one is gone or has another content now, or says nothing that
/// could be looked at; a run that was not finished then may have gone on, and of a folder it is only seen that it is there.
/// Reads each file as a whole, those above 1 GiB by pieces.
Status checkUnchanged(const nlohmann::json& inputs, AskedBy whose);
/// Those of a run, before an attempt at it begins. A sweep has none of its own: each cell is looked at when it is its turn.
Status checkUnchanged(const Request& request);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The files and runs that the cells of a sweep read: those that were there when it was planned, whoever computes it later
// and from which folder.
//
// Plugins open what a path parameter says, and a worker has the folder of whoever started it. So a cell names its files
// by their absolute place, and is refused where their content is no longer what its hash stands for. Any thread.
//
//     nameByPlace(cell.parameters, cell.inputs);           // input.csv → /data/input.csv
//     LATENT_CHECK(checkUnchanged(cell.inputs));           // "… has changed since the sweep was planned …"

#include <nlohmann/json_fwd.hpp>

#include "engine/result.hpp"

namespace latent::engine {

/// Path parameters get the place that they resolved to. Names of runs stay: `inputs` say where these lie.
void nameByPlace(nlohmann::json& parameters, const nlohmann::json& inputs);

/// `inputs` as resolveInputs gave them. Refused (exit 3) when one is gone or has another content now; a run that was not
/// finished then may have gone on.
Status checkUnchanged(const nlohmann::json& inputs);

}  // namespace latent::engine

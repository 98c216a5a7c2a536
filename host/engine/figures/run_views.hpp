// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which figures a run has: those that its plugin declared, and those that every run has without asking for
// them. The window, the renderer, the command line and reports all ask here, so that they show the same ones.
//
//     const std::vector<nlohmann::json> views = allViews(run.views(), run.arrays(), request.document());

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"

namespace latent::engine::figures {

/// Maps of a sweep, curves of metrics that nothing else draws, and the declared figures, in the order in which
/// a window shows them. `request` is null where it is not known. Pure function; any thread.
std::vector<nlohmann::json> allViews(const std::vector<nlohmann::json>& declared, const ArraySet& arrays,
                                     const nlohmann::json& request);

}  // namespace latent::engine::figures

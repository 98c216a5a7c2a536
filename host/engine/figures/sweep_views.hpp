// SPDX-License-Identifier: Apache-2.0
#pragma once
// Figures of a sweep over its own axes: a map for each number that its cells give (a curve where only one
// parameter varies), so that a phase diagram is seen without the plugin having thought of one. A click on a
// cell opens its run.
//
// The experiment's own figures show one cell of the sweep; they come after the maps, in a group that says so.
// Other runs keep their figures as they are. Pure function, any thread.
//
//     std::vector<nlohmann::json> all = withSweepMaps(withMetricViews(views, arrays), arrays, request);

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"

namespace latent::engine::figures {

/// `request` of a sweep tells its axes; of anything else it changes nothing.
std::vector<nlohmann::json> withSweepMaps(std::vector<nlohmann::json> views, const ArraySet& arrays,
                                          const nlohmann::json& request);

}  // namespace latent::engine::figures

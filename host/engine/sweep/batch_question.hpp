// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asks a plugin, in one child, which cells of a sweep it can run together, and how much each of them publishes.
//
// A plugin that says of itself that it batches nothing ("batches": false) is not loaded. Cells with inputs run alone:
// a batched request has no place for the inputs of each. Single-threaded callers.
//
//     LATENT_TRY(auto answers, askBatchKeys(entry, contribution, cells));

#include <vector>

#include "engine/sweep/plan.hpp"

namespace latent::engine {

Result<std::vector<BatchAnswer>> askBatchKeys(const PluginEntry& plugin, const Contribution& experiment,
                                              const std::vector<const PlannedCell*>& cells);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asks a plugin, in one child, about the cells of a sweep: whether it can run each (what a schema cannot say, a text that
// has to be a matrix of dim by dim), which it can run together, and how much each of them publishes.
//
// Cells that differ by their seed alone are the same question. Cells with inputs run alone: a batched request has no place
// for the inputs of each. Single-threaded callers.
//
//     LATENT_TRY(auto answers, askAboutCells(entry, contribution, cells, "seed"));

#include <string>
#include <vector>

#include "engine/sweep/plan.hpp"

namespace latent::engine {

/// `seedParameter` may be empty.
Result<std::vector<BatchAnswer>> askAboutCells(const PluginEntry& plugin, const Contribution& experiment,
                                               const std::vector<const PlannedCell*>& cells,
                                               const std::string& seedParameter);

}  // namespace latent::engine

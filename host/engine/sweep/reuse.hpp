// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finished runs of the workspace that are identical to cells of a sweep (`reuse = true`).
//
// The hashes are taken anew from each run's own request and provenance; what another sweep says of it is not believed.
// Reads two small files of each run of the experiment. One thread.
//
//     LATENT_TRY(auto links, findFinishedCells(sweep, request, cells, ledger.open()));

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/jobs/cell_links.hpp"
#include "engine/sweep/plan.hpp"

namespace latent::engine {

Result<std::vector<CellLink>> findFinishedCells(const std::filesystem::path& sweep,
                                                const nlohmann::json& request,
                                                const std::vector<PlannedCell>& cells,
                                                const std::vector<std::uint64_t>& wanted);

}  // namespace latent::engine

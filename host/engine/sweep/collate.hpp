// SPDX-License-Identifier: Apache-2.0
#pragma once
// The end of a sweep: the arrays of its cells, stacked, written as the arrays of the sweep's own run.
//
// Arrays are put together in memory as long as all of them fit in 192 MB, the smaller ones first; the others become
// large arrays of the sweep, written cell by cell, so that memory stays bounded however large the sweep is. Each run
// of a cell is opened once and its batch read in blocks. What was left out stands in the events. The links of
// the cells also go into provenance.json, and with it into run.h5. Called by the executor while it holds the lease.
//
//     LATENT_CHECK(collateSweep(sweep, request, ledger.links(), std::move(attempt), files, outcome));

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "engine/jobs/cell_links.hpp"
#include "engine/jobs/outcome.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/run_files.hpp"

namespace latent::engine {

struct CollationLimits {
    std::uint64_t inMemoryBytes = 192ull << 20;
    std::uint64_t blockBytes = 64ull << 20;  ///< of one read
};

/// Values of `cell_status`.
enum class CellStatus : std::int8_t { Done = 0, Failed = 1, Missing = 2 };

/// `links` has one entry a cell of the design. Ends the run with the state of `ending`.
Status collateSweep(const std::filesystem::path& sweep, const nlohmann::json& request,
                    const std::vector<std::optional<CellLink>>& links, Attempt attempt, RunFiles& files,
                    const Outcome& ending, const CollationLimits& limits = {});

}  // namespace latent::engine

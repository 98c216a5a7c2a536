// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which run holds which cell of a sweep, as the sweep's events say; after its end also in its provenance.
//
// The executor appends {"type":"job","run","cells":[…]} when it gives cells to a run, and {"type":"cell","index","hash",
// "run","cell_index","state","reason"} when one has ended. Later lines win. Lines count whether or not a later attempt of
// the sweep voided them: what a cell's own run holds stays true. Run names are plain names beside the sweep's folder, so
// nothing points elsewhere. Any thread.
//
//     LATENT_TRY(CellLinks links, readCellLinks(folder));
//     for (const CellLink& cell : links.cells) if (cell.state == "done") open(folder.parent_path() / cell.run);

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct CellLink {
    std::uint64_t index = 0;  ///< in the design
    std::string hash;
    std::string run;              ///< name of the run's folder
    std::uint64_t cellIndex = 0;  ///< along the run's axis `cell`; 0 for a run of its own
    std::string state;            ///< done | failed
    std::string reason;

    nlohmann::json toJson() const;
};

struct CellJob {
    std::string run;
    std::vector<std::uint64_t> cells;  ///< of the design, in the order of the run's axis `cell`
};

struct CellLinks {
    std::vector<CellLink> cells;  ///< by index, the newest of each
    std::vector<CellJob> jobs;    ///< in the order in which they were begun
};

/// Empty when the sweep has not begun.
Result<CellLinks> readCellLinks(const std::filesystem::path& sweep);
/// The same from "cells" of a provenance, where the events are gone.
std::vector<CellLink> cellLinksOf(const nlohmann::json& provenance);

}  // namespace latent::engine

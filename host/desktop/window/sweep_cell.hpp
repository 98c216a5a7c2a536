// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which run holds a cell of a finished sweep, from the place of a click on one of its maps.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "desktop/live/snapshot.hpp"

namespace latent::desktop {

struct SweepAxis {
    std::string name;
    std::vector<nlohmann::json> values;  ///< at least one
};
/// Of a grid in the order of its design: cells are row-major, the first axis varies slowest. Empty for other designs,
/// runs that are no sweep, and damaged requests.
std::vector<SweepAxis> sweepAxes(const nlohmann::json& request);

/// Whether the place tells an index along an axis of the sweep: the click was on one of its maps.
bool isPlaceInSweep(const RunSnapshot& run, const std::map<std::string, std::int64_t>& place);
struct CellRun {
    std::filesystem::path run;
    std::int64_t cell = 0;  ///< along the run's axis `cell`, where several cells were computed at once
};
/// `place`: index by axis of the sweep; axes that are not named stand at 0. Nothing when it is no sweep, the axes are not
/// its own, or that cell has no run. Reads the sweep's links: a small file.
std::optional<CellRun> cellRun(const RunSnapshot& sweep, const std::map<std::string, std::int64_t>& place);

}  // namespace latent::desktop

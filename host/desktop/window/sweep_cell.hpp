// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which run holds a cell of a finished sweep, from the place of a click on one of its maps.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "desktop/live/snapshot.hpp"

namespace latent::desktop {

/// `place`: index by axis of the sweep; axes that are not named stand at 0. Nothing when it is no sweep, the axes are not
/// its own, or that cell has no run. Reads the sweep's links: a small file.
std::optional<std::filesystem::path> cellRun(const RunSnapshot& sweep, const std::map<std::string, std::int64_t>& place);

}  // namespace latent::desktop

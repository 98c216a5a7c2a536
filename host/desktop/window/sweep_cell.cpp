// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/sweep_cell.hpp"

#include "engine/jobs/cell_links.hpp"

namespace latent::desktop {

namespace {

nlohmann::json axesOf(const RunSnapshot& run) {
    if (!run.request.is_object()) return nlohmann::json::array();
    const nlohmann::json design = run.request.value("design", nlohmann::json::object());
    if (!design.is_object() || !design.contains("axes") || !design["axes"].is_array())
        return nlohmann::json::array();
    return design["axes"];
}

/// Index along an axis, which arrays may spell with "swept_"; nothing when the place does not tell.
std::optional<std::int64_t> indexAlong(const std::string& axis,
                                       const std::map<std::string, std::int64_t>& place) {
    for (const std::string& spelling : {axis, "swept_" + axis})
        if (const auto found = place.find(spelling); found != place.end()) return found->second;
    return std::nullopt;
}

}  // namespace

bool isPlaceInSweep(const RunSnapshot& run, const std::map<std::string, std::int64_t>& place) {
    for (const nlohmann::json& axis : axesOf(run))
        if (axis.is_object() && indexAlong(axis.value("name", ""), place)) return true;
    return false;
}

std::optional<CellRun> cellRun(const RunSnapshot& sweep, const std::map<std::string, std::int64_t>& place) {
    if (!isPlaceInSweep(sweep, place)) return std::nullopt;
    // Cells are in row-major order of the axes: the first varies slowest.
    std::uint64_t cell = 0;
    for (const nlohmann::json& axis : axesOf(sweep)) {
        const auto length = static_cast<std::int64_t>(axis.value("values", nlohmann::json::array()).size());
        const std::int64_t index = indexAlong(axis.value("name", ""), place).value_or(0);
        if (index < 0 || index >= length) return std::nullopt;
        cell = cell * static_cast<std::uint64_t>(length) + static_cast<std::uint64_t>(index);
    }
    const auto links = engine::readCellLinks(sweep.folder);
    if (!links) return std::nullopt;
    for (const engine::CellLink& link : links->cells)
        if (link.index == cell && link.state == "done")
            return CellRun{sweep.folder.parent_path() / link.run, static_cast<std::int64_t>(link.cellIndex)};
    return std::nullopt;
}

}  // namespace latent::desktop

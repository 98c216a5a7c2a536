// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/sweep_cell.hpp"

#include "engine/jobs/cell_links.hpp"

namespace latent::desktop {

std::optional<std::filesystem::path> cellRun(const RunSnapshot& sweep, const std::map<std::string, std::int64_t>& place) {
    const nlohmann::json design = sweep.request.value("design", nlohmann::json::object());
    if (!design.is_object() || !design.contains("axes") || !design["axes"].is_array()) return std::nullopt;
    // Cells are in row-major order of the axes: the first varies slowest.
    std::uint64_t cell = 0;
    bool known = false;
    for (const nlohmann::json& axis : design["axes"]) {
        const std::string name = axis.value("name", "");
        const std::uint64_t length = axis.value("values", nlohmann::json::array()).size();
        std::uint64_t index = 0;
        for (const std::string& spelling : {name, "swept_" + name}) {
            const auto found = place.find(spelling);
            if (found == place.end() || found->second < 0 || static_cast<std::uint64_t>(found->second) >= length) continue;
            index = static_cast<std::uint64_t>(found->second);
            known = true;
        }
        cell = cell * length + index;
    }
    if (!known) return std::nullopt;
    const auto links = engine::readCellLinks(sweep.folder);
    if (!links) return std::nullopt;
    for (const engine::CellLink& link : links->cells)
        if (link.index == cell && link.state == "done") return sweep.folder.parent_path() / link.run;
    return std::nullopt;
}

}  // namespace latent::desktop

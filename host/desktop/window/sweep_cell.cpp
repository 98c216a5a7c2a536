// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/window/sweep_cell.hpp"

#include <algorithm>

#include "engine/jobs/cell_links.hpp"

namespace latent::desktop {

std::vector<SweepAxis> sweepAxes(const nlohmann::json& request) {
    const nlohmann::json design =
        request.is_object() ? request.value("design", nlohmann::json()) : nlohmann::json();
    const nlohmann::json axes =
        design.is_object() ? design.value("axes", nlohmann::json()) : nlohmann::json();
    std::vector<SweepAxis> all;
    if (!axes.is_array()) return all;
    for (const nlohmann::json& axis : axes) {
        const auto name = axis.find("name"), values = axis.find("values");
        if (!axis.is_object() || name == axis.end() || !name->is_string() || values == axis.end() ||
            !values->is_array() || values->empty())
            return {};
        all.push_back({name->get<std::string>(), values->get<std::vector<nlohmann::json>>()});
    }
    return all;
}

namespace {

/// Index along an axis, which arrays may spell with "swept_"; nothing when the place does not tell.
std::optional<std::int64_t> indexAlong(const std::string& axis,
                                       const std::map<std::string, std::int64_t>& place) {
    for (const std::string& spelling : {axis, "swept_" + axis})
        if (const auto found = place.find(spelling); found != place.end()) return found->second;
    return std::nullopt;
}

}  // namespace

bool isPlaceInSweep(const RunSnapshot& run, const std::map<std::string, std::int64_t>& place) {
    const std::vector<SweepAxis> axes = sweepAxes(run.request);
    return std::any_of(axes.begin(), axes.end(),
                       [&](const SweepAxis& axis) { return indexAlong(axis.name, place).has_value(); });
}

std::optional<CellRun> cellRun(const RunSnapshot& sweep, const std::map<std::string, std::int64_t>& place) {
    if (!isPlaceInSweep(sweep, place)) return std::nullopt;
    // Cells are in row-major order of the axes: the first varies slowest.
    std::uint64_t cell = 0;
    for (const SweepAxis& axis : sweepAxes(sweep.request)) {
        const auto length = static_cast<std::int64_t>(axis.values.size());
        const std::int64_t index = indexAlong(axis.name, place).value_or(0);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The runs that a sweep has begun: what one can look at while its own figures, which need all cells, are not there.
//
//     const std::vector<SweepRun> begun = begunRuns(snapshot->folder, snapshot->request, 6);
//     board->setPlaceholder(sweepWords(begun));  // links, whose targets are the folders

#include <QString>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace latent::desktop {

struct SweepRun {
    std::filesystem::path run;
    QString cells;       ///< "sep_colour 0.2 · seed 1"; of several cells that are computed at once how many
    bool ended = false;  ///< all of its cells have, well or not
};

/// Newest first, at most `most`. `request`: of the sweep. Reads the sweep's events, which grow with its cells: for a
/// thread beside the window's.
std::vector<SweepRun> begunRuns(const std::filesystem::path& sweep, const nlohmann::json& request,
                                std::size_t most);
/// Rich text for where the figures will be.
QString sweepWords(const std::vector<SweepRun>& begun);

}  // namespace latent::desktop

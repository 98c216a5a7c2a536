// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs of a workspace that are not over: what the queue takes up when the program starts, and what others start meanwhile.
//
// Names of runs begin with their time, so a later look asks only for names of that second and after it: a run may be seen
// twice, but none is missed. A run that was gathered into run.h5 is
// over unless it was resumed since, which a second lease tells; only the rest has its events read. Cells of a sweep belong
// to the sweep's worker and are left out. Reads files: for a thread.
//
//     OpenRuns found = findOpenRuns(workspace, "");
//     for (const OpenRun& run : found.runs) takeUp(run);
//     found = findOpenRuns(workspace, found.newest);

#include <filesystem>
#include <string>
#include <vector>

#include "engine/jobs/run_status.hpp"

namespace latent::desktop {

struct OpenRun {
    std::filesystem::path folder;
    engine::RunStatus status;
    double lastTime = 0;  ///< unix time of its newest event
};

struct OpenRuns {
    std::vector<OpenRun> runs;  ///< queued, running, paused and interrupted ones, oldest first
    std::string newest;         ///< largest name seen; empty when there was none
};

OpenRuns findOpenRuns(const std::filesystem::path& workspace, const std::string& after);

}  // namespace latent::desktop

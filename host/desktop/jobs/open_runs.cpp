// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/open_runs.hpp"

#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {
namespace {

bool mayBeOpen(const std::filesystem::path& run) {
    if (!engine::fileExists(engine::layout::request(run))) return false;
    return !engine::fileExists(engine::layout::compacted(run)) || engine::fileExists(engine::layout::lease(run, 2));
}

bool isCell(const std::filesystem::path& run) {
    const auto request = engine::readRequest(run);
    return request && request->document().contains("sweep");
}

}  // namespace

OpenRuns findOpenRuns(const std::filesystem::path& workspace, const std::string& after) {
    OpenRuns found{{}, after};
    const std::filesystem::path runs = workspace / "runs";
    const auto names = engine::listFolder(runs);
    if (!names) return found;  // no runs yet; the list of runs says it when the folder cannot be read
    for (const std::string& name : *names) {
        if (name <= after) continue;
        const std::filesystem::path run = runs / name;
        // A folder whose request is still to be written is not seen yet; the next look begins before it.
        if (!engine::fileExists(engine::layout::request(run)) && engine::fileExists(engine::layout::events(run))) return found;
        found.newest = name;
        if (!mayBeOpen(run)) continue;
        const auto state = engine::replayEvents(run);
        if (!state) continue;
        auto status = engine::runStatus(run, *state);
        if (!status || status->state == "done" || status->state == "failed" || status->state == "stopped" || isCell(run)) continue;
        found.runs.push_back({run, *std::move(status), state->lastTime});
    }
    return found;
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/open_runs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {
namespace {

/// "2026-11-23T081502": runs of the same second have no order in their names.
std::string_view secondOf(std::string_view name) { return name.substr(0, 17); }

/// When the run was asked for; the request is never changed.
std::filesystem::file_time_type madeAt(const std::filesystem::path& run) {
    std::error_code ignored;
    return std::filesystem::last_write_time(engine::layout::request(run), ignored);
}

bool mayBeOpen(const std::filesystem::path& run) {
    if (!engine::fileExists(engine::layout::request(run))) return false;
    return !engine::fileExists(engine::layout::compacted(run)) ||
           engine::fileExists(engine::layout::lease(run, 2));
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
        if (secondOf(name) < secondOf(after)) continue;
        const std::filesystem::path run = runs / name;
        // A folder whose request is still to be written is not seen yet; the next look begins before it.
        if (!engine::fileExists(engine::layout::request(run)) &&
            engine::fileExists(engine::layout::events(run)))
            break;
        found.newest = name;
        if (!mayBeOpen(run)) continue;
        const auto state = engine::replayEvents(run);
        if (!state) continue;
        auto status = engine::runStatus(run, *state);
        if (!status || status->state == "done" || status->state == "failed" || status->state == "stopped" ||
            isCell(run))
            continue;
        found.runs.push_back({run, *std::move(status), state->lastTime});
    }
    std::stable_sort(found.runs.begin(), found.runs.end(),
                     [](const OpenRun& a, const OpenRun& b) { return madeAt(a.folder) < madeAt(b.folder); });
    return found;
}

}  // namespace latent::desktop

// SPDX-License-Identifier: Apache-2.0
// What `latent check` says about a run directory.
#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::engine {
namespace {

/// Reads every array and metric once, so that damage shows wherever it is.
void readEverything(const std::filesystem::path& run, RunFiles& files, std::vector<std::string>& findings) {
    auto reader = RunReader::open(run, files);
    if (!reader) {
        findings.push_back(reader.error().message);
        return;
    }
    const auto digest = reader->contentDigest();
    if (!digest) {
        findings.push_back(digest.error().message);
    } else if (!reader->state().contentDigest.empty() && *digest != reader->state().contentDigest) {
        findings.push_back("The results of " + run.string() +
                           " are not those that the run ended with: the content digest differs.");
    }
}

}  // namespace

Result<std::vector<std::string>> checkRun(const std::filesystem::path& run, RunFiles& files) {
    std::vector<std::string> findings;
    const auto note = [&](const auto& result) {
        if (!result) findings.push_back(result.error().message);
    };
    if (!fileExists(run)) return fileError("open", run, ENOENT);
    note(readRequest(run));
    note(readProvenance(run));
    note(readUserNotes(run));
    RunFollower follower(run);
    note(follower.poll());
    if (follower.skippedLines() > 0) {
        findings.push_back(layout::events(run).string() + " has " + std::to_string(follower.skippedLines()) +
                           " line(s) that are no events; a kill in the middle of a write leaves one.");
    }
    const RunState& state = follower.state();
    if (state.state != "done") {
        // What a resume would stand on.
        const auto recovery = recover(run, files);
        note(recovery);
        if (recovery) findings.insert(findings.end(), recovery->remarks.begin(), recovery->remarks.end());
    } else {
        LATENT_TRY(const auto names, listCheckpoints(run));
        for (const std::string& name : names) note(readCheckpoint(run, name, files, false));
    }
    if (!state.compactedSha256.empty()) note(files.verify(layout::compacted(run), state.compactedSha256));
    readEverything(run, files, findings);
    // What one look found the next one finds again.
    std::vector<std::string> different;
    for (std::string& finding : findings) {
        if (std::find(different.begin(), different.end(), finding) == different.end())
            different.push_back(std::move(finding));
    }
    return different;
}

}  // namespace latent::engine

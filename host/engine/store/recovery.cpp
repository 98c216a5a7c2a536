// SPDX-License-Identifier: Apache-2.0
#include "engine/store/recovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/files/operations.hpp"
#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

constexpr const char* kSetAside = ".passed-over-";

/// What of that which the checkpoint names is proven damaged; empty when all is there and whole.
Result<std::string> damageOfNamed(const std::filesystem::path& run, const Checkpoint& checkpoint,
                                  RunFiles& files) {
    for (const SegmentInfo& segment : checkpoint.segments) {
        LATENT_TRY(std::string damage, files.damageOf(layout::segment(run, segment.name), segment.sha256));
        if (!damage.empty()) return damage;
    }
    for (const auto& [name, written] : checkpoint.slabs) {
        LATENT_TRY(std::string damage, files.damageOf(layout::large(run, name), {}, true));
        if (!damage.empty()) return damage;
    }
    return std::string();
}

/// A checkpoint with all that it names, or what is proven damaged.
struct Looked {
    std::optional<Checkpoint> checkpoint;
    std::string damage;
};

Result<Looked> lookAt(const std::filesystem::path& run, const std::string& name, RunFiles& files,
                      bool withArrays) {
    auto checkpoint = readCheckpoint(run, name, files, withArrays);
    auto damage =
        checkpoint ? damageOfNamed(run, *checkpoint, files) : files.damageOf(layout::checkpoint(run, name));
    if (damage && !damage->empty()) return Looked{std::nullopt, *std::move(damage)};
    if (checkpoint && damage) return Looked{*std::move(checkpoint), {}};
    const Error& error = checkpoint ? damage.error() : checkpoint.error();
    return Error{error.exit, "The checkpoint " + name + " of " + run.string() +
                                 " cannot be read now, and may be whole. " + error.message +
                                 " Nothing was changed: resume again when the cause is gone."};
}

/// Greatest numbers ever used, so that names in void events are not used again.
Status findNumbers(const std::filesystem::path& run, Recovery& recovery) {
    const auto note = [](std::uint64_t& next, const json& event, const char* key) {
        const auto found = event.find(key);
        if (found == event.end() || !found->is_string()) return;
        if (const auto number = layout::numberOf(found->get<std::string>(), ""))
            next = std::max(next, *number + 1);
    };
    EventTail tail(run);
    while (true) {
        LATENT_TRY(const auto lines, tail.poll(kMaxEventChunkBytes));
        if (lines.empty()) break;
        for (const EventLine& line : lines) {
            const json& event = *line.event;
            const json& type = event["type"];
            if (type == "commit" || type == "merge") note(recovery.nextSegment, event, "segment");
            if (type == "checkpoint") note(recovery.nextCheckpoint, event, "name");
        }
    }
    const auto noteFiles = [](std::uint64_t& next, const std::filesystem::path& folder) -> Status {
        LATENT_TRY(const auto entries, listFolder(folder));
        for (const std::string& entry : entries) {
            // Those that were set aside count too.
            const std::string name = entry.substr(0, entry.find(kSetAside));
            if (const auto number = layout::numberOf(name, ".h5")) next = std::max(next, *number + 1);
        }
        return ok();
    };
    LATENT_CHECK(noteFiles(recovery.nextSegment, layout::segments(run)));
    return noteFiles(recovery.nextCheckpoint, layout::checkpoints(run));
}

/// Files in the run's folders that none of `keep` is. When a checkpoint was `passedOver` nobody knows which of them it
/// names: all are set aside, the checkpoints last, so that a kill in between finds it damaged again.
Status findOrphans(const std::filesystem::path& run, const std::set<std::filesystem::path>& keep,
                   bool passedOver, Recovery& recovery) {
    auto& unnamed = passedOver ? recovery.setAside : recovery.orphans;
    // A stopped or failed run was gathered, and goes on now.
    if (fileExists(layout::compacted(run)) && !keep.contains(layout::compacted(run)))
        unnamed.push_back(layout::compacted(run));
    for (const auto& folder : {layout::segments(run), layout::checkpoints(run)}) {
        LATENT_TRY(const auto entries, listFolder(folder));
        for (const std::string& entry : entries) {
            const auto path = folder / entry;
            if (isTemporaryName(entry)) recovery.orphans.push_back(path);
            if (!keep.contains(path) && layout::numberOf(entry, ".h5")) unnamed.push_back(path);
        }
    }
    for (const auto& folder : {run, layout::larges(run)}) {
        LATENT_TRY(const auto entries, listFolder(folder));
        for (const std::string& entry : entries) {
            // A lease, a request or notes may be on their way here at this moment; only the computing child's
            // own temporary files are known to be left over.
            const bool ours = entry.starts_with(".run.h5.tmp-") || folder != run;
            if (isTemporaryName(entry) && ours) recovery.orphans.push_back(folder / entry);
        }
    }
    return ok();
}

}  // namespace

Result<Recovery> recover(const std::filesystem::path& run, RunFiles& files) {
    Recovery recovery;
    LATENT_TRY(const RunState state, replayEvents(run));
    LATENT_CHECK(findNumbers(run, recovery));
    std::set<std::filesystem::path> keep;
    if (state.compactedState == "done" && !state.compactedSha256.empty()) {
        recovery.ended = true;
        keep.insert(layout::compacted(run));
        LATENT_TRY(const auto names, listCheckpoints(run));
        for (const std::string& name : names) keep.insert(layout::checkpoint(run, name));
        LATENT_CHECK(findOrphans(run, keep, false, recovery));
        return recovery;
    }
    LATENT_TRY(auto names, listCheckpoints(run));
    std::reverse(names.begin(), names.end());
    for (const std::string& name : names) {
        LATENT_TRY(Looked looked, lookAt(run, name, files, !recovery.checkpoint));
        if (!looked.checkpoint) {
            recovery.remarks.push_back("Checkpoint " + name + " is passed over. " + looked.damage);
            continue;
        }
        auto& checkpoint = looked.checkpoint;
        keep.insert(layout::checkpoint(run, name));
        for (const SegmentInfo& segment : checkpoint->segments)
            keep.insert(layout::segment(run, segment.name));
        if (!recovery.checkpoint) {
            recovery.validBytes = checkpoint->eventsBytes;
            recovery.checkpoint = *std::move(checkpoint);
        }
    }
    LATENT_CHECK(findOrphans(run, keep, !recovery.remarks.empty(), recovery));
    return recovery;
}

Result<Attempt> beginAttempt(const std::filesystem::path& run, int number, RunFiles& files) {
    LATENT_TRY(Recovery recovery, recover(run, files));
    const auto tidy = [&]() -> Status {
        for (const auto& orphan : recovery.orphans) LATENT_CHECK(removeFile(orphan));
        for (const auto& path : recovery.setAside)
            LATENT_CHECK(renameFile(path, path.string() + kSetAside + std::to_string(number)));
        return ok();
    };
    if (recovery.ended) {
        LATENT_CHECK(tidy());
        return badRequest("The run " + run.string() + " is done; there is nothing to resume.");
    }
    Attempt attempt;
    attempt.number = number;
    LATENT_TRY(EventLog log, EventLog::open(run));
    LATENT_TRY(attempt.eventsBytes, log.attempt(number, recovery.checkpoint ? recovery.checkpoint->name : "",
                                                recovery.validBytes));
    // Only when the void is on the disk may the files that it frees go: readers follow the events.
    LATENT_CHECK(log.sync());
    LATENT_CHECK(tidy());
    attempt.checkpoint = std::move(recovery.checkpoint);
    attempt.nextSegment = recovery.nextSegment;
    attempt.nextCheckpoint = recovery.nextCheckpoint;
    attempt.remarks = std::move(recovery.remarks);
    if (!recovery.setAside.empty())
        attempt.remarks.push_back("What was passed over is kept beside the run's files, with " +
                                  (kSetAside + std::to_string(number)) + " after the names.");
    return attempt;
}

}  // namespace latent::engine

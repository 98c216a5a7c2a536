// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a resume stands on, and how an attempt begins.
//
// `recover` looks and changes nothing: it takes the newest checkpoint that is whole and whose segments are
// whole, or the one before it, or none. Only what is proven damaged is passed over; what cannot be read for
// another reason (a failing disk, too many open files, a format of later) is an error, and nothing changes.
// `beginAttempt` is for the holder of the lease, before it forks the computing child: it writes the attempt's
// event (which voids what came after the checkpoint) and then removes what nothing names any more. When a
// checkpoint was passed over, nothing of the run is removed: the files get names that nobody reads.
// Called in the supervisor; no thread rules.
//
//     LATENT_TRY(Lease lease, Lease::take(folder));
//     LATENT_TRY(Attempt attempt, beginAttempt(folder, lease.attempt(), files));
//     LATENT_TRY(auto writer, RunWriter::open(folder, std::move(attempt), files.key()));   // in the child

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/checkpoint.hpp"

namespace latent::engine {

struct Recovery {
    std::optional<Checkpoint> checkpoint;        ///< nothing: start from the beginning
    std::uint64_t validBytes = 0;                ///< of the events
    std::vector<std::filesystem::path> orphans;  ///< files that nothing will name once the attempt has begun
    /// Passed over checkpoints and, before them, whatever they may name.
    std::vector<std::filesystem::path> setAside;
    std::uint64_t nextSegment = 1;
    std::uint64_t nextCheckpoint = 1;
    std::vector<std::string> remarks;  ///< e.g. why a newer checkpoint was passed over
    bool ended = false;                ///< the run is done; it cannot be resumed
};

Result<Recovery> recover(const std::filesystem::path& run, RunFiles& files);

struct Attempt {
    int number = 1;
    std::optional<Checkpoint> checkpoint;  ///< what to go on from
    std::uint64_t eventsBytes = 0;         ///< length of the events after the attempt's own line
    std::uint64_t nextSegment = 1;         ///< numbers are never used twice, not even those of void segments
    std::uint64_t nextCheckpoint = 1;
    std::vector<std::string> remarks;
};

/// Refused (exit 2) when the run is done already; what was left to tidy after its end is tidied.
Result<Attempt> beginAttempt(const std::filesystem::path& run, int number, RunFiles& files);

/// Everything that is wrong with a run directory, one sentence each; empty when all is well. For `latent
/// check`.
Result<std::vector<std::string>> checkRun(const std::filesystem::path& run, RunFiles& files);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state of a run as a person should read it: what the events say, corrected by whether anybody still works on it.
//
// A worker that was killed with its supervisor leaves "running" behind; the lease says otherwise (same host), or the
// heartbeat counter stands still (another host; the reader's clock decides). Any thread.
//
//     LATENT_TRY(RunStatus status, runStatus(folder));
//     if (status.resumable) …

#include <filesystem>
#include <string>

#include "engine/result.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {

struct RunStatus {
    std::string
        state;  ///< queued running paused stopped interrupted failed done, or "elsewhere": on another host
    std::string sentence;  ///< why, for people; may be empty
    bool alive = false;    ///< a worker holds the lease on this host
    bool resumable = false;
    int attempt = 0;
};

/// The status for a state that was just replayed.
Result<RunStatus> runStatus(const std::filesystem::path& run, const RunState& state);
/// Replays the events first.
Result<RunStatus> runStatus(const std::filesystem::path& run);

}  // namespace latent::engine

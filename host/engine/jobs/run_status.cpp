// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/run_status.hpp"

#include "engine/store/lease.hpp"

namespace latent::engine {

Result<RunStatus> runStatus(const std::filesystem::path& run, const RunState& state) {
    std::error_code ignored;
    // run.h5 alone, under whatever name: nobody works on it.
    if (std::filesystem::is_regular_file(run, ignored))
        return RunStatus{state.state, state.reason, false, false, state.attempt};
    LATENT_TRY(const LeaseProbe lease, probeLease(run));
    RunStatus status{state.state, state.reason, lease.liveness == Liveness::Alive, false, lease.attempt};
    // A worker may have died between its lease and its first word.
    const bool begun =
        state.state == "running" || (state.state == "queued" && lease.liveness != Liveness::Vacant);
    if (begun && !status.alive) {
        if (lease.liveness == Liveness::Elsewhere) {
            status.state = "elsewhere";
            status.sentence =
                "The worker runs on " + lease.host + "; if its heartbeat stands still it is lost.";
        } else {
            status.state = "interrupted";
            status.sentence = "The worker vanished without a word: it was killed, or the machine stopped.";
        }
    }
    // Taken, but the first event has not been written yet.
    if (status.alive && state.state != "running" && state.state != "done") status.state = "running";
    status.resumable = !status.alive && status.state != "done" && status.state != "elsewhere";
    return status;
}

Result<RunStatus> runStatus(const std::filesystem::path& run) {
    LATENT_TRY(const RunState state, replayEvents(run));
    return runStatus(run, state);
}

}  // namespace latent::engine

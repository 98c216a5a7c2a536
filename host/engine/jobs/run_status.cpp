// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/run_status.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/json/text_in.hpp"
#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"

namespace latent::engine {
namespace {

/// How the newest attempt says that it ended, if it does; looked for at the end of the events, where it stands.
std::optional<nlohmann::json> lastWord(const std::filesystem::path& run) {
    constexpr std::uint64_t kEnd = 256u << 10;  // a state and its reason take less
    std::error_code none;
    const std::uint64_t size = std::filesystem::file_size(layout::events(run), none);
    if (none) return std::nullopt;
    std::optional<nlohmann::json> last;
    EventTail tail(run, size - std::min(size, kEnd));
    for (auto lines = tail.poll(); lines && !lines->empty(); lines = tail.poll())
        for (const EventLine& line : *lines) {
            const std::string type = textIn(*line.event, "type"), now = textIn(*line.event, "state");
            if (type == "attempt" || now == "running" || now == "queued")
                last.reset();
            else if (type == "state")
                last = *line.event;
        }
    return last;
}

}  // namespace

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
        } else if (const auto last = lastWord(run)) {
            // It ended after the state was replayed and before its lease was looked at.
            status.state = textIn(*last, "state");
            status.sentence = textIn(*last, "reason");
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

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests from others to a running worker: control/0007.json, numbered, made exclusively, void for later
// attempts.
//
// Anybody writes them; the computing child polls (one stat of the folder while nothing changes) and answers
// each in the events, so that the asker sees what became of it. One ControlWatch belongs to one thread.
//
//     LATENT_TRY(auto number, askControl(folder, attempt, ControlAction::Pause));      // in the desktop
//     LATENT_TRY(auto requests, watch.poll());                                         // in the child
//     for (const ControlRequest& request : requests) …; log.control(request.number, "pause", "done");

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/events.hpp"

namespace latent::engine {

enum class ControlAction { Pause, Stop, Checkpoint };

std::string_view controlActionName(ControlAction action);

struct ControlRequest {
    std::uint64_t number = 0;
    int attempt = 0;
    ControlAction action = ControlAction::Pause;
};

/// Writes the next request for that attempt; its number.
Result<std::uint64_t> askControl(const std::filesystem::path& run, int attempt, ControlAction action);

class ControlWatch {
  public:
    /// Requests of other attempts and malformed ones are answered "ignored" or "refused" in `log` and never
    /// given out.
    ControlWatch(std::filesystem::path run, int attempt);
    /// New requests for this attempt, in order of their numbers.
    Result<std::vector<ControlRequest>> poll(EventLog& log);

  private:
    std::filesystem::path m_run;
    int m_attempt;
    std::set<std::uint64_t> m_seen;
    std::int64_t m_folderTime = -1;
    int m_recheck = 0;
};

}  // namespace latent::engine

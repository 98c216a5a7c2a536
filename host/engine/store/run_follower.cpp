// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/store/layout.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What an attempt line voids: the bytes from its valid_bytes to itself.
template <class Attempts>
std::vector<Range> validRanges(const Attempts& attempts, std::uint64_t end) {
    // From the newest back: an attempt leaves [0, validBytes) and everything from its own line on; within the
    // first part only the attempts that lie there matter.
    std::vector<Range> ranges;
    for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
        if (attempt->begin >= end) continue;
        ranges.push_back({attempt->begin, end});
        end = std::min(end, attempt->validBytes);
    }
    ranges.push_back({0, end});
    std::reverse(ranges.begin(), ranges.end());
    return ranges;
}

std::uint64_t validBytesOf(const json& event, std::uint64_t begin) {
    const auto found = event.find("valid_bytes");
    if (found == event.end() || !found->is_number_unsigned()) return begin;
    return std::min(found->get<std::uint64_t>(), begin);
}

bool isAttempt(const json& event) { return event["type"] == "attempt"; }

/// Applies the events of the first `end` bytes that no later attempt voids.
template <class Attempts>
Result<RunState> replayRanges(const std::filesystem::path& run, const Attempts& attempts, std::uint64_t end) {
    RunState state;
    for (const Range& range : validRanges(attempts, end)) {
        EventTail tail(run, range.begin, range.end);
        while (true) {
            LATENT_TRY(const std::vector<EventLine> lines, tail.poll());
            if (lines.empty()) break;
            for (const EventLine& line : lines) state.apply(*line.event);
        }
    }
    return state;
}

}  // namespace

RunFollower::RunFollower(std::filesystem::path run) : m_run(run), m_tail(std::move(run)) {}

Result<bool> RunFollower::poll() {
    bool changed = false;
    while (true) {
        LATENT_TRY(const std::vector<EventLine> lines, m_tail.poll());
        if (m_tail.restarted()) {
            m_attempts.clear();
            m_state = {};
            changed = true;
        }
        if (lines.empty()) return changed;
        changed = true;
        bool isVoiding = false;
        for (const EventLine& line : lines) {
            if (!isAttempt(*line.event)) continue;
            m_attempts.push_back({line.begin, validBytesOf(*line.event, line.begin)});
            isVoiding = isVoiding || m_attempts.back().validBytes < line.begin;
        }
        if (isVoiding) {
            LATENT_CHECK(replayAll());
        } else {
            for (const EventLine& line : lines) m_state.apply(*line.event);
        }
    }
}

Status RunFollower::replayAll() {
    LATENT_TRY(m_state, replayRanges(m_run, m_attempts, m_tail.offset()));
    return ok();
}

Result<RunState> replayEvents(const std::filesystem::path& run, std::uint64_t bytes) {
    struct Begun {
        std::uint64_t begin;
        std::uint64_t validBytes;
    };
    std::vector<Begun> attempts;
    EventTail tail(run, 0, bytes);
    std::uint64_t end = 0;
    while (true) {
        LATENT_TRY(const std::vector<EventLine> lines, tail.poll());
        if (lines.empty()) break;
        for (const EventLine& line : lines) {
            end = line.end;
            if (isAttempt(*line.event))
                attempts.push_back({line.begin, validBytesOf(*line.event, line.begin)});
        }
    }
    return replayRanges(run, attempts, end);
}

}  // namespace latent::engine

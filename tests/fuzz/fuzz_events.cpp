// SPDX-License-Identifier: Apache-2.0
// The events of a run: whatever the bytes are and wherever a reader's polls cut them, it never fails, and it comes to the
// same state as one that reads them at once.
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/store/run_state.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

namespace {

bool same(const RunState& a, const RunState& b) {
    return a.state == b.state && a.attempt == b.attempt && a.resumedFrom == b.resumedFrom &&
           a.progressText == b.progressText && a.heartbeat == b.heartbeat && a.arrays == b.arrays &&
           a.segments.size() == b.segments.size() && a.checkpoint.has_value() == b.checkpoint.has_value() &&
           a.metrics.size() == b.metrics.size() && a.figures.size() == b.figures.size() &&
           a.controls.size() == b.controls.size() && a.slabs.size() == b.slabs.size() &&
           a.compactedSha256 == b.compactedSha256;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = size == 0 ? 0 : (data[0] * std::size_t{131} + data[size / 2]) % size;

    folder.write("events.ndjson", bytes.substr(0, cut));
    RunFollower follower(folder.path());
    require(bool(follower.poll()), "the first part is read");
    folder.write("events.ndjson", bytes.substr(cut), "ab");
    require(bool(follower.poll()), "the rest is read");

    const auto whole = replayEvents(folder.path());
    require(bool(whole), "all of it is read");
    require(same(follower.state(), *whole), "two polls come to the state of one");
    require(bool(replayEvents(folder.path(), cut)), "the start of it is read");

    EventTail tail(folder.path());
    std::uint64_t end = 0;
    for (bool more = true; more;) {
        const auto lines = tail.poll(64);
        require(bool(lines), "the tail is read");
        for (const EventLine& line : *lines) {
            require(line.begin >= end && line.end > line.begin && line.end <= size,
                    "lines follow each other");
            require(line.event->is_object() && line.event->at("type").is_string(), "an event has a type");
            end = line.end;
        }
        more = !lines->empty();
    }
    for (const SegmentInfo& segment : whole->segments)
        require(SegmentInfo::fromJson(segment.toJson()).has_value(), "segment");
    return 0;
}

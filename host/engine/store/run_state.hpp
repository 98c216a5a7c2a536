// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state of a run as its events tell it, kept up to date while they grow.
//
// A RunFollower reads only what is new at each poll. When a new attempt voids earlier events it starts over,
// with the void ranges left out. It trusts nothing: unknown types and odd fields are skipped. One thread at a
// time.
//
//     RunFollower follower(folder);
//     LATENT_TRY(bool changed, follower.poll());          // as often as a view wants, 10 Hz is cheap
//     follower.state().progress, follower.state().metrics.at("loss").points …

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/array_spec.hpp"
#include "engine/store/events.hpp"
#include "engine/store/intervals.hpp"

namespace latent::engine {

struct RowRange {
    std::uint64_t start = 0;
    std::uint64_t count = 0;
};

/// One live segment: which rows of which arrays and metrics it holds.
struct SegmentInfo {
    std::string name;  ///< "000012"
    int level = 0;     ///< of merging
    std::string sha256;
    std::uint64_t bytes = 0;
    std::map<std::string, RowRange> rows;
    std::map<std::string, RowRange> metrics;

    nlohmann::json toJson() const;
    static std::optional<SegmentInfo> fromJson(const nlohmann::json& event);
};

struct CheckpointInfo {
    std::string name;
    std::string sha256;
    bool keep = false;
    double time = 0;
};

/// A thinned curve for live views; exact values are read with RunReader::metric.
struct MetricPreview {
    std::vector<std::pair<std::int64_t, double>> points;  ///< at most 2,000, in order
    std::int64_t lastStep = 0;
    double lastValue = 0;
    std::uint64_t seen = 0;
};

struct ControlAnswer {
    std::string action;
    std::string outcome;
    std::string text;
};

struct RunState {
    std::string state = "queued";
    std::string reason;
    int exit = 0;
    int attempt = 0;
    std::string resumedFrom;  ///< checkpoint name, empty for a fresh start
    double fraction = 0;
    std::string progressText;
    std::uint64_t heartbeat = 0;
    double lastTime = 0;  ///< of the newest event, the writer's clock
    std::vector<ArraySpec> arrays;
    std::vector<SegmentInfo> segments;         ///< live ones, in order of their rows
    std::map<std::string, IntervalSet> slabs;  ///< elements written of each large array, row-major
    std::optional<CheckpointInfo> checkpoint;  ///< the newest
    std::map<std::string, MetricPreview> metrics;
    std::map<std::string, MetricWords> metricWords;  ///< of the metrics that the outputs declare
    std::map<std::string, std::shared_ptr<const nlohmann::json>> figures;
    std::vector<std::string> figureOrder;  ///< as they were declared: the author's order
    std::map<std::uint64_t, ControlAnswer> controls;
    std::string compactedSha256;  ///< of run.h5; empty while there is none
    std::string compactedState;   ///< as what it ended then; nothing that follows undoes "done"
    std::string contentDigest;    ///< equal for bit-identical results

    bool ended() const { return state == "done" || state == "failed" || state == "stopped"; }
    const ArraySpec* array(const std::string& name) const;
    /// Adds one event.
    void apply(const nlohmann::json& event);
};

class RunFollower {
  public:
    explicit RunFollower(std::filesystem::path run);

    /// Reads what is new; true when the state changed.
    Result<bool> poll();
    const RunState& state() const { return m_state; }
    std::uint64_t skippedLines() const { return m_tail.skippedLines(); }

  private:
    struct Attempt {
        std::uint64_t begin = 0;
        std::uint64_t validBytes = 0;
    };
    Status replayAll();
    std::filesystem::path m_run;
    EventTail m_tail;
    std::vector<Attempt> m_attempts;
    RunState m_state;
};

/// The state after the first `bytes` bytes of the events (all of them by default).
Result<RunState> replayEvents(const std::filesystem::path& run, std::uint64_t bytes = ~0ull);

}  // namespace latent::engine

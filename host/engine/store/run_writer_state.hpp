// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a RunWriter holds. Only for run_writer*.cpp and compaction.cpp; everything is done under `mutex`.
//
//     const std::lock_guard guard(m_state->mutex);
//     LATENT_CHECK(m_state->commit());

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/store/large_arrays.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/store/segment_writer.hpp"

namespace latent::engine {

struct RunWriter::State {
    /// A checkpoint that is still on the disk.
    struct Retained {
        std::string name;
        bool keep = false;
        std::set<std::string> segments;
    };
    /// The newest value of a metric, and when one was told.
    struct Curve {
        std::optional<std::pair<std::int64_t, double>> untold;
        double toldAt = -1e9;
    };

    State(std::filesystem::path folder, Attempt start, SealKey sealKey, RunWriterOptions choices,
          EventLog events);

    Status emit(nlohmann::json event);
    Emit emitter() {
        return [this](nlohmann::json event) { return emit(std::move(event)); };
    }
    Status tellMetrics(bool all);
    Status tellAll();
    Status commitIfDue();
    Status commit();
    Status removeUnnamed();
    Result<const ArraySpec*> specOf(const std::string& name) const;
    Result<const ArraySpec*> accept(const std::string& name, DType dtype, Shape& shape);
    Status declareArray(ArraySpec spec);
    Result<std::string> compact(const Ending& ending);

    mutable std::mutex mutex;
    std::filesystem::path run;
    Attempt attempt;
    SealKey key;
    RunWriterOptions options;
    EventLog log;
    Specs specs;
    std::vector<std::string> order;  ///< of declaration
    std::map<std::string, MetricWords> metricWords;
    std::map<std::string, std::shared_ptr<const nlohmann::json>> figures;
    std::vector<std::string> figureOrder;  ///< of declaration
    SegmentWriter segments;
    LargeArrays larges;
    std::vector<Retained> retained;
    std::map<std::string, Curve> curves;
    std::uint64_t eventsEnd = 0;  ///< after the last line of ours
    double committedAt = 0;
    double commitPause = 0;  ///< what the last commit asks for before the next, seconds
    double progressAt = -1e9;
    std::uint64_t nextCheckpoint = 1;
    CommitCost cost;
    bool finished = false;
};

}  // namespace latent::engine

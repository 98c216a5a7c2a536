// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads a run directory in any state, at any moment: being written, killed, finished, half gathered into
// run.h5.
//
// Files may vanish under a reader (merged segments, gathered runs); it then reads the events again and goes
// on with what they name now. Files of others are read in a reader child. One thread at a time; each thread
// opens its own.
//
//     LATENT_TRY(auto reader, RunReader::open(folder, files));
//     LATENT_TRY(bool changed, reader.refresh());
//     LATENT_TRY(Array last, reader.read("weights", {rows - 1, 0, 0}, {1, 64, 64}));
//     LATENT_TRY(MetricSeries loss, reader.metric("train_loss"));

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_files.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {

/// A published array as it is now.
struct PublishedArray {
    ArraySpec spec;
    Shape shape;          ///< rows committed so far
    bool present = true;  ///< false: declared, nothing committed yet
};

struct MetricSeries {
    std::vector<std::int64_t> steps;
    std::vector<double> values;
};

class RunReader {
  public:
    /// Refused (exit 3) when the directory is no run. `files` must outlive the reader.
    static Result<RunReader> open(const std::filesystem::path& run, RunFiles& files);
    RunReader(RunReader&&) noexcept;
    RunReader& operator=(RunReader&&) noexcept;
    ~RunReader();

    const std::filesystem::path& folder() const;
    /// Reads new events; true when something changed.
    Result<bool> refresh();
    const RunState& state() const;

    /// request.json, or the copy inside run.h5 where only that file is left.
    Result<Request> request();
    Result<nlohmann::json> provenance();
    /// Figures in one array, in the order in which they were declared.
    Result<nlohmann::json> figures();
    Result<nlohmann::json> claims();

    Result<std::vector<PublishedArray>> arrays();
    /// A box of an array: start and count per axis, strides if given.
    Result<Array> read(const std::string& name, const Shape& start, const Shape& count,
                       const Shape& stride = {});
    Result<Array> readAll(const std::string& name);
    Result<std::vector<std::string>> metrics();
    /// Labels and units of the metrics that the outputs declared.
    Result<std::map<std::string, MetricWords>> metricWords();
    /// Every value that is committed, in the order of the calls.
    Result<MetricSeries> metric(const std::string& name);

    /// SHA-256 over names, types, shapes and bytes of all arrays and metrics: equal when results are
    /// bit-identical.
    Result<std::string> contentDigest();

  private:
    struct State;
    explicit RunReader(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads published values out of a list of live segments as if each were one array. Used by the writer
// (merging, gathering) and by RunReader. One thread.
//
//     SegmentSet set(folder, state.segments, files);
//     LATENT_TRY(Array rows, set.readRows("weights", begin, count));

#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/run_files.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {

/// Where arrays and metrics lie in a segment file.
std::string segmentArray(const std::string& name);
std::string segmentMetric(const std::string& name, const char* column);  ///< "step" or "value"

class SegmentSet {
  public:
    SegmentSet(std::filesystem::path run, std::span<const SegmentInfo> segments, RunFiles& files);

    /// Names of arrays and metrics with committed values, sorted.
    std::set<std::string> arrays() const;
    std::set<std::string> metrics() const;
    /// Range of the rows that the segments hold together; a gap is an error (the account is damaged).
    Result<RowRange> arrayRows(const std::string& name) const;
    Result<RowRange> metricRows(const std::string& name) const;

    /// Rows of a growing array, by their number in the run.
    Result<Array> readRows(const ArraySpec& spec, std::uint64_t begin, std::uint64_t count) const;
    /// A box; start, count and stride per axis, the first axis in rows of the run.
    Result<Array> readBox(const ArraySpec& spec, const Shape& start, const Shape& count,
                          const Shape& stride) const;
    /// Steps (i64) or values (f64) of a metric.
    Result<Array> readMetric(const std::string& name, const char* column, std::uint64_t begin,
                             std::uint64_t count) const;

  private:
    Result<h5::Source*> open(const SegmentInfo& segment) const;
    std::filesystem::path m_run;
    std::span<const SegmentInfo> m_segments;
    RunFiles& m_files;
};

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Buffers what is published, writes it as segments, and merges segments by powers. Part of RunWriter, under
// its lock.
//
// A failed commit leaves the buffers as they were, so the next one writes the same values. Inputs of a merge
// are kept until no checkpoint names them.
//
//     LATENT_CHECK(segments.append(spec, view));
//     LATENT_CHECK(segments.commit(specs, emit));        // emit appends an event
//     segments.removeUnnamed(checkpoints);

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/result.hpp"
#include "engine/store/row_buffer.hpp"
#include "engine/store/run_files.hpp"
#include "engine/store/run_state.hpp"

namespace latent::engine {

using Specs = std::map<std::string, ArraySpec>;
using Emit = std::function<Status(nlohmann::json event)>;

class SegmentWriter {
  public:
    SegmentWriter(std::filesystem::path run, SealKey key, std::uint64_t imageBytes,
                  std::vector<SegmentInfo> live, std::uint64_t nextNumber);

    struct Rows {
        std::uint64_t start = 0;
        std::uint64_t count = 0;
        RowBuffer bytes;
    };
    struct Values {
        std::uint64_t start = 0;
        std::vector<std::int64_t> steps;
        std::vector<double> values;
    };

    /// Rows of a growing array, or the whole of another one; the view has the array's rank.
    void append(const ArraySpec& spec, const ArrayView& view);
    /// The same, taking the bytes over.
    void append(const ArraySpec& spec, const Shape& shape, std::string&& bytes);
    void addMetric(const std::string& name, std::int64_t step, double value);

    std::uint64_t rows(const std::string& name) const;
    std::uint64_t bufferedBytes() const { return m_bufferedBytes; }
    /// What waits for a commit, by name.
    const std::map<std::string, Rows>& bufferedRows() const { return m_rows; }
    const std::map<std::string, Values>& bufferedValues() const { return m_values; }
    const std::vector<SegmentInfo>& live() const { return m_live; }
    RunFiles& files() { return m_files; }
    std::uint64_t merges() const { return m_merges; }
    std::uint64_t bytesWritten() const { return m_bytesWritten; }

    /// Writes the buffers as one segment (nothing when they are empty), then merges what is due.
    Status commit(const Specs& specs, const Emit& emit);
    /// Removes segment files that are neither live nor in `named`.
    Status removeUnnamed(const std::set<std::string>& named);
    /// Removes all segment files (the run is gathered in run.h5).
    Status removeAll();

  private:
    Rows& room(const ArraySpec& spec, std::uint64_t rows);
    Status mergeDue(const Specs& specs, const Emit& emit);
    Status merge(const Specs& specs, std::size_t first, std::size_t count, int level, const Emit& emit);

    std::filesystem::path m_run;
    RunFiles m_files;
    std::uint64_t m_imageBytes;
    std::vector<SegmentInfo> m_live;
    std::set<std::string> m_unnamed;  ///< merged away, files perhaps still named by a checkpoint
    std::uint64_t m_nextNumber;
    std::map<std::string, Rows> m_rows;
    std::map<std::string, Values> m_values;
    std::map<std::string, std::uint64_t> m_rowTotals;
    std::map<std::string, std::uint64_t> m_valueTotals;
    std::uint64_t m_bufferedBytes = 0;
    std::uint64_t m_merges = 0;
    std::uint64_t m_bytesWritten = 0;
};

}  // namespace latent::engine

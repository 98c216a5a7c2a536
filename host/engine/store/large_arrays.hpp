// SPDX-License-Identifier: Apache-2.0
#pragma once
// The large arrays of a run, written by slab beside HDF5. Part of RunWriter, under its lock.
//
// A file is complete in structure before the first slab; slabs go to their place by pwrite. What was written
// is told in `slab` events (neighbouring slabs as one) and kept in the checkpoints.
//
//     LATENT_CHECK(larges.create(spec, emit));
//     LATENT_CHECK(larges.write(spec, start, view, seconds, emit));
//     LATENT_CHECK(larges.sync(emit));          // before a checkpoint: all slabs are on the disk

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "engine/files/operations.hpp"
#include "engine/files/seal.hpp"
#include "engine/store/intervals.hpp"
#include "engine/store/segment_writer.hpp"

namespace latent::engine {

class LargeArrays {
  public:
    LargeArrays(std::filesystem::path run, SealKey key, std::map<std::string, IntervalSet> written)
        : m_run(std::move(run)), m_key(std::move(key)), m_written(std::move(written)) {}

    Status create(const ArraySpec& spec, const Emit& emit);
    Status write(const ArraySpec& spec, const Shape& start, const ArrayView& view, double seconds,
                 const Emit& emit);
    /// Tells of slabs that were not told of yet, if the last time is long enough ago.
    Status tell(double seconds, const Emit& emit);
    Status tellNow(const Emit& emit);
    Status sync(const Emit& emit);
    const std::map<std::string, IntervalSet>& written() const { return m_written; }

  private:
    struct Open {
        File file;
        std::uint64_t offset = 0;
        bool isDirty = false;
    };
    struct Box {
        std::string name;
        Shape start;
        Shape count;
    };
    std::filesystem::path m_run;
    SealKey m_key;
    std::map<std::string, IntervalSet> m_written;
    std::map<std::string, Open> m_open;
    std::optional<Box> m_untold;
    double m_toldAt = -1e9;
};

}  // namespace latent::engine

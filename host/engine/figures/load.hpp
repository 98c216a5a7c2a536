// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a run directory, or a probe's reply, to the arrays that figures are resolved from.
//
// RunArrays keeps what was read and reads only what is new at each refresh: further rows of growing arrays, arrays that
// were replaced, metrics. It belongs to one thread (a reader of files); the ArraySet that it gives out may go anywhere.
// Arrays above the limit are left out and named in `leftOut`: figures over them are resolved from a box that the view
// selects (readFor).
//
//     LATENT_TRY(RunArrays live, RunArrays::open(folder, files));
//     LATENT_TRY(bool changed, live.refresh());                  // 10 Hz is cheap
//     send(live.arrays(), live.views(), live.state());

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/figures/array_set.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/result.hpp"
#include "engine/store/run_reader.hpp"

namespace latent::engine {
struct ProbeReply;
}

namespace latent::engine::figures {

class RunArrays {
  public:
    /// `files` must outlive it. `most` bytes are kept in memory of one array.
    static Result<RunArrays> open(const std::filesystem::path& run, RunFiles& files,
                                  std::uint64_t most = 256u << 20);
    RunArrays(RunArrays&&) noexcept;
    RunArrays& operator=(RunArrays&&) noexcept;
    ~RunArrays();

    /// Only these arrays (and their coordinates) are read; empty: every one. Metrics come from the events while the run
    /// goes on, thinned to 2,000 points each, and whole from the files when it has ended.
    void want(std::set<std::string> names);
    /// True when arrays, views or state changed.
    Result<bool> refresh();

    const ArraySet& arrays() const;
    /// As the plugin declared them.
    const std::vector<nlohmann::json>& views() const;
    /// And those that every run has (run_views.hpp): all that a window shows of it.
    std::vector<nlohmann::json> allViews();
    const RunState& state() const;
    RunReader& reader();
    /// Arrays that exist but are too large to keep, with their shapes.
    const std::vector<PublishedArray>& leftOut() const;
    /// Another text when an array that does not grow was set again.
    std::string versionOf(const std::string& array) const;
    /// The arrays of one view, those that were left out read as the box that it selects at these cursors. Refused when that
    /// box is too large as well.
    Result<ArraySet> readFor(const nlohmann::json& view, const Cursors& cursors,
                             const ResolveOptions& options = {});

  private:
    struct State;
    explicit RunArrays(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Arrays of a probe's reply, with units and dimensions from its outputs.
ArraySet arraysOf(const ProbeReply& reply);

}  // namespace latent::engine::figures

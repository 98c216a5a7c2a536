// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes a run from inside the computing child: arrays, metrics, checkpoints, large arrays, and at the end run.h5.
//
// Values are buffered and committed every 5 s, every 64 MB, at a checkpoint and at the end. There is no
// thread of its own: `poll()` commits when it is due, and the job calls it between steps (each publish and
// metric does so too). Calls may come from several threads; they take turns. When a call fails (a full disk)
// nothing is lost from the buffer and the call may be repeated. Views are copied before a call returns. A run that
// ends before its first commit is due is gathered in run.h5 straight from the buffer.
//
//     LATENT_TRY(auto writer, RunWriter::open(folder, std::move(attempt), key));
//     LATENT_CHECK(writer->declare(outputs));                      // {"arrays": […], "figures": […]}
//     LATENT_CHECK(writer->publish("loss", view));                 // growing: appends rows; fixed: sets it whole
//     LATENT_CHECK(writer->metric("train_loss", step, value));
//     LATENT_CHECK(writer->checkpoint({{"step", step}}, {{"weights", weights}}));
//     LATENT_CHECK(writer->finish({.state = "done"}));

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/files/seal.hpp"
#include "engine/h5/array.hpp"
#include "engine/result.hpp"
#include "engine/store/events.hpp"
#include "engine/store/recovery.hpp"

namespace latent::engine {

struct RunWriterOptions {
    double commitSeconds = 5;
    double commitShare = 1 / 150.;     ///< of the time: commits that take long are made less often,
    double longestCommitSeconds = 300; ///< but at least this often
    std::uint64_t commitBytes = 64ull << 20;
    std::uint64_t imageBytes = 256ull << 20;  ///< larger files go straight to a temporary file
    double metricsPerSecond = 20;             ///< of one metric, in the events
    double progressPerSecond = 10;
    std::size_t goodCheckpoints = 2;  ///< kept besides those asked to keep
    std::function<double()> seconds;  ///< a clock that only goes forward; empty: the steady clock
};

/// What a commit wrote, for those who measure.
struct CommitCost {
    std::uint64_t commits = 0;
    std::uint64_t merges = 0;
    std::uint64_t bytes = 0;
    double seconds = 0;  ///< in commits, merges and checkpoints together
};

struct Ending {
    std::string state = "done";  ///< done | stopped | failed
    std::string reason{};
    std::shared_ptr<const nlohmann::json> claims{};  ///< declarations, for run.h5; may be null
};

class RunWriter {
  public:
    /// `attempt` comes from beginAttempt; the state of its checkpoint is taken over.
    static Result<std::unique_ptr<RunWriter>> open(const std::filesystem::path& run, Attempt attempt,
                                                   SealKey key, RunWriterOptions options = {});
    ~RunWriter();

    /// What this attempt goes on from; null for a fresh start.
    const Checkpoint* resumedFrom() const;
    EventLog& events();

    /// Declares arrays and figures. The same declaration again (after a resume) adds nothing; a different one
    /// for a known name is refused (exit 2).
    Status declare(const nlohmann::json& outputs);
    /// Adds or replaces a figure by its "name".
    Status figure(const nlohmann::json& view);
    /// Growing arrays: appends rows (a view with one axis less is one row). Others: sets the whole array.
    Status publish(const std::string& name, const ArrayView& view);
    /// The same without a copy: the array is taken over if the call succeeds.
    Status publish(const std::string& name, Array&& array);
    /// Rows of a growing array so far.
    Result<std::uint64_t> rows(const std::string& name) const;
    Status metric(const std::string& name, std::int64_t step, double value);
    Status progress(double fraction, const std::string& text = {});
    Status log(const std::string& level, const std::string& text);

    /// Makes the file of a declared large array; one that exists already (after a resume) is gone on with.
    Status createLarge(const std::string& name);
    /// Declares and makes one that was not among the outputs; `spec` as in the outputs JSON.
    Status declareLarge(const nlohmann::json& spec);
    /// Writes a box of a large array: start per axis, extents from the view.
    Status writeSlab(const std::string& name, const Shape& start, const ArrayView& view);

    /// Commits if it is due.
    Status poll();
    /// Commits what is buffered, now.
    Status commit();
    /// Commits, then writes the next checkpoint; its name. Older ones go, except the last good ones and the
    /// kept.
    Result<std::string> checkpoint(const nlohmann::json& state, const std::vector<NamedArray>& arrays,
                                   bool keep = false);
    /// Commits and gathers everything but the large arrays in run.h5; the content digest. When the state is
    /// "done" the segments go; a stopped or failed run keeps them, so that it can be resumed.
    Result<std::string> finish(const Ending& ending);

    CommitCost cost() const;

  private:
    struct State;
    explicit RunWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace latent::engine

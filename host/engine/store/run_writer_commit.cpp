// SPDX-License-Identifier: Apache-2.0
// The moments at which a run becomes durable: commits, checkpoints, the end.
#include <algorithm>

#include "engine/files/operations.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/run_writer_state.hpp"

namespace latent::engine {
namespace {

/// Adds the time of a scope to a sum.
class Timer {
  public:
    Timer(const std::function<double()>& seconds, double& sum)
        : m_seconds(seconds), m_sum(sum), m_begin(seconds()) {}
    ~Timer() { m_sum += m_seconds() - m_begin; }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

  private:
    const std::function<double()>& m_seconds;
    double& m_sum;
    double m_begin;
};

}  // namespace

Status RunWriter::State::commitIfDue() {
    if (segments.bufferedBytes() >= options.commitBytes) return commit();
    if (options.seconds() - committedAt < std::max(options.commitSeconds, commitPause)) return ok();
    return commit();
}

Status RunWriter::State::tellAll() {
    LATENT_CHECK(tellMetrics(true));
    return larges.tellNow(emitter());
}

Status RunWriter::State::commit() {
    const double begin = committedAt = options.seconds();
    LATENT_CHECK(tellAll());
    if (segments.bufferedBytes() == 0) return ok();
    {
        const Timer timer(options.seconds, cost.seconds);
        LATENT_CHECK(segments.commit(specs, emitter()));
        LATENT_CHECK(removeUnnamed());
    }
    ++cost.commits;
    committedAt = options.seconds();
    // Arrays of a fixed size are written whole each time, and disks differ: what a commit costs is known only afterwards.
    commitPause = std::min((committedAt - begin) / options.commitShare, options.longestCommitSeconds);
    return ok();
}

Status RunWriter::State::removeUnnamed() {
    std::set<std::string> named;
    for (const Retained& checkpoint : retained)
        named.insert(checkpoint.segments.begin(), checkpoint.segments.end());
    return segments.removeUnnamed(named);
}

Result<std::string> RunWriter::checkpoint(const nlohmann::json& state, const std::vector<NamedArray>& arrays,
                                          bool keep) {
    const std::lock_guard guard(m_state->mutex);
    State& self = *m_state;
    LATENT_CHECK(self.commit());
    const Timer timer(self.options.seconds, self.cost.seconds);
    // All that the checkpoint names is on the disk before it is.
    LATENT_CHECK(self.larges.sync(self.emitter()));
    LATENT_CHECK(self.log.sync());
    Checkpoint account;
    account.name = layout::sixDigits(self.nextCheckpoint);
    account.attempt = self.attempt.number;
    account.keep = keep;
    account.state = std::make_shared<const nlohmann::json>(state);
    account.segments = self.segments.live();
    account.eventsBytes = self.eventsEnd;
    account.slabs = self.larges.written();
    for (const std::string& name : self.order) account.specs.push_back(self.specs.at(name));
    account.figures = self.figures;
    ++self.nextCheckpoint;
    LATENT_TRY(const std::string sha256, writeCheckpoint(self.run, account, arrays, self.key));
    State::Retained retained{account.name, keep, {}};
    for (const SegmentInfo& segment : account.segments) retained.segments.insert(segment.name);
    self.retained.push_back(std::move(retained));
    LATENT_CHECK(
        self.emit({{"type", "checkpoint"}, {"name", account.name}, {"sha256", sha256}, {"keep", keep}}));

    std::size_t newer = 0;
    for (std::size_t i = self.retained.size(); i-- > 0;) {
        if (newer++ < self.options.goodCheckpoints || self.retained[i].keep) continue;
        LATENT_CHECK(removeFile(layout::checkpoint(self.run, self.retained[i].name)));
        self.retained.erase(self.retained.begin() + static_cast<std::ptrdiff_t>(i));
    }
    LATENT_CHECK(self.removeUnnamed());
    return account.name;
}

Result<std::string> RunWriter::finish(const Ending& ending) {
    const std::lock_guard guard(m_state->mutex);
    State& self = *m_state;
    if (self.finished) return badRequest("The run " + self.run.string() + " was finished already.");
    if (ending.state != "done" && ending.state != "stopped" && ending.state != "failed") {
        return badRequest("A run ends as done, stopped or failed, not as \"" + ending.state + "\".");
    }
    // A short run, of which nothing was committed yet, is gathered from its buffers: its one commit is run.h5.
    LATENT_CHECK(self.segments.live().empty() ? self.tellAll() : self.commit());
    LATENT_CHECK(self.larges.sync(self.emitter()));
    LATENT_TRY(std::string digest, self.compact(ending));
    self.finished = true;
    // From here on the run is read from run.h5. What follows only tidies: a failure changes nothing, and
    // beginAttempt tidies once more.
    if (ending.state == "done") static_cast<void>(self.segments.removeAll());
    return digest;
}

}  // namespace latent::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One run as the reader thread follows it: when to look again, what has changed, and the snapshot of it.
//
// It starts with the events alone and reads arrays only where somebody draws them. A problem is told once and looked at
// again later: the folder may still be being copied, or a network may come back. Reader thread only.
//
//     FollowedRun run(folder, true);
//     if (run.isDue(now) && run.look(files, now)) send(run.snapshot());

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "desktop/live/snapshot.hpp"
#include "engine/figures/load.hpp"
#include "engine/store/run_files.hpp"

namespace latent::desktop {

class FollowedRun {
  public:
    using Clock = std::chrono::steady_clock;
    FollowedRun(std::filesystem::path run, bool arrays);

    /// Switches between events alone and arrays too; what was read of arrays is given back.
    void setArrays(bool arrays);
    bool isDue(Clock::time_point now) const { return now >= m_nextLook; }
    Clock::time_point nextLook() const { return m_nextLook; }
    /// Something may happen now: looks at once, and often for a while.
    void lookSoon() { m_nextLook = {}, m_nextStatus = {}, m_poked = Clock::now(); }
    /// Reads what is new; true when a snapshot should be sent.
    bool look(engine::RunFiles& files, Clock::time_point now);
    /// Something changed that was not sent yet.
    bool isDirty() const { return m_isDirty; }
    RunSnapshotPtr snapshot();
    /// All arrays, and of those that are too large to be kept the part that the view selects.
    engine::Result<engine::figures::ArraySet> readFor(const nlohmann::json& view,
                                                      const engine::figures::Cursors& cursors,
                                                      const engine::figures::ResolveOptions& options);
    void fail(const std::string& sentence, Clock::time_point now);

  private:
    /// Of an array that is too large to be kept. Its address says whether the array changed, so it stays as long as that.
    struct Outline {
        std::string version;
        engine::IntervalSet written;
        engine::Shape shape;
        std::shared_ptr<const engine::figures::LoadedArray> array;
    };
    std::shared_ptr<const engine::figures::LoadedArray> outlineOf(const engine::PublishedArray& published);
    engine::Result<bool> read(engine::RunFiles& files);
    engine::Result<bool> readStatus(Clock::time_point now);
    const engine::RunState& state() const;
    Clock::duration pause() const;

    std::filesystem::path m_run;
    bool m_wantsArrays;
    std::optional<engine::RunFollower> m_follower;
    std::optional<engine::figures::RunArrays> m_arrays;
    std::map<std::string, Outline> m_outlines;
    nlohmann::json m_request;
    engine::RunStatus m_status;
    std::string m_problem, m_stateSeen;
    Clock::time_point m_nextLook{}, m_nextStatus{}, m_changed{}, m_poked{};
    bool m_isDirty = false;
};

}  // namespace latent::desktop

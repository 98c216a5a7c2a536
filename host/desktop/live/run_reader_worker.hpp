// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The thread side of RunService: follows open runs and makes snapshots of them.
//
// More than ten times a second it looks at the runs that go on; those that have ended are looked at ever more rarely. A
// run has at most one snapshot on its way to the UI thread: while the window is busy, changes gather here. Lives on the
// thread of RunService, which calls its slots queued; only `taken` is called from the UI thread directly.

#include <QObject>
#include <QTimer>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "desktop/live/snapshot.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/store/run_files.hpp"

namespace latent::desktop {

class FollowedRun;

class RunReaderWorker : public QObject {
    Q_OBJECT
  public:
    RunReaderWorker();
    ~RunReaderWorker() override;

    /// With `arrays` the figures' numbers are read as well. Replaces what was said of this run before.
    void follow(const std::filesystem::path& run, bool arrays);
    void leave(const std::filesystem::path& run);
    /// For RunService::readFor.
    engine::Result<engine::figures::ArraySet> readFor(const std::filesystem::path& run,
                                                      const nlohmann::json& view,
                                                      const engine::figures::Cursors& cursors,
                                                      const engine::figures::ResolveOptions& options);
    /// Looks at every run at once.
    void poke();

    /// The UI thread has taken the snapshot of this run; the next one may be sent. Any thread.
    void taken(const std::filesystem::path& run);

  Q_SIGNALS:
    void looked(latent::desktop::RunSnapshotPtr snapshot);

  private:
    void look();
    void sleep();
    bool isOnItsWay(const std::filesystem::path& run);
    engine::RunFiles* files();

    QTimer* m_timer;
    std::optional<engine::RunFiles> m_files;
    std::string m_filesProblem;
    std::map<std::filesystem::path, std::unique_ptr<FollowedRun>> m_runs;
    std::mutex m_mutex;
    std::set<std::filesystem::path> m_onTheirWay;  ///< under m_mutex
};

}  // namespace latent::desktop

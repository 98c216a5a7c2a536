// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Reads open runs on a thread of its own, ten times a second, and gives snapshots to the UI thread.
//
// The only place of the desktop that reads run directories of open runs. Opening the same run twice shares one reader;
// close() as often as open(). Slow disks and hostile files delay this thread, never the window. UI thread only.
//
//     RunService service;
//     connect(&service, &RunService::snapshot, this, [&](RunSnapshotPtr s) { if (s->folder == mine) show(s); });
//     service.open(folder);

#include <QObject>
#include <QThread>
#include <array>
#include <filesystem>
#include <functional>
#include <map>

#include "desktop/live/snapshot.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/result.hpp"

namespace latent::desktop {

class RunReaderWorker;

class RunService : public QObject {
    Q_OBJECT
  public:
    enum class Depth { State, Arrays };  ///< only the events (jobs list), or arrays too (views)
    explicit RunService(QObject* parent = nullptr);
    ~RunService() override;

    void open(const std::filesystem::path& run, Depth depth = Depth::Arrays);
    void close(const std::filesystem::path& run, Depth depth = Depth::Arrays);
    /// The newest snapshot, null before the first.
    RunSnapshotPtr latest(const std::filesystem::path& run) const;
    /// Reads what the view selects of arrays too large to be kept (RunSnapshot::outlines). The answer, with all
    /// other arrays beside it, comes later on the UI thread, a sentence when it cannot be read.
    using Answer = std::function<void(const engine::Result<engine::figures::ArraySet>&)>;
    void readFor(const std::filesystem::path& run, const nlohmann::json& view,
                 const engine::figures::Cursors& cursors, const engine::figures::ResolveOptions& options,
                 Answer answer);
    /// Looks at once instead of at the next tick: after a control request, or when a window is shown.
    void poke();

  Q_SIGNALS:
    /// Something of this run changed.
    void snapshot(latent::desktop::RunSnapshotPtr snapshot);

  private:
    void receive(const RunSnapshotPtr& snapshot);
    struct Opened {
        std::array<int, 2> count{};  ///< how often at each depth
        RunSnapshotPtr latest;
    };
    QThread m_thread;
    RunReaderWorker* m_worker;  ///< lives on m_thread
    std::map<std::filesystem::path, Opened> m_opened;
};

}  // namespace latent::desktop

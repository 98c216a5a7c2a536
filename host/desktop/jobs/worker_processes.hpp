// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The workers that this program has started: so that none becomes a zombie, and one that could not begin is noticed.
//
// They run in sessions of their own and outlive the program; whether a run goes on is told by its lease, never by this
// list. UI thread only; starting one takes a few milliseconds (posix_spawn).
//
//     LATENT_CHECK(workers.start(run));
//     for (const WorkerExit& exit : workers.reap()) …      // now and then

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "engine/result.hpp"

namespace latent::desktop {

struct WorkerExit {
    std::filesystem::path run;
    int code = 0;  ///< -1: ended by a signal
};

class WorkerProcesses {
  public:
    WorkerProcesses() = default;
    /// Those that still run are waited for by whoever reaps next in this process.
    ~WorkerProcesses();
    WorkerProcesses(const WorkerProcesses&) = delete;
    WorkerProcesses& operator=(const WorkerProcesses&) = delete;
    engine::Status start(const std::filesystem::path& run);
    /// Those that have ended since the last call.
    std::vector<WorkerExit> reap();
    /// Nothing to reap, not even of others before it.
    bool empty() const;

  private:
    struct Started {
        pid_t process;
        std::filesystem::path run;
    };
    std::vector<Started> m_started;
};

}  // namespace latent::desktop

// SPDX-License-Identifier: Apache-2.0
#pragma once
// One worker process of a sweep: started by this executor, or by an earlier one and still alive.
//
// The executor owns it and asks it in its loop. Dropping it does not end the worker. One thread.
//
//     LATENT_CHECK(WorkerWatch::makeRunOf(job, catalog, sweep, request, cells, events));
//     LATENT_TRY(WorkerWatch worker, WorkerWatch::start(sweep, job, false));
//     LATENT_TRY(bool ended, worker.ended());

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/store/control.hpp"
#include "engine/store/events.hpp"
#include "engine/store/run_state.hpp"
#include "engine/sweep/ledger.hpp"

namespace latent::engine {

class WorkerWatch {
  public:
    /// Makes the run of a job that has none yet and names it in the job. The event that names it is written before it is made.
    static Status makeRunOf(LedgerJob& job, const PluginCatalog& catalog, const std::filesystem::path& sweep,
                            const nlohmann::json& request, const std::vector<PlannedCell>& cells,
                            EventLog& events);
    /// Starts a worker on the run of the job.
    static Result<WorkerWatch> start(const std::filesystem::path& sweep, LedgerJob job, bool takeOver);
    static WorkerWatch adopt(std::filesystem::path folder, LedgerJob job);

    const LedgerJob& job() const { return m_job; }
    const std::filesystem::path& folder() const { return m_folder; }
    /// How far it says it is, as of the last listen().
    double fraction() const { return m_fraction; }
    void listen();

    Result<bool> ended();
    /// Asks it to pause or stop, once; does nothing before it has begun its attempt.
    void ask(ControlAction action) const;

  private:
    WorkerWatch(std::filesystem::path folder, LedgerJob job, pid_t process);

    std::filesystem::path m_folder;
    LedgerJob m_job;
    pid_t m_process = -1;  ///< -1: not our child
    int m_attempt = 0;     ///< that this worker must at least have
    std::unique_ptr<RunFollower> m_follower;
    double m_fraction = 0, m_lastProbe = 0;
    mutable int m_asked = 0;
};

}  // namespace latent::engine

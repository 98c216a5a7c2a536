// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the job queue knows beside what it shows; for the files of JobQueue alone. UI thread only.

#include <QTimer>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "desktop/jobs/job_progress.hpp"
#include "desktop/jobs/job_queue.hpp"
#include "desktop/jobs/open_runs.hpp"
#include "desktop/jobs/worker_processes.hpp"
#include "desktop/live/file_thread.hpp"

namespace latent::desktop {

struct JobQueue::Detail {
    // While its folder is being made.
    engine::RunOrder order;
    Made made;
    bool isPreparing = false;
    // To be started when there are cores, and not before this moment.
    bool isWanted = false;
    std::chrono::steady_clock::time_point notBefore{};
    // Started here; its worker has not taken the lease of a later attempt yet.
    bool isStarting = false;
    int attemptBefore = 0;
    std::optional<engine::ControlAction> wish;   ///< asked for before there was an attempt to ask
    // As last seen.
    bool isFollowed = false;
    bool wasActive = false;
    int attempt = 0;
    std::optional<std::uint64_t> asked;   ///< number of the open control request
    std::chrono::steady_clock::time_point seen{};
    double checkpointAgeThen_s = -1;      ///< at `seen`
    JobProgress progress;
};

struct JobQueue::Parts {
    explicit Parts(RunService& itsService) : service(itsService) {}
    Detail& of(const Job& job) { return details[job.id]; }

    RunService& service;
    std::filesystem::path workspace;
    std::uint64_t workspaces = 0;         ///< counts setWorkspace, so that late answers are known as such
    std::map<int, Detail> details;        ///< by Job::id
    int nextId = 1;
    bool isPreparing = false;
    bool isLooking = false;
    bool isAnnouncing = false;
    std::string newestSeen;               ///< of the open runs
    std::set<std::filesystem::path> forgotten;
    WorkerProcesses workers;
    QTimer* tick = nullptr;
    QTimer* look = nullptr;
    FileThread files;                     ///< last: its answers use what is above
};

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
// What the runs of the queue say: their states, how fast they get on, and that they have ended.
#include <algorithm>
#include <cmath>
#include <utility>

#include "desktop/jobs/job_queue_state.hpp"
#include "desktop/live/run_title.hpp"
#include "engine/files/operations.hpp"
#include "engine/store/lease.hpp"

namespace latent::desktop {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

int threadsOf(const nlohmann::json& request) {
    const auto found = request.find("threads");
    return found != request.end() && found->is_number_integer() ? std::clamp(found->get<int>(), 1, 4096) : 1;
}

std::string textAt(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void JobQueue::receive(const RunSnapshotPtr& snapshot) {
    Job* job = jobOf(snapshot->folder);
    if (!job) return;
    Detail& detail = m_parts->of(*job);
    const bool wasActive = detail.wasActive;
    announce();
    if (!snapshot->problem.empty()) return explain(*job, snapshot->problem);
    show(*job, detail, *snapshot);
    if (!wasActive || detail.wasActive) return;
    // It has just come to its end. Those that cannot go on need no follower any more.
    const auto run = job->run;
    const QString state = QString::fromStdString(job->state);
    if (!detail.isWanted && (job->state == "done" || job->state == "failed" || job->state == "stopped"))
        follow(*job, false);
    schedule();
    Q_EMIT ended(run, state);
}

/// A folder that is gone (to the trash, by hand) is no job any more; any other problem is shown beside it.
void JobQueue::explain(Job& job, const std::string& sentence) {
    job.reason = sentence;
    const int id = job.id;
    m_parts->files.run([run = job.run] { return engine::fileExists(run); },
                       [this, id](bool isThere) {
                           if (!isThere) remove(id);
                       });
}

void JobQueue::show(Job& job, Detail& detail, const RunSnapshot& snapshot) {
    const engine::RunState& state = snapshot.state;
    const engine::RunStatus& status = snapshot.status;
    if (snapshot.request.is_object()) {
        job.experiment = textAt(snapshot.request, "experiment");
        job.title = RunTitles::title(snapshot.request).toStdString();
        job.threads = threadsOf(snapshot.request);
    }
    detail.attempt = status.attempt;
    detail.seen = Clock::now();
    const bool begun = status.alive || status.attempt > detail.attemptBefore;
    if (detail.isStarting && begun) {
        detail.isStarting = false;
        if (const auto wish = std::exchange(detail.wish, std::nullopt); wish && status.alive)
            QMetaObject::invokeMethod(
                this, [this, run = job.run, action = *wish] { ask(run, action); }, Qt::QueuedConnection);
    }
    if (status.alive) detail.isWanted = false;  // somebody else has started it
    job.state = !status.alive && (detail.isWanted || detail.isStarting) ? "queued" : status.state;
    job.reason = job.state == status.state ? status.sentence : std::string();
    job.resumable = status.resumable && job.state != "queued";
    job.fraction = state.state == "done" ? 1 : state.fraction;
    job.progressText = state.progressText;
    detail.progress.add(state.attempt, state.lastTime, state.fraction);
    job.rate = detail.progress.rate();
    job.secondsLeft = detail.progress.secondsLeft();
    detail.checkpointAgeThen_s =
        state.checkpoint ? std::max(0.0, state.lastTime - state.checkpoint->time) : -1;
    job.checkpointAge_s = detail.checkpointAgeThen_s;
    if (detail.asked) {
        if (const auto answer = state.controls.find(*detail.asked); answer != state.controls.end()) {
            if (answer->second.outcome == "refused")
                Q_EMIT problem(QString::fromStdString(answer->second.text));
            detail.asked.reset();
            job.asked = false;
        }
    }
    const bool isActive = detail.isStarting || job.state == "running" || job.state == "elsewhere";
    if (!isActive) {
        detail.asked.reset();
        job.asked = false;
    }
    // A short run may have come and gone between two looks: it has ended all the same.
    detail.wasActive = isActive;
}

void JobQueue::reap() {
    for (const WorkerExit& exit : m_parts->workers.reap()) {
        m_parts->service.poke();
        Job* job = jobOf(exit.run);
        if (!job || exit.code == 0) continue;
        Detail& detail = m_parts->of(*job);
        if (!detail.isStarting || detail.attempt > detail.attemptBefore) continue;
        // It may have taken its lease a moment ago; the next look tells. Without one it never began.
        const int id = job->id, attempt = detail.attemptBefore;
        const auto run = job->run;
        m_parts->files.run(
            [run] { return engine::probeLease(run); },
            [this, id, attempt](const engine::Result<engine::LeaseProbe>& lease) {
                Job* still = jobOf(id);
                if (!still || (lease && lease->attempt > attempt)) return;
                Detail& its = m_parts->of(*still);
                its.isStarting = its.wasActive = false;
                its.wish.reset();
                still->asked = false;
                still->reason =
                    tr("Its worker ended before it began. `latent resume %1` in a terminal says why.")
                        .arg(QString::fromStdString(still->run.filename().string()))
                        .toStdString();
                still->resumable = true;
                Q_EMIT problem(QString::fromStdString(still->title + ": " + still->reason));
                schedule();
            });
    }
}

/// Twice a second: what only the clock changes.
void JobQueue::tick() {
    if (!m_parts->workers.empty()) reap();
    bool anyActive = false, anyWanted = false;
    for (Job& job : m_jobs) {
        const Detail& detail = m_parts->of(job);
        anyWanted = anyWanted || detail.isWanted;
        if (job.state != "running") continue;
        anyActive = true;
        if (detail.checkpointAgeThen_s >= 0)
            job.checkpointAge_s = detail.checkpointAgeThen_s + secondsSince(detail.seen);
    }
    if (anyWanted) schedule();
    if (anyActive) announce();
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
// The queue's order, its budget of cores, and what may be asked of a job. How jobs come in: job_intake.cpp; what their
// runs say: job_watch.cpp.
#include "desktop/jobs/job_queue.hpp"

#include <QThread>
#include <algorithm>

#include "desktop/jobs/job_queue_state.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/jobs/trash.hpp"

namespace latent::desktop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTick_ms = 500;
constexpr int kLookForRuns_ms = 5000;

QString nameOf(const std::filesystem::path& run) { return QString::fromStdString(run.filename().string()); }

}  // namespace

JobQueue::JobQueue(RunService& service, QObject* parent)
    : QObject(parent),
      m_parts(std::make_unique<Parts>(service)),
      m_cores(std::max(1, QThread::idealThreadCount())) {
    LatentCommand::serveEngine();
    connect(&service, &RunService::snapshot, this, &JobQueue::receive);
    m_parts->tick = new QTimer(this);
    m_parts->tick->setInterval(kTick_ms);
    connect(m_parts->tick, &QTimer::timeout, this, &JobQueue::tick);
    m_parts->tick->start();
    m_parts->look = new QTimer(this);
    m_parts->look->setInterval(kLookForRuns_ms);
    connect(m_parts->look, &QTimer::timeout, this, &JobQueue::lookForOpenRuns);
}

JobQueue::~JobQueue() {
    for (const Job& job : m_jobs) follow(job, false);
}

void JobQueue::setWorkspace(const std::filesystem::path& workspace) {
    std::vector<Made> dropped;
    for (const Job& job : m_jobs) {
        follow(job, false);
        if (Detail& detail = m_parts->of(job); detail.isPreparing && detail.made)
            dropped.push_back(std::move(detail.made));
    }
    m_jobs.clear();
    m_parts->details.clear();
    m_parts->forgotten.clear();
    m_parts->newestSeen.clear();
    m_parts->isPreparing = false;
    m_parts->workspace = workspace;
    ++m_parts->workspaces;
    m_parts->look->start();
    lookForOpenRuns();
    announce();
    // Whoever waits for a folder is told that this queue will not say it.
    for (const Made& made : dropped)
        made(engine::failed(tr("The workspace was changed before the run was made.").toStdString()));
}

void JobQueue::refresh() { lookForOpenRuns(); }

void JobQueue::setCoreBudget(int cores) {
    m_cores = std::max(1, cores);
    schedule();
    announce();
}

int JobQueue::coresInUse() const {
    int cores = 0;
    for (const Job& job : m_jobs)
        if (job.state == "running" || m_parts->of(job).isStarting) cores += job.threads;
    return cores;
}

Job* JobQueue::jobOf(int id) {
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job& job) { return job.id == id; });
    return found == m_jobs.end() ? nullptr : &*found;
}

Job* JobQueue::jobOf(const std::filesystem::path& run) {
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [&](const Job& job) { return job.run == run; });
    return run.empty() || found == m_jobs.end() ? nullptr : &*found;
}

const Job* JobQueue::find(const std::filesystem::path& run) const {
    return const_cast<JobQueue*>(this)->jobOf(run);
}

Job& JobQueue::append(const std::filesystem::path& run) {
    Job job;
    job.id = m_parts->nextId++;
    job.run = run;
    job.title = run.filename().string();
    job.state = "queued";
    m_jobs.push_back(std::move(job));
    m_parts->details[m_jobs.back().id] = {};
    if (!run.empty()) follow(m_jobs.back(), true);
    return m_jobs.back();
}

void JobQueue::follow(const Job& job, bool on) {
    bool& isFollowed = m_parts->of(job).isFollowed;
    if (job.run.empty() || isFollowed == on) return;
    isFollowed = on;
    on ? m_parts->service.open(job.run, RunService::Depth::State)
       : m_parts->service.close(job.run, RunService::Depth::State);
}

void JobQueue::remove(int id) {
    const Job* job = jobOf(id);
    if (!job) return;
    follow(*job, false);
    if (!job->run.empty()) m_parts->forgotten.insert(job->run);
    m_parts->details.erase(id);
    std::erase_if(m_jobs, [&](const Job& one) { return one.id == id; });
    announce();
}

/// Views are told once for all that happens in one go.
void JobQueue::announce() {
    if (std::exchange(m_parts->isAnnouncing, true)) return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_parts->isAnnouncing = false;
            Q_EMIT changed();
        },
        Qt::QueuedConnection);
}

/// Starts what fits, in order: nobody overtakes, so that a wide job is not starved by narrow ones behind it.
void JobQueue::schedule() {
    int used = coresInUse();
    QStringList problems;
    for (Job& job : m_jobs) {
        Detail& detail = m_parts->of(job);
        if (detail.isPreparing) break;
        if (!detail.isWanted) continue;
        const bool fits =
            used + job.threads <= m_cores || used == 0;  // one that is wider than the budget runs alone
        if (!fits || Clock::now() < detail.notBefore) break;
        detail.isWanted = false;
        if (const engine::Status started = m_parts->workers.start(job.run); !started) {
            job.reason = started.error().message;
            job.resumable = true;
            problems << QString::fromStdString(started.error().message);
            continue;
        }
        detail.isStarting = detail.wasActive = true;
        detail.attemptBefore = detail.attempt;
        used += job.threads;
        follow(job, true);
        m_parts->service.poke();
    }
    announce();
    for (const QString& sentence : problems) Q_EMIT problem(sentence);
}

void JobQueue::ask(const std::filesystem::path& run, engine::ControlAction action) {
    Job* job = jobOf(run);
    if (!job) return;
    if (m_parts->of(*job).isStarting) {  // its attempt has no number yet that a request could name
        m_parts->of(*job).wish = action;
        job->asked = true;
        job->askedFor = action;
        return announce();
    }
    if (job->state != "running" && job->state != "elsewhere") {
        Q_EMIT problem(
            tr("Nobody is computing %1: it is %2.").arg(nameOf(run), QString::fromStdString(job->state)));
        return;
    }
    job->asked = true;
    job->askedFor = action;
    const int id = job->id, attempt = m_parts->of(*job).attempt;
    m_parts->files.run([=] { return engine::askControl(run, attempt, action); },
                       [this, id](const engine::Result<std::uint64_t>& number) {
                           Job* still = jobOf(id);
                           if (!still) return;
                           if (number) {
                               m_parts->of(*still).asked = *number;
                           } else {
                               still->asked = false;
                               Q_EMIT problem(QString::fromStdString(number.error().message));
                           }
                           m_parts->service.poke();
                           announce();
                       });
    announce();
}

void JobQueue::pause(const std::filesystem::path& run) { ask(run, engine::ControlAction::Pause); }
void JobQueue::stop(const std::filesystem::path& run) { ask(run, engine::ControlAction::Stop); }
void JobQueue::checkpoint(const std::filesystem::path& run) { ask(run, engine::ControlAction::Checkpoint); }

void JobQueue::withdraw(const std::filesystem::path& run) {
    const Job* job = jobOf(run);
    if (!job) return;
    const Detail& detail = m_parts->of(*job);
    if (job->state != "queued" || detail.isStarting || detail.attempt > 0) {
        Q_EMIT problem(tr("%1 has begun and cannot be withdrawn; stop it instead.").arg(nameOf(run)));
        return;
    }
    remove(job->id);
    schedule();
    m_parts->files.run([=] { return moveRunToTrash(run); },
                       [this](const engine::Result<Trashed>& gone) {
                           if (!gone) Q_EMIT problem(QString::fromStdString(gone.error().message));
                       });
}

void JobQueue::forget(const std::filesystem::path& run) {
    const Job* job = jobOf(run);
    if (!job) return;
    const Detail& detail = m_parts->of(*job);
    if (job->state == "running" || job->state == "elsewhere" || detail.isStarting || detail.isWanted) return;
    remove(job->id);
}

void JobQueue::clearEnded() {
    std::vector<int> over;
    for (const Job& job : m_jobs) {
        const Detail& detail = m_parts->of(job);
        if (detail.isPreparing || detail.isWanted || detail.isStarting) continue;
        if (job.state == "done" || job.state == "failed" || job.state == "stopped") over.push_back(job.id);
    }
    for (const int id : over) remove(id);
}

}  // namespace latent::desktop

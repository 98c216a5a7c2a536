// SPDX-License-Identifier: GPL-3.0-or-later
// How jobs come into the queue: orders that `latent run --queue` makes into folders, runs that are open already, and runs
// that are to go on.
#include <nlohmann/json.hpp>

#include "desktop/jobs/job_queue_state.hpp"
#include "desktop/jobs/latent_command.hpp"
#include "desktop/jobs/order_words.hpp"
#include "desktop/live/run_title.hpp"

namespace latent::desktop {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Whoever made a run a moment ago is about to start it: a queued one of others is left alone for this long.
constexpr auto kGrace = 2s;
/// Paused and interrupted runs that are shown again: those of the last week, and not hundreds.
constexpr double kRecent_s = 7 * 24 * 3600.0;
constexpr std::size_t kMostResting = 20;

double unixNow() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

void JobQueue::add(const engine::RunOrder& order, Made made) {
    Job& job = append({});
    Detail& detail = m_parts->of(job);
    detail.order = order;
    if (detail.order.runs.empty()) detail.order.runs = m_parts->workspace / "runs";
    detail.made = std::move(made);
    detail.isPreparing = true;
    job.experiment = order.experiment;
    job.title = orderTitle(order).toStdString();
    job.state = "preparing";
    job.threads = order.threads > 0 ? order.threads : m_cores;
    announce();
    prepareNext();
}

/// One at a time: preparing loads a plugin, and the order of the folders' names is that of the clicks.
void JobQueue::prepareNext() {
    if (m_parts->isPreparing) return;
    for (const Job& job : m_jobs) {
        const Detail& detail = m_parts->of(job);
        if (!detail.isPreparing) continue;
        m_parts->isPreparing = true;
        const int id = job.id;
        const std::uint64_t workspaces = m_parts->workspaces;
        LatentCommand::run(
            this, wordsOf(detail.order), [this, id, workspaces](const engine::Result<QByteArray>& answer) {
                if (workspaces != m_parts->workspaces) return;
                m_parts->isPreparing = false;
                prepared(id, answer ? runIn(*answer) : engine::Result<std::filesystem::path>(answer.error()));
                prepareNext();
            });
        return;
    }
}

void JobQueue::prepared(int id, const engine::Result<std::filesystem::path>& run) {
    Job* job = jobOf(id);
    if (!job) return;
    Detail& detail = m_parts->of(*job);
    const Made made = std::move(detail.made);
    detail.isPreparing = false;
    if (run) {
        job->run = *run;
        job->state = "queued";
        detail.isWanted = true;
        follow(*job, true);
        announce();
    } else {
        remove(id);
    }
    schedule();
    if (made) made(run);
}

void JobQueue::lookForOpenRuns() {
    // While a folder is being made here it would be taken for somebody else's.
    if (m_parts->isLooking || m_parts->isPreparing || m_parts->workspace.empty()) return;
    m_parts->isLooking = true;
    const auto workspace = m_parts->workspace;
    const std::string after = m_parts->newestSeen;
    m_parts->files.run(
        [=] { return findOpenRuns(workspace, after); },
        [this, workspaces = m_parts->workspaces](OpenRuns found) {
            m_parts->isLooking = false;
            if (workspaces != m_parts->workspaces) return lookForOpenRuns();
            if (m_parts->isPreparing) return;  // the next look sees them again
            m_parts->newestSeen = found.newest;
            std::size_t resting = 0;
            for (const OpenRun& run : found.runs)
                resting += run.status.state == "paused" || run.status.state == "interrupted";
            for (const OpenRun& run : found.runs) {
                const bool rests = run.status.state == "paused" || run.status.state == "interrupted";
                if (rests && (resting-- > kMostResting || run.lastTime < unixNow() - kRecent_s)) continue;
                if (jobOf(run.folder) || m_parts->forgotten.count(run.folder) != 0) continue;
                Job& job = append(run.folder);
                Detail& detail = m_parts->of(job);
                job.state = run.status.state;
                job.resumable = run.status.resumable;
                detail.attempt = run.status.attempt;
                detail.wasActive = run.status.alive;
                detail.isWanted = run.status.state == "queued";
                detail.notBefore = Clock::now() + kGrace;
            }
            schedule();
        });
}

void JobQueue::want(const std::filesystem::path& run) {
    Job* job = jobOf(run);
    if (!job) job = &append(run);
    Detail& detail = m_parts->of(*job);
    if (job->state == "running" || detail.isWanted || detail.isStarting) return;
    // To the end of the line, as if it had been added now.
    const int id = job->id;
    std::stable_partition(m_jobs.begin(), m_jobs.end(), [&](const Job& one) { return one.id != id; });
    Job& last = m_jobs.back();
    last.state = "queued";
    last.reason.clear();
    m_parts->of(last).isWanted = true;
    follow(last, true);
    Q_EMIT resumed(run);
    schedule();
}

void JobQueue::resume(const std::filesystem::path& run) {
    const QStringList words{QStringLiteral("resume"), QString::fromStdString(run.string()),
                            QStringLiteral("--check"), QStringLiteral("--json")};
    LatentCommand::run(this, words, [this, run](const engine::Result<QByteArray>& answer) {
        if (!answer) {
            Q_EMIT problem(QString::fromStdString(answer.error().message));
            return;
        }
        const auto found =
            nlohmann::json::parse(answer->constData(), answer->constData() + answer->size(), nullptr, false);
        if (!found.is_object() || !found.value("foreign", false)) return want(run);
        QStringList paths;
        for (const auto& path : found.value("paths", nlohmann::json::array()))
            if (path.is_string()) paths << QString::fromStdString(path.get<std::string>());
        Q_EMIT foreign(run, paths);
    });
}

void JobQueue::resumeForeign(const std::filesystem::path& run) { want(run); }

}  // namespace latent::desktop

// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/executor.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/provenance.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/jobs/start.hpp"
#include "engine/store/control.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/run_writer.hpp"
#include "engine/sweep/cell_hash.hpp"
#include "engine/sweep/collate.hpp"
#include "engine/sweep/ledger.hpp"
#include "engine/sweep/reuse.hpp"
#include "engine/sweep/worker_watch.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

volatile std::sig_atomic_t g_signals = 0;
void onSignal(int) { g_signals = g_signals + 1; }

/// Signals mean "pause" as long as a sweep is being computed.
class SignalsPause {
  public:
    SignalsPause() {
        g_signals = 0;
        struct sigaction action {};
        action.sa_handler = onSignal;
        for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &m_before[i]);
    }
    ~SignalsPause() {
        for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &m_before[i], nullptr);
    }
    SignalsPause(const SignalsPause&) = delete;
    SignalsPause& operator=(const SignalsPause&) = delete;

  private:
    static constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGUSR1};
    std::array<struct sigaction, 3> m_before{};
};

/// A remark for people; a sweep does not fail because one could not be written.
void note(EventLog& events, std::string_view level, const std::string& text) {
    static_cast<void>(events.log(level, text));
}

double clock_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Executor {
  public:
    Executor(const PluginCatalog& catalog, std::filesystem::path sweep, const SweepOptions& options,
             const json& request, const std::vector<PlannedCell>& cells, EventLog& events, int attempt)
        : m_catalog(catalog),
          m_sweep(std::move(sweep)),
          m_options(options),
          m_request(request),
          m_cells(cells),
          m_events(events),
          m_ledger(cells),
          m_controls(m_sweep, attempt) {
        const int cores = options.cores > 0 ? options.cores : request.value("cores", 1);
        const int threads = std::max(1, request.value("threads", 1));
        m_workers = static_cast<std::size_t>(std::max(1, cores / threads));
    }

    /// Takes over what earlier executors did.
    Status recall() {
        LATENT_TRY(const CellLinks known, readCellLinks(m_sweep));
        std::vector<CellLink> recorded;
        for (const CellLink& link : known.cells) {
            const bool there = fileExists(layout::request(m_sweep.parent_path() / link.run));
            if (link.index >= m_cells.size() || !there || (link.state != "done" && m_options.retryFailed))
                continue;
            m_ledger.recall(link);
        }
        for (const auto& link : m_ledger.links())
            if (link) recorded.push_back(*link);
        LATENT_CHECK(record(recorded));  // for readers that leave out what an attempt voids
        LATENT_CHECK(recallJobs(known.jobs));
        if (m_request.value("reuse", false)) LATENT_CHECK(reuse());
        m_ledger.planOpen();
        return ok();
    }

    /// Until nothing runs and nothing can be started.
    Status follow() {
        while (true) {
            LATENT_CHECK(look());
            LATENT_CHECK(reap());
            if (!m_leaving) LATENT_CHECK(startWhatFits());
            LATENT_CHECK(tell());
            if (m_running.empty() && (m_leaving || m_ledger.waitingJobs() == 0)) return ok();
            if (g_signals > 1 && m_leaving)
                return ok();  // a second Ctrl-C: the workers go on pausing without us
            ::poll(nullptr, 0, 10);
        }
    }

    Ledger& ledger() { return m_ledger; }
    std::optional<ControlAction> leaving() const { return m_leaving; }
    Status tellEnd() {
        m_lastTold = 0;
        return tell();
    }
    SweepProgress progress() const {
        SweepProgress progress{m_ledger.total(), m_ledger.doneCells(), m_ledger.failedCells(),
                               m_running.size(), 0};
        double sum = static_cast<double>(progress.done + progress.failed);
        for (const WorkerWatch& worker : m_running) {
            std::size_t cells = 0;
            for (const std::uint64_t cell : worker.job().cells) cells += m_ledger.alike(cell).size();
            sum += worker.fraction() * static_cast<double>(cells);
        }
        progress.leaving = m_leaving.has_value();
        progress.fraction = sum / static_cast<double>(std::max<std::size_t>(1, progress.cells));
        return progress;
    }

  private:
    std::filesystem::path folderOf(const std::string& run) const { return m_sweep.parent_path() / run; }

    Status record(const std::vector<CellLink>& links) {
        for (const CellLink& link : links) {
            json event = link.toJson();
            event["type"] = "cell";
            if (auto written = m_events.append(std::move(event)); !written) return written.error();
        }
        return ok();
    }

    Status recallJobs(const std::vector<CellJob>& jobs) {
        // The last job that names a cell is the one that has it: a failed batch may have been split.
        std::vector<std::ptrdiff_t> owner(m_cells.size(), -1);
        for (std::size_t j = 0; j < jobs.size(); ++j)
            for (const std::uint64_t cell : jobs[j].cells)
                if (cell < owner.size()) owner[cell] = static_cast<std::ptrdiff_t>(j);
        std::vector<LedgerJob> waiting;
        for (std::size_t j = 0; j < jobs.size(); ++j) {
            const std::vector<std::uint64_t>& cells = jobs[j].cells;
            const bool mine =
                !cells.empty() && std::all_of(cells.begin(), cells.end(), [&](std::uint64_t cell) {
                    return cell < owner.size() && owner[cell] == static_cast<std::ptrdiff_t>(j);
                });
            const bool needed = mine && std::any_of(cells.begin(), cells.end(), [&](std::uint64_t cell) {
                                    return m_ledger.isOpen(cell);
                                });
            if (!needed || !fileExists(layout::request(folderOf(jobs[j].run)))) continue;
            LATENT_TRY(const RunStatus status, runStatus(folderOf(jobs[j].run)));
            if (status.alive) {
                m_ledger.begun(cells);
                m_running.push_back(WorkerWatch::adopt(folderOf(jobs[j].run), {cells, jobs[j].run}));
            } else if (status.state == "elsewhere" && !m_options.takeOver) {
                return refused("The run " + jobs[j].run +
                               " of this sweep is being computed on another computer. Wait for it, or "
                               "resume with --take-over if it is lost.");
            } else if (status.state == "failed" && !(m_options.retryFailed && cells.size() == 1)) {
                LATENT_CHECK(settle({cells, jobs[j].run}, status));
            } else if (status.state == "done") {
                LATENT_CHECK(settle({cells, jobs[j].run}, status));
            } else {
                waiting.push_back({cells, jobs[j].run});
            }
        }
        for (auto job = waiting.rbegin(); job != waiting.rend(); ++job) m_ledger.again(*job);
        return ok();
    }

    Status reuse() {
        LATENT_TRY(const auto found, findFinishedCells(m_sweep, m_request, m_cells, m_ledger.open()));
        for (const CellLink& link : found)
            LATENT_CHECK(record(m_ledger.doneAt(link.index, link.run, link.cellIndex)));
        if (!found.empty())
            note(m_events, "info",
                 std::to_string(found.size()) + " cells were found finished in the workspace.");
        return ok();
    }

    /// Signals and requests to the sweep as a whole.
    Status look() {
        std::optional<ControlAction> asked;
        if (g_signals > 0) asked = ControlAction::Pause;
        LATENT_TRY(const std::vector<ControlRequest> requests, m_controls.poll(m_events));
        for (const ControlRequest& request : requests) {
            const bool leave = request.action != ControlAction::Checkpoint;
            if (leave) asked = request.action;
            const auto answered = m_events.control(
                request.number, controlActionName(request.action), "done",
                leave ? "Every worker of the sweep is asked." : "Each cell makes its own checkpoints.");
            if (!answered) return answered.error();
        }
        if (asked && !m_leaving) {
            m_leaving = asked;
            m_lastTold = 0, m_toldFraction = -1;  // whoever asked is answered at once
            for (const WorkerWatch& worker : m_running) worker.ask(*asked);
        }
        return ok();
    }

    Status reap() {
        for (std::size_t i = 0; i < m_running.size();) {
            LATENT_TRY(const bool ended, m_running[i].ended());
            if (!ended) {
                if (m_leaving) m_running[i].ask(*m_leaving);  // once a worker has its lease; asks only once
                ++i;
                continue;
            }
            const WorkerWatch worker = std::move(m_running[i]);
            m_running.erase(m_running.begin() + static_cast<std::ptrdiff_t>(i));
            LATENT_TRY(const RunStatus status, runStatus(worker.folder()));
            LATENT_CHECK(settle(worker.job(), status));
        }
        return ok();
    }

    /// What the end of a run means for its cells.
    Status settle(const LedgerJob& job, const RunStatus& status) {
        if (status.state == "done") return record(m_ledger.done(job.cells, job.run));
        if (status.state == "failed" || status.state == "queued") {
            const std::string reason =
                status.state == "failed" ? status.sentence : "Its worker could not begin.";
            const std::vector<CellLink> links = m_ledger.failed(job.cells, job.run, reason);
            if (links.empty())
                note(m_events, "warning",
                     "The batch of " + std::to_string(job.cells.size()) + " cells in " + job.run +
                         " failed, and is computed again in two halves. " + reason);
            return record(links);
        }
        // Paused, stopped or killed from outside. A killed one is tried once more; else the sweep stays resumable.
        if (status.state == "interrupted" && !m_leaving && m_triedAgain.insert(job.run).second) {
            note(m_events, "warning",
                 "The run " + job.run + " was interrupted and is gone on with. " + status.sentence);
            m_ledger.again(job);
        }
        return ok();
    }

    Status startWhatFits() {
        while (m_running.size() < m_workers) {
            std::optional<LedgerJob> job = m_ledger.next();
            if (!job) return ok();
            LATENT_CHECK(startOne(*std::move(job)));
        }
        return ok();
    }

    Status startOne(LedgerJob job) {
        const bool isNew = job.run.empty();
        if (isNew)
            LATENT_CHECK(WorkerWatch::makeRunOf(job, m_catalog, m_sweep, m_request, m_cells, m_events));
        for (const std::uint64_t cell : job.cells)
            if (const Status same = checkUnchanged(m_cells[cell].inputs, AskedBy::Sweep); !same)
                return refuse(job, isNew, same.error());
        LATENT_TRY(WorkerWatch worker, WorkerWatch::start(m_sweep, std::move(job), m_options.takeOver));
        m_running.push_back(std::move(worker));
        return ok();
    }

    /// A job that cannot be computed fails alone. A run that had begun keeps its state: it was not this that ended it.
    Status refuse(const LedgerJob& job, bool isNew, const Error& why) {
        if (isNew) {
            LATENT_TRY(EventLog its, EventLog::open(folderOf(job.run)));
            const auto told = its.state("failed", why.message, static_cast<int>(why.exit));
            if (!told) return told.error();
        }
        return record(m_ledger.failed(job.cells, job.run, why.message));
    }

    Status tell() {
        const double time = clock_s();
        if (time - m_lastTold < 0.1) return ok();
        m_lastTold = time;
        for (WorkerWatch& worker : m_running) worker.listen();
        const SweepProgress current = progress();
        if (time - m_lastBeat > 2) {
            m_lastBeat = time;
            if (auto beat = m_events.heartbeat(++m_beats); !beat) return beat.error();
        }
        if (current.fraction == m_toldFraction && current.running == m_toldRunning) return ok();
        if (time - m_lastProgress > 0.5 || m_ledger.waitingJobs() + m_running.size() == 0) {
            m_lastProgress = time;
            if (auto told = m_events.progress(current.fraction, current.text()); !told) return told.error();
        }
        m_toldFraction = current.fraction;
        m_toldRunning = current.running;
        if (m_options.progress) m_options.progress(current);
        return ok();
    }

    const PluginCatalog& m_catalog;
    std::filesystem::path m_sweep;
    const SweepOptions& m_options;
    const json& m_request;
    const std::vector<PlannedCell>& m_cells;
    EventLog& m_events;
    Ledger m_ledger;
    ControlWatch m_controls;
    std::size_t m_workers = 1;
    std::vector<WorkerWatch> m_running;
    std::set<std::string> m_triedAgain;
    std::optional<ControlAction> m_leaving;
    double m_lastTold = 0, m_lastBeat = 0, m_lastProgress = 0, m_toldFraction = -1;
    std::size_t m_toldRunning = 0;
    std::uint64_t m_beats = 0;
};

std::string plural(std::size_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

Outcome outcomeOf(const SweepProgress& progress, std::optional<ControlAction> leaving) {
    const std::size_t open = progress.cells - progress.done - progress.failed;
    if (open > 0) {
        const std::string missing =
            plural(open, "cell") + " of " + std::to_string(progress.cells) + " still to be computed.";
        if (leaving == ControlAction::Stop) return {"stopped", "Stopped on request; " + missing, Exit::Done};
        if (leaving) return {"paused", "Paused on request; " + missing, Exit::Interrupted};
        return {"interrupted", "Some runs were paused or killed from outside; " + missing, Exit::Interrupted};
    }
    if (progress.failed > 0)
        return {"failed",
                std::to_string(progress.failed) + " of " + plural(progress.cells, "cell") +
                    " failed; the others are collated. Resume with --retry-failed to compute them again.",
                Exit::Failed};
    return {};
}

/// Another binary now than when the sweep was made: what is still to be computed is not what its hash says.
Status hashOpenAgain(const PluginCatalog& catalog, const std::filesystem::path& sweep, const Request& request,
                     bool retryFailed, std::vector<PlannedCell>& cells, EventLog& events) {
    json document = request.document();
    const json installed = installedPlugin(catalog, request);
    if (installed.empty() || installed == request.plugin()) return ok();
    document["plugin"] = installed;
    const json identity = identityOf(document, json::object());
    if (identity == identityOf(request.document(), json::object())) return ok();
    note(
        events, "warning",
        "The plugin '" + installed.value("id", "?") +
            "' is another binary than when this sweep was made: cells computed from now on count as others.");
    LATENT_TRY(const CellLinks known, readCellLinks(sweep));
    std::vector<bool> settled(cells.size(), false);
    for (const CellLink& link : known.cells)
        if (link.index < cells.size() && (link.state == "done" || !retryFailed)) settled[link.index] = true;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (settled[i]) continue;
        LATENT_TRY(cells[i].hash, cellHash(identity, cells[i].parameters, cells[i].seed, cells[i].inputs));
    }
    return ok();
}

}  // namespace

std::string SweepProgress::text() const {
    std::string text = std::to_string(done) + " of " + plural(cells, "cell");
    if (failed > 0) text += ", " + std::to_string(failed) + " failed";
    return text;
}

Result<bool> isSweep(const std::filesystem::path& run) {
    LATENT_TRY(const Request request, readRequest(run));
    return request.document().value("kind", "") == "sweep";
}

Result<SweepEnd> runSweep(const PluginCatalog& catalog, const std::filesystem::path& sweep,
                          const SweepOptions& options) {
    LATENT_TRY(const Request request, readRequest(sweep));
    const json& document = request.document();
    if (document.value("kind", "") != "sweep")
        return badRequest("The run " + sweep.string() + " is not a sweep.");
    LATENT_TRY(std::vector<PlannedCell> cells, cellsOf(document));
    LATENT_TRY(RunFiles files, RunFiles::make());
    LATENT_TRY(const Lease lease, Lease::take(sweep, options.takeOver));
    LATENT_TRY(Attempt attempt, beginAttempt(sweep, lease.attempt(), files));
    LATENT_TRY(EventLog events, EventLog::open(sweep));
    for (const std::string& remark : attempt.remarks) note(events, "warning", remark);
    LATENT_CHECK(
        recordProvenance(sweep, {lease.attempt(), true}, request, installedPlugin(catalog, request), events));
    if (auto written = events.state("running"); !written) return written.error();

    LATENT_CHECK(hashOpenAgain(catalog, sweep, request, options.retryFailed, cells, events));

    const SignalsPause signals;
    Executor executor(catalog, sweep, options, document, cells, events, lease.attempt());
    Status status = executor.recall();
    if (status) status = executor.follow();
    if (!status) {
        static_cast<void>(
            events.state("interrupted", status.error().message, static_cast<int>(Exit::Interrupted)));
        return status.error();
    }
    LATENT_CHECK(executor.tellEnd());
    SweepEnd end{outcomeOf(executor.progress(), executor.leaving()), executor.progress()};
    if (end.outcome.state == "done" || end.outcome.state == "failed") {
        status =
            collateSweep(sweep, document, executor.ledger().links(), std::move(attempt), files, end.outcome);
        if (!status)
            end.outcome = {"failed", "The cells could not be collated: " + status.error().message,
                           Exit::Failed};
    }
    LATENT_TRY([[maybe_unused]] const std::uint64_t at,
               events.state(end.outcome.state, end.outcome.reason, static_cast<int>(end.outcome.exit)));
    LATENT_CHECK(events.sync());
    return end;
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/worker_watch.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>

#include "engine/jobs/start.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/run_name.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The run of a job: one cell, or a batch with a leading axis `cell`.
Result<json> requestOfJob(const PluginCatalog& catalog, const json& sweep, const std::string& sweepName,
                          const std::vector<PlannedCell>& cells, const std::vector<std::uint64_t>& job,
                          RunOrder& order) {
    order.experiment = sweep.value("experiment", "");
    order.threads = sweep.value("threads", 1);
    order.device = sweep.value("device", "cpu");
    order.deterministic = sweep.value("deterministic", true);
    order.limits = sweep.value("limits", json::object());
    if (sweep.contains("checkpoint_interval_s"))
        order.checkpoint_interval_s = sweep.at("checkpoint_interval_s").get<double>();
    json hashes = json::array();
    for (const std::uint64_t cell : job) hashes.push_back(cells[cell].hash);
    order.extra = {{"sweep", {{"name", sweepName}, {"cells", job}, {"hashes", std::move(hashes)}}}};
    if (const auto alike = sweep.find(kAlikeOutputs); alike != sweep.end() && *alike == true)
        order.extra[kAlikeOutputs] = true;
    LATENT_TRY(const PluginCatalog::Found found, catalog.experiment(order.experiment));
    LATENT_TRY(const SchemaModel schema,
               SchemaModel::fromJson(found.contribution->description->value("schema", json::object()),
                                     "The parameters of " + order.experiment));
    std::vector<json> batch;
    for (const std::uint64_t cell : job) {
        LATENT_TRY(batch.emplace_back(), resolveOrRefuse(schema, "", assignmentsOf(cells[cell].parameters)));
    }
    LATENT_TRY(json document, batchRequestFor(catalog, order, batch));
    if (job.size() > 1) return document;
    document.erase("cells");
    document["inputs"] = cells[job.front()].inputs;  // as planned; those of a batch have none
    return document;
}

}  // namespace

WorkerWatch::WorkerWatch(std::filesystem::path folder, LedgerJob job, pid_t process)
    : m_folder(std::move(folder)),
      m_job(std::move(job)),
      m_process(process),
      m_follower(std::make_unique<RunFollower>(m_folder)) {}

WorkerWatch WorkerWatch::adopt(std::filesystem::path folder, LedgerJob job) {
    return {std::move(folder), std::move(job), -1};
}

Status WorkerWatch::makeRunOf(LedgerJob& job, const PluginCatalog& catalog,
                              const std::filesystem::path& sweep, const json& request,
                              const std::vector<PlannedCell>& cells, EventLog& events) {
    RunOrder order;
    LATENT_TRY(const json document,
               requestOfJob(catalog, request, sweep.filename().string(), cells, job.cells, order));
    job.run = RunName::make(order.experiment, std::chrono::system_clock::now()).text();
    const auto written = events.append({{"type", "job"}, {"run", job.run}, {"cells", job.cells}});
    if (!written) return written.error();
    order.out = sweep.parent_path() / job.run;
    LATENT_TRY([[maybe_unused]] const auto made, makeRun(order, document));
    return ok();
}

Result<WorkerWatch> WorkerWatch::start(const std::filesystem::path& sweep, LedgerJob job, bool takeOver) {
    const std::filesystem::path folder = sweep.parent_path() / job.run;
    LATENT_TRY(const LeaseProbe before, probeLease(folder));
    LATENT_TRY(const pid_t process, startWorker(folder, {.despiteElsewhere = takeOver}));
    WorkerWatch worker(folder, std::move(job), process);
    worker.m_attempt = before.attempt + 1;
    return worker;
}

void WorkerWatch::listen() {
    if (const auto changed = m_follower->poll(); changed && *changed)
        m_fraction = m_follower->state().fraction;
}

Result<bool> WorkerWatch::ended() {
    if (m_process > 0) {
        int status = 0;
        const pid_t got = ::waitpid(m_process, &status, WNOHANG);
        if (got == 0 || (got < 0 && errno == EINTR)) return false;
        // It is gone, or somebody else has waited for it. The lease tells whether the run is: the worker of an executor that
        // was killed may have taken it first, and ours was refused.
        m_process = -1;
        m_lastProbe = 0;
    }
    if (now_s() - m_lastProbe < 0.1) return false;
    m_lastProbe = now_s();
    LATENT_TRY(const LeaseProbe lease, probeLease(m_folder));
    return lease.liveness != Liveness::Alive;
}

void WorkerWatch::ask(ControlAction action) const {
    if (m_asked > 0) return;
    const auto lease = probeLease(m_folder);
    if (!lease || lease->liveness != Liveness::Alive || lease->attempt < m_attempt) return;
    if (askControl(m_folder, lease->attempt, action)) m_asked = lease->attempt;
}

}  // namespace latent::engine

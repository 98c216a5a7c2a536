// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/worker_processes.hpp"

#include <sys/wait.h>

#include <cerrno>

#include "engine/jobs/start.hpp"

namespace latent::desktop {
namespace {

/// Of queues that are gone while their workers were not.
std::vector<pid_t>& orphans() {
    static std::vector<pid_t> processes;
    return processes;
}

}  // namespace

WorkerProcesses::~WorkerProcesses() {
    reap();
    for (const Started& one : m_started) orphans().push_back(one.process);
}

bool WorkerProcesses::empty() const { return m_started.empty() && orphans().empty(); }

engine::Status WorkerProcesses::start(const std::filesystem::path& run) {
    LATENT_TRY(const pid_t process, engine::startWorker(run, {.detached = true}));
    m_started.push_back({process, run});
    return engine::ok();
}

std::vector<WorkerExit> WorkerProcesses::reap() {
    std::erase_if(orphans(), [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
    std::vector<WorkerExit> ended;
    std::erase_if(m_started, [&](const Started& one) {
        // By its own id: the children of QProcess are QProcess's to wait for.
        int status = 0;
        const pid_t waited = ::waitpid(one.process, &status, WNOHANG);
        if (waited == 0 || (waited < 0 && errno == EINTR)) return false;
        ended.push_back({one.run, waited == one.process && WIFEXITED(status) ? WEXITSTATUS(status) : -1});
        return true;
    });
    return ended;
}

}  // namespace latent::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/jobs/worker_processes.hpp"

#include <sys/wait.h>

#include <cerrno>

#include "engine/jobs/start.hpp"

namespace latent::desktop {

engine::Status WorkerProcesses::start(const std::filesystem::path& run) {
    LATENT_TRY(const pid_t process, engine::startWorker(run, {.detached = true}));
    m_started.push_back({process, run});
    return engine::ok();
}

std::vector<WorkerExit> WorkerProcesses::reap() {
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

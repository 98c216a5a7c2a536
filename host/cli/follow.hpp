// SPDX-License-Identifier: Apache-2.0
#pragma once
// Follows a run whose worker is another process, as a person at a terminal or a log file wants it.
//
// A progress bar with rate and time left on a terminal, plain lines otherwise. Ctrl-C asks the worker to pause, waits
// for its checkpoint and says how to resume; a second Ctrl-C stops waiting. Main thread.
//
//     LATENT_TRY(const engine::RunStatus before, engine::runStatus(run));
//     catchInterrupts();
//     LATENT_TRY(pid_t worker, engine::startWorker(run));
//     return followRun(run, worker, before.attempt);

#include <sys/types.h>

#include <filesystem>

#include "engine/result.hpp"

namespace latent::cli {

/// From here on Ctrl-C and SIGTERM are for followRun: one that comes while the worker starts must not leave it alone.
void catchInterrupts();

/// Until the run has ended or paused; its exit code. The worker must be a child of this process; `before` is the number of
/// the last attempt that was not its own, 0 where there was none.
engine::Result<engine::Exit> followRun(const std::filesystem::path& run, pid_t worker, int before);

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local executor: computes what a sweep still lacks with worker processes of this machine, then collates.
//
// It holds the lease of the sweep directory, so two executors never share a sweep. Workers are started as
// `latent worker RUN` in sessions of their own; they outlive an executor that is killed, and the next one waits for those
// that still run instead of starting them twice. SIGINT, SIGTERM and SIGUSR1, and a pause request in control/, pause every
// worker with a checkpoint. A cell that fails leaves the others alone. What the executor knows stands in the sweep's
// events before it acts on it, so it may be killed anywhere. Main thread of a single-threaded process.
//
//     SweepOptions options;
//     options.progress = [](const SweepProgress& p) { std::cout << p.text() << '\n'; };     // "37 of 100 cells"
//     LATENT_TRY(SweepEnd end, runSweep(catalog, folder, options));
//     return end.outcome.exit;                       // done 0, paused 4, some cells failed 5

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "engine/jobs/outcome.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct SweepProgress {
    std::size_t cells = 0, done = 0, failed = 0, running = 0;  ///< running: workers
    double fraction = 0;   ///< with what the running ones say of themselves
    bool leaving = false;  ///< a pause or stop was asked for, and the running ones have been told

    std::string text() const;  ///< "37 of 100 cells, 1 failed"
};

struct SweepOptions {
    int cores = 0;             ///< used at once; 0: what the sweep asks for
    bool retryFailed = false;  ///< compute failed cells again
    bool takeOver = false;     ///< an executor or worker on another host is lost for certain
    std::function<void(const SweepProgress&)>
        progress;  ///< called when something changed, at most 10 times a second
};

struct SweepEnd {
    Outcome outcome;
    SweepProgress progress;
};

/// Whether a run directory is a sweep's.
Result<bool> isSweep(const std::filesystem::path& run);

/// Goes on with a sweep from whatever state it is in. An error when no attempt could begin: it is no sweep (exit 2), is
/// done, or somebody else computes it (exit 3).
Result<SweepEnd> runSweep(const PluginCatalog& catalog, const std::filesystem::path& sweep,
                          const SweepOptions& options = {});

}  // namespace latent::engine

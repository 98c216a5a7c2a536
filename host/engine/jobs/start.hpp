// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a wish to a run directory, and from a run directory to a worker.
//
// `prepareRun` resolves parameters against the experiment's schema, checks and hashes inputs, and only then makes the
// directory with its request: a wish with a mistake leaves nothing behind. `startWorker` starts `latent worker DIR` as a
// process of its own that outlives the caller. Single-threaded callers (it forks); one thread at a time.
//
//     RunOrder order{.experiment = "sim/theory", .preset = "laptop", .assignments = {{"mu", {1, 2}}}, .runs = workspace / "runs"};
//     LATENT_TRY(std::filesystem::path run, prepareRun(catalog, order));
//     LATENT_TRY(pid_t worker, startWorker(run));

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/jobs/compute.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct RunOrder {
    std::string experiment;                    ///< of an experiment, or of a data source
    std::string preset;                        ///< empty: the defaults
    std::vector<Assignment> assignments;       ///< as after --set, or typed
    std::filesystem::path runs;                ///< folder that the run is made in
    std::optional<std::filesystem::path> out;  ///< the run's own folder instead
    int threads = 0;                           ///< 0: all cores
    std::string device = "cpu";
    bool deterministic = true;
    nlohmann::json limits = nlohmann::json::object();  ///< see Limits
    std::optional<double> checkpoint_interval_s;
    nlohmann::json extra = nlohmann::json::object();  ///< e.g. "parent" of a clone, "sweep"
};

/// The complete request document for an order; refuses unknown, ill-typed and out-of-range parameters (exit 2) and
/// inputs that cannot be read (exit 3). Makes nothing.
Result<nlohmann::json> requestFor(const PluginCatalog& catalog, const RunOrder& order);
/// The same for several cells of one batch: `cells` are resolved parameter objects of the same experiment.
Result<nlohmann::json> batchRequestFor(const PluginCatalog& catalog, const RunOrder& order,
                                       const std::vector<nlohmann::json>& cells);

/// Makes the run directory and writes the request (sealed as made here, in the first event). For a run on this machine: a GPU that
/// is asked for has to be here (exit 2), as far as there is a LibTorch part to ask; one of ours has to have its part.
Result<std::filesystem::path> prepareRun(const PluginCatalog& catalog, const RunOrder& order);
Result<std::filesystem::path> makeRun(const RunOrder& order, const nlohmann::json& request);

/// Program and first arguments that workers are started with; by default this program and "worker".
void setWorkerCommand(std::vector<std::string> command);
struct WorkerStart {
    bool despiteElsewhere = false;  ///< see WorkerOptions
    /// Nobody waits for it: it keeps no stream of its starter open, so that `latent run --detach` in a pipe ends.
    bool detached = false;
    /// More for `latent worker`, behind the run: `--retry-failed` and `--cores` of a sweep.
    std::vector<std::string> arguments{};
};
/// Starts a worker in a session of its own, its output in the events; why it could not begin it says on stderr, unless
/// it is detached. The process id.
Result<pid_t> startWorker(const std::filesystem::path& run, WorkerStart how = {});

/// True when this user's engine did not make the run's request.
Result<bool> isForeign(const std::filesystem::path& run);
/// Validates the request of a foreign run against the schema of this machine's plugin, as if it were asked for now; the
/// paths that it would read.
Result<std::vector<std::string>> checkForeignRequest(const PluginCatalog& catalog,
                                                     const std::filesystem::path& run);

/// What provenance records of the plugin that would compute a request now: id, version, sha256, torch_version, and on a GPU
/// part_sha256 of its LibTorch part. Empty where it cannot be used.
nlohmann::json installedPlugin(const PluginCatalog& catalog, const Request& request);

/// Loads the plugin that a request names from the catalog; refuses another version of the binary only with a warning
/// in the events of the run (differencesThatMatter).
PluginLoader catalogLoader(const PluginCatalog& catalog);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/start.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"
#include "engine/files/seal.hpp"
#include "engine/files/sha256.hpp"
#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/jobs/plugin_call.hpp"
#include "engine/plugins/library_file.hpp"
#include "engine/plugins/torch_part.hpp"
#include "engine/store/events.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/request.hpp"
#include "engine/store/run_name.hpp"

extern char** environ;

namespace latent::engine {
namespace {

constexpr double kQuestionSeconds = 60;
constexpr double kTorchSeconds = 180;  // LibTorch for CUDA has gigabytes to read

std::vector<std::string>& workerCommand() {
    static std::vector<std::string> command{"/proc/self/exe", "worker"};
    return command;
}

/// An experiment, or a data source: `latent run` makes runs of both.
Result<PluginCatalog::Found> findRunnable(const PluginCatalog& catalog, const std::string& id) {
    if (auto source = catalog.dataSource(id)) return source;
    return catalog.experiment(id);
}

/// The value of the schema's first seed parameter; an experiment without one is deterministic and has seed 0.
std::int64_t seedOf(const SchemaModel& schema, const nlohmann::json& values) {
    for (const ParameterModel& parameter : schema.parameters())
        if (parameter.type == ParameterType::Seed &&
            values.value(parameter.name, nlohmann::json()).is_number_integer())
            return values.at(parameter.name).get<std::int64_t>();
    return 0;
}

Result<SchemaModel> schemaOf(const Contribution& contribution) {
    return SchemaModel::fromJson(contribution.description->value("schema", nlohmann::json::object()),
                                 "The parameters of " + contribution.id);
}

/// cpu, cuda or cuda:N; whether there is such a device is for the worker's machine to say.
Status checkDevice(const std::string& device) {
    const std::string number = device.rfind("cuda:", 0) == 0 ? device.substr(5) : "";
    const bool numbered =
        !number.empty() && number.size() <= 3 && number.find_first_not_of("0123456789") == std::string::npos;
    if (device == "cpu" || device == "cuda" || numbered) return ok();
    return badRequest("There is no device \"" + device + "\"; it is cpu, cuda or cuda:N.");
}

/// A run that was asked to compute on a GPU and computes on the CPU would say the one in its provenance and do the other.
Status checkComputesOn(const PluginCatalog::Found& found, const RunOrder& order) {
    if (order.device == "cpu" || found.plugin->cuda.count(order.experiment)) return ok();
    return badRequest(order.experiment + " computes on the CPU only, not on \"" + order.device +
                      "\"; leave the device out.");
}

/// A folder that cannot be made is a mistake in the question, not a run that failed.
Error cannotMake(const Error& error) {
    if (error.exit != Exit::Failed) return error;
    return refused(error.message + " Choose where the run is to lie with --workspace or --out.");
}

/// What a schema cannot say (a text that has to be a matrix of dim by dim) the experiment says when it is asked for its
/// outputs: before there is a run, because afterwards it would be a failed one.
Status checkWithPlugin(const PluginCatalog& catalog, const std::string& id, const nlohmann::json& values) {
    LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, id));
    const auto answer =
        callPlugin(*found.plugin, kQuestionSeconds, [&](LoadedPlugin& plugin) -> Result<nlohmann::json> {
            const Result<std::string> outputs = outputsOf(plugin, *found.contribution, values.dump());
            if (!outputs) return badRequest(outputs.error().message);
            return nlohmann::json();
        });
    return answer ? ok() : Status(answer.error());
}

/// Before there is a run that could only fail: the part of the plugin that would compute on the GPU looks for it. A plugin that
/// is linked with LibTorch itself says so when it runs. Sweeps are not asked: their cells may run on another machine.
Status checkDeviceIsHere(const PluginCatalog& catalog, const RunOrder& order) {
    if (order.device == "cpu") return ok();
    LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, order.experiment));
    if (!found.plugin->descriptor.torchVersion.empty()) return ok();
    // Plugins of others may compute on a GPU without LibTorch; ours do not.
    if (!found.plugin->ours && !fileExists(torchPartOf(ownerOf(*found.plugin)))) return ok();
    const auto answer =
        callPlugin(*found.plugin, kTorchSeconds, [&](LoadedPlugin&) -> Result<nlohmann::json> {
            LATENT_TRY(LoadedPlugin part, loadTorchPart(ownerOf(*found.plugin), PartTrust::standard()));
            LATENT_CHECK(checkCudaDevice(part, order.device));
            return nlohmann::json();
        });
    return answer ? ok() : Status(answer.error());
}

/// What a run records of its plugin: id, version, sha256, torch_version, and on a GPU part_sha256 of its LibTorch part.
Result<nlohmann::json> pluginFacts(const PluginEntry& plugin, const std::string& device) {
    nlohmann::json facts{{"id", plugin.id},
                         {"version", plugin.version},
                         {"sha256", plugin.sha256},
                         {"torch_version", plugin.descriptor.torchVersion}};
    const std::filesystem::path part = torchPartOf(ownerOf(plugin));
    if (device == "cpu" || !fileExists(part)) return facts;
    LATENT_TRY(const LibraryFile file, LibraryFile::open(part));
    LATENT_TRY(facts["part_sha256"], file.sha256());
    return facts;
}

/// Everything of a request that does not depend on the parameters.
Result<nlohmann::json> frame(const PluginCatalog::Found& found, const RunOrder& order) {
    LATENT_TRY(const nlohmann::json plugin, pluginFacts(*found.plugin, order.device));
    nlohmann::json claims = found.contribution->description->value("claims", nlohmann::json::array());
    nlohmann::json document{
        {"experiment", order.experiment},
        {"kind", found.contribution->kind == "data_source" ? "data_source" : "run"},
        {"plugin", plugin},
        {"device", order.device},
        {"threads", order.threads > 0 ? order.threads
                                      : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))},
        {"deterministic", order.deterministic},
        {"claims", std::move(claims)}};
    if (!order.preset.empty()) document["preset"] = order.preset;
    if (!order.limits.empty()) document["limits"] = order.limits;
    if (order.checkpoint_interval_s) document["checkpoint_interval_s"] = *order.checkpoint_interval_s;
    for (const auto& [key, value] : order.extra.items()) document[key] = value;
    return document;
}

constexpr const char* kMade = "made";

Status writeNewRun(const std::filesystem::path& run, const Request& request, const SealKey& key) {
    LATENT_TRY(EventLog events, EventLog::open(run));
    const auto made = events.append({{"type", kMade}, {"seal", key.sign(request.sha256())}});
    if (!made) return made.error();
    const auto queued = events.state("queued");
    if (!queued) return queued.error();
    // The request comes last: a directory without one is not a run, so a crash in between leaves nothing to trip over.
    return writeRequest(run, request);
}

}  // namespace

Result<nlohmann::json> requestFor(const PluginCatalog& catalog, const RunOrder& order) {
    LATENT_CHECK(checkDevice(order.device));
    LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, order.experiment));
    LATENT_CHECK(checkComputesOn(found, order));
    LATENT_TRY(const SchemaModel schema, schemaOf(*found.contribution));
    LATENT_TRY(nlohmann::json values, resolveOrRefuse(schema, order.preset, order.assignments));
    LATENT_TRY(nlohmann::json document, frame(found, order));
    LATENT_TRY(document["inputs"], resolveInputs(schema, values, order.runs));
    nameByPlace(values, document["inputs"]);
    document["seed"] = seedOf(schema, values);
    document["parameters"] = std::move(values);
    return document;
}

Result<nlohmann::json> batchRequestFor(const PluginCatalog& catalog, const RunOrder& order,
                                       const std::vector<nlohmann::json>& cells) {
    if (cells.empty()) return badRequest("A batch of " + order.experiment + " needs at least one cell.");
    LATENT_CHECK(checkDevice(order.device));
    LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, order.experiment));
    LATENT_CHECK(checkComputesOn(found, order));
    LATENT_TRY(const SchemaModel schema, schemaOf(*found.contribution));
    LATENT_TRY(nlohmann::json document, frame(found, order));
    document["inputs"] = nlohmann::json::object();
    document["seed"] = seedOf(schema, cells.front());
    document["parameters"] = cells.front();
    document["cells"] = cells;
    return document;
}

Result<std::filesystem::path> makeRun(const RunOrder& order, const nlohmann::json& document) {
    LATENT_TRY(const Request request, Request::make(document));
    LATENT_TRY(const SealKey key, SealKey::load(stateFolder()));
    std::filesystem::path run;
    if (order.out) {
        run = std::filesystem::absolute(*order.out);
        if (const Status made = createRunFolderAt(run); !made) return cannotMake(made.error());
    } else {
        auto made = createRunFolder(order.runs, order.experiment);
        if (!made) return cannotMake(made.error());
        run = *std::move(made);
    }
    if (const Status written = writeNewRun(run, request, key); !written) {
        // What was asked for was not made: leave nothing half-written. But a run that somebody else made there stays.
        std::error_code ignored;
        if (!fileExists(layout::request(run))) std::filesystem::remove_all(run, ignored);
        return written.error();
    }
    return run;
}

Result<std::filesystem::path> prepareRun(const PluginCatalog& catalog, const RunOrder& order) {
    LATENT_TRY(const nlohmann::json request, requestFor(catalog, order));
    LATENT_CHECK(checkWithPlugin(catalog, order.experiment, request.at("parameters")));
    LATENT_CHECK(checkDeviceIsHere(catalog, order));
    return makeRun(order, request);
}

void setWorkerCommand(std::vector<std::string> command) { workerCommand() = std::move(command); }

Result<pid_t> startWorker(const std::filesystem::path& run, WorkerStart how) {
    std::vector<std::string> words = workerCommand();
    words.push_back("--quiet");  // whoever started it follows the events
    words.push_back(run.string());
    if (how.despiteElsewhere) words.push_back("--take-over");
    words.insert(words.end(), how.arguments.begin(), how.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    // A session of its own: closing the terminal or the desktop does not end the job.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (how.detached) posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t worker = -1;
    const int error = posix_spawn(&worker, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (error != 0)
        return failed("The worker " + words[0] + " could not be started: " + std::strerror(error) + ".");
    return worker;
}

Result<bool> isForeign(const std::filesystem::path& run) {
    LATENT_TRY(const Request request, readRequest(run));
    LATENT_TRY(const SealKey key, SealKey::load(stateFolder()));
    EventTail tail(run);
    LATENT_TRY(const std::vector<EventLine> lines, tail.poll());
    for (const EventLine& line : lines)
        if (line.event->value("type", "") == kMade)
            return !sameSecret(line.event->value("seal", nlohmann::json()).is_string()
                                   ? line.event->at("seal").get<std::string>()
                                   : "",
                               key.sign(request.sha256()));
    return true;
}

Result<std::vector<std::string>> checkForeignRequest(const PluginCatalog& catalog,
                                                     const std::filesystem::path& run) {
    LATENT_TRY(const Request request, readRequest(run));
    LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, request.experiment()));
    LATENT_TRY(const SchemaModel schema, schemaOf(*found.contribution));
    nlohmann::json cells = request.document().value("cells", nlohmann::json::array({request.parameters()}));
    if (const auto design = request.document().find("design");
        design != request.document().end() && design->is_object()) {
        cells = nlohmann::json::array();  // a sweep: what its cells share, and what each adds
        for (const nlohmann::json& entry : design->value("cells", nlohmann::json::array())) {
            cells.push_back(request.parameters());
            if (entry.is_object() && entry.contains("parameters") && entry.at("parameters").is_object())
                cells.back().update(entry.at("parameters"));
        }
    }
    std::vector<std::string> paths;
    for (const nlohmann::json& cell : cells) {
        LATENT_TRY(const nlohmann::json values, resolveOrRefuse(schema, "", assignmentsOf(cell)));
        for (const std::string& path : pathsOf(schema, values)) paths.push_back(path);
    }
    const nlohmann::json inputs = request.document().value("inputs", nlohmann::json::object());
    for (const auto& [name, input] : inputs.items())
        if (input.is_object() && input.contains("path") && input.at("path").is_string())
            paths.push_back(input.at("path"));
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

nlohmann::json installedPlugin(const PluginCatalog& catalog, const Request& request) {
    if (const auto found = findRunnable(catalog, request.experiment()))
        if (auto facts = pluginFacts(*found->plugin, request.device())) return *std::move(facts);
    return nlohmann::json::object();
}

PluginLoader catalogLoader(const PluginCatalog& catalog) {
    return [&catalog](const Request& request) -> Result<LoadedPlugin> {
        LATENT_TRY(const PluginCatalog::Found found, findRunnable(catalog, request.experiment()));
        return loadPlugin(*found.plugin);
    };
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/batch_question.hpp"

#include <algorithm>
#include <map>

#include "engine/files/sha256.hpp"
#include "engine/h5/array.hpp"
#include "engine/jobs/plugin_call.hpp"
#include "engine/json/bounded.hpp"
#include "engine/store/array_spec.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

/// Bytes of everything that is published for one cell; 0 where an array grows or is written by slab.
std::uint64_t publishedBytes(const json& outputs, const std::string& experiment) {
    const auto specs = parseArraySpecs(outputs, "The outputs of " + experiment);
    if (!specs) return 0;
    std::uint64_t sum = 0;
    for (const ArraySpec& spec : *specs) {
        if (spec.grows() || spec.large) return 0;
        const auto bytes = byteCount(spec.dtype, spec.shape());
        if (!bytes || *bytes > (1ull << 50)) return 0;
        sum += *bytes;
    }
    return sum;
}

bool batches(const json& outputs) {
    for (const json& array : outputs.value("arrays", json::array())) {
        const json dims = array.value("dims", json::array());
        if (array.value("large", false) || (!dims.empty() && dims.front().value("size", json()).is_null()))
            return false;
    }
    return true;
}

/// What the outputs of a cell say: refused with the plugin's sentence, or the bytes of a cell that can be batched, or 0.
struct Look {
    std::string refusal;
    std::uint64_t bytes = 0;
    std::string outputs;
};

Result<Look> lookAt(abi::IExperiment1& experiment, const std::string& id, const std::string& parameters) {
    const Result<std::string> text = outputsOf(experiment, parameters);
    if (!text) return Look{text.error().message, 0, {}};
    LATENT_TRY(const json outputs, parseJson(*text, "The outputs of " + id));
    // Arrays that grow or are large cannot have a leading axis `cell`.
    return Look{
        {}, batches(outputs) ? std::max<std::uint64_t>(1, publishedBytes(outputs, id)) : 0, sha256Hex(*text)};
}

Result<json> answersOf(LoadedPlugin& plugin, const Contribution& contribution,
                       const std::vector<const PlannedCell*>& cells, const std::string& seedParameter) {
    LATENT_TRY(ExperimentHandle experiment, plugin.makeExperiment(contribution.id));
    const bool batching = cells.size() > 1 && contribution.description->value("batches", true);
    json answers = json::array();
    std::map<std::string, Look> looks;
    for (const PlannedCell* cell : cells) {
        const std::string parameters = cell->parameters.dump();
        json seedless = cell->parameters;
        seedless.erase(seedParameter);
        const auto [look, fresh] = looks.try_emplace(seedless.dump());
        if (fresh) {
            LATENT_TRY(look->second, lookAt(*experiment, contribution.id, parameters));
        }
        std::string key;
        if (batching && cell->inputs.empty() && look->second.bytes > 0 && look->second.refusal.empty()) {
            LATENT_TRY(key, batchKeyOf(*experiment, parameters));
        }
        answers.push_back(
            {key, key.empty() ? 0 : look->second.bytes, look->second.refusal, look->second.outputs});
    }
    return answers;
}

}  // namespace

Result<std::vector<BatchAnswer>> askAboutCells(const PluginEntry& plugin, const Contribution& experiment,
                                               const std::vector<const PlannedCell*>& cells,
                                               const std::string& seedParameter) {
    const double seconds = 60 + 0.05 * static_cast<double>(cells.size());
    LATENT_TRY(const json given, callPlugin(plugin, seconds, [&](LoadedPlugin& loaded) {
                   return answersOf(loaded, experiment, cells, seedParameter);
               }));
    std::vector<BatchAnswer> answers;
    for (const json& answer : given)
        answers.push_back({answer.at(0).get<std::string>(), answer.at(1).get<std::uint64_t>(),
                           answer.at(2).get<std::string>(), answer.at(3).get<std::string>()});
    if (answers.size() != cells.size()) return failed("The plugin's answers about the cells got lost.");
    return answers;
}

std::vector<std::size_t> batchJobs(const std::vector<BatchAnswer>& answers,
                                   const std::vector<std::size_t>& lengths, std::size_t workers,
                                   const BatchLimits& limits) {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < answers.size(); ++i)
        if (!answers[i].key.empty()) groups[answers[i].key].push_back(i);

    // The most cells that a batch of each key may have: bounded, and such that every worker gets a share.
    std::map<std::string, std::size_t> most;
    for (const auto& [key, members] : groups) {
        const std::uint64_t bytes = std::max<std::uint64_t>(1, answers[members.front()].bytes);
        const std::size_t share = (members.size() + workers - 1) / std::max<std::size_t>(1, workers);
        most[key] = std::max<std::size_t>(
            1, std::min({limits.cells, share,
                         static_cast<std::size_t>(std::max<std::uint64_t>(1, limits.bytes / bytes))}));
    }
    struct Open {
        std::size_t job = 0, cells = 0, length = 0;
    };
    std::map<std::string, Open> open;
    std::vector<std::size_t> jobs(answers.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const std::string& key = answers[i].key;
        if (key.empty()) {
            jobs[i] = next++;
            continue;
        }
        Open& batch = open[key];
        if (batch.cells == 0 || batch.cells >= most[key] || batch.length + lengths[i] > limits.requestBytes)
            batch = {next++, 0, 0};
        jobs[i] = batch.job;
        ++batch.cells;
        batch.length += lengths[i];
    }
    return jobs;
}

}  // namespace latent::engine

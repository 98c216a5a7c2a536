// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/batch_question.hpp"

#include <algorithm>
#include <map>

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
        if (array.value("large", false) || (!dims.empty() && dims.front().value("size", json()).is_null())) return false;
    }
    return true;
}

Result<json> answersOf(LoadedPlugin& plugin, const std::string& id, const std::vector<const PlannedCell*>& cells) {
    LATENT_TRY(ExperimentHandle experiment, plugin.makeExperiment(id));
    json answers = json::array();
    std::map<std::string, std::uint64_t> sizes;  // one look at the outputs of each key
    for (const PlannedCell* cell : cells) {
        std::string key;
        if (cell->inputs.empty()) {
            LATENT_TRY(key, batchKeyOf(*experiment, cell->parameters.dump()));
        }
        std::uint64_t bytes = 0;
        if (!key.empty()) {
            const auto known = sizes.find(key);
            if (known == sizes.end()) {
                LATENT_TRY(const std::string text, outputsOf(*experiment, cell->parameters.dump()));
                LATENT_TRY(const json outputs, parseJson(text, "The outputs of " + id));
                // Arrays that grow or are large cannot have a leading axis `cell`.
                sizes[key] = bytes = batches(outputs) ? std::max<std::uint64_t>(1, publishedBytes(outputs, id)) : 0;
            } else {
                bytes = known->second;
            }
            if (bytes == 0) key.clear();
        }
        answers.push_back({key, bytes});
    }
    return answers;
}

}  // namespace

Result<std::vector<BatchAnswer>> askBatchKeys(const PluginEntry& plugin, const Contribution& experiment,
                                              const std::vector<const PlannedCell*>& cells) {
    std::vector<BatchAnswer> answers(cells.size());
    if (cells.size() < 2 || !experiment.description->value("batches", true)) return answers;
    const double seconds = 60 + 0.05 * static_cast<double>(cells.size());
    LATENT_TRY(const json given, callPlugin(plugin, seconds, [&](LoadedPlugin& loaded) {
                   return answersOf(loaded, experiment.id, cells);
               }));
    for (std::size_t i = 0; i < cells.size(); ++i)
        answers[i] = {given.at(i).at(0).get<std::string>(), given.at(i).at(1).get<std::uint64_t>()};
    return answers;
}

std::vector<std::size_t> batchJobs(const std::vector<BatchAnswer>& answers, const std::vector<std::size_t>& lengths,
                                   std::size_t workers, const BatchLimits& limits) {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < answers.size(); ++i)
        if (!answers[i].key.empty()) groups[answers[i].key].push_back(i);

    // The most cells that a batch of each key may have: bounded, and such that every worker gets a share.
    std::map<std::string, std::size_t> most;
    for (const auto& [key, members] : groups) {
        const std::uint64_t bytes = std::max<std::uint64_t>(1, answers[members.front()].bytes);
        const std::size_t share = (members.size() + workers - 1) / std::max<std::size_t>(1, workers);
        most[key] = std::max<std::size_t>(
            1, std::min({limits.cells, share, static_cast<std::size_t>(std::max<std::uint64_t>(1, limits.bytes / bytes))}));
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

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What tests of experiments share: parameters, a run without a host, what it published, and a planted recording.
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <latent/learn/random.hpp>
#include <latent/learn/safetensors.hpp>

#include "experiments/analysis.hpp"
#include "experiments/graph_parameters.hpp"
#include "learn/fake_job.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {

namespace fs = std::filesystem;

using Values = std::initializer_list<std::pair<std::string, nlohmann::json>>;

template <class T>
latent::Parameters with(Values values) {
    return latent::Parameters::defaultsOf(T::parameters(), values);
}

template <class T>
QString refusal(const latent::Parameters& p) {
    try {
        T().outputs(p);
        return {};
    } catch (const std::exception& e) {
        return QString::fromUtf8(e.what());
    }
}

/// Every declared array is there in its declared shape; the sentence of the first that is not.
template <class T>
QString publishesWhatItDeclares(const latent::Parameters& p, FakeJob& host) {
    latent::Job job(&host);
    T experiment;
    experiment.run(p, job);
    const nlohmann::json declared = experiment.outputs(p).toJson();
    for (const auto& array : declared.at("arrays")) {
        const std::string name = array.at("name").get<std::string>();
        if (!host.published.count(name)) return QString::fromStdString(name + " was not published");
        const std::vector<int64_t>& shape = host.published.at(name).shape;
        if (shape.size() != array.at("dims").size())
            return QString::fromStdString(name + " has another rank");
        for (std::size_t d = 0; d < shape.size(); ++d)
            if (!array.at("dims")[d].at("size").is_null() && array.at("dims")[d].at("size") != shape[d])
                return QString::fromStdString(name + " has another shape");
    }
    return host.published.size() == declared.at("arrays").size()
               ? QString()
               : QString("something was published that is not declared");
}

template <class T>
QString pausesChangeNothing(const latent::Parameters& p, const char* last) {
    FakeJob whole, parts;
    latent::Job job(&whole);
    T().run(p, job);
    int attempts = 0;
    while (parts.rows[last].size() < whole.rows[last].size()) {
        parts.pauseAfter = 7 * attempts;  // later each time, so that it ends
        latent::Job again(&parts);
        T().run(p, again);
        parts.resumes = true;
        if (++attempts > 60) return "it never ends";
    }
    if (attempts < 2) return "it was never paused";
    for (const auto& [name, bytes] : whole.rows)
        if (parts.rows[name] != bytes) return QString::fromStdString(name + " differs");
    return {};
}

inline double number(const FakeJob& host, const char* name, std::size_t at = 0) {
    double value = 0;
    std::memcpy(&value, host.published.at(name).bytes.data() + at * sizeof value, sizeof value);
    return value;
}

/// Two layers of states on a walk: a word and a copy of the word before, and words alone.
inline latent::Parameters planted(const fs::path& folder, Values more = {}) {
    const auto at = [&](const char* name) { return folder / name; };
    const int n = 16, dim = 48, length = 600;
    const MixingModel own({.nodes = n, .dim = dim}, 1);
    const std::vector<int> nodes =
        makeSequence(std::vector<Graph>{makeGrid(4, 4)}, {.length = length}, 3, 0).nodes;
    latent::learn::RandomStream random(5, "noise");
    std::vector<float> mixed, alone;
    nlohmann::json words = nlohmann::json::array();
    for (int t = 0; t < length; ++t) {
        words.push_back(wordList("grid16")[static_cast<std::size_t>(nodes[static_cast<std::size_t>(t)])]);
        for (int d = 0; d < dim; ++d) {
            const double e = own.embeddings()(nodes[static_cast<std::size_t>(t)], d) + .01 * random.normal();
            alone.push_back(static_cast<float>(e));
            mixed.push_back(static_cast<float>(
                e + (t > 0 ? own.embeddings()(nodes[static_cast<std::size_t>(t) - 1], d) : 0)));
        }
    }
    latent::learn::writeSafetensors(
        at("r.safetensors"), {{"hidden.L1", {length, dim}, alone}, {"hidden.L7", {length, dim}, mixed}});
    std::ofstream(at("words.json")) << words;
    nlohmann::json json = with<Analysis>({{"recording", at("r.safetensors").string()},
                                          {"sequence", at("words.json").string()},
                                          {"words", "grid16"},
                                          {"contexts", 3},
                                          {"first_context", 200},
                                          {"null_draws", 40},
                                          {"bootstrap_draws", 20}})
                              .json();
    for (const auto& [name, value] : more) json[name] = value;
    return latent::Parameters::fromJson(json);
}

}  // namespace icl_graphs

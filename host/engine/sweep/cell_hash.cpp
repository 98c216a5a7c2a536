// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/cell_hash.hpp"

#include "engine/files/sha256.hpp"
#include "engine/jobs/asked_inputs.hpp"
#include "engine/jobs/inputs.hpp"
#include "engine/jobs/provenance.hpp"
#include "engine/json/bounded.hpp"

namespace latent::engine {

using nlohmann::json;

json identityOf(const json& request, const json& provenance) {
    const auto recorded = [&](const char* pointer, const std::string& now) {
        const json::json_pointer at(pointer);
        return provenance.empty() ? json(now) : provenance.contains(at) ? provenance.at(at) : json();
    };
    // A run that waited may have been computed by another binary than the one that it was asked of.
    const json& attempted = provenance.contains("plugin") ? provenance : request;
    const auto ofPlugin = [&](const char* pointer) {
        const json::json_pointer at(pointer);
        return attempted.contains(at) ? attempted.at(at) : json("");
    };
    json identity = {{"experiment", request.value("experiment", "")},
                     {"device", request.value("device", "cpu")},
                     {"threads", request.value("threads", 1)},
                     {"deterministic", request.value("deterministic", true)},
                     {"plugin_sha256", ofPlugin("/plugin/sha256")},
                     {"torch_version", ofPlugin("/plugin/torch_version")},
                     {"instruction_set", recorded("/machine/instruction_set", instructionSet())},
                     {"program_version", recorded("/program/version", programVersion())}};
    // Only where there is one, so that cells of before keep their hash.
    if (const json part = ofPlugin("/plugin/part_sha256"); part != "") identity["part_sha256"] = part;
    return identity;
}

Result<std::string> cellHash(const json& identity, const json& parameters, std::int64_t seed,
                             const json& inputs) {
    json document = identity;
    document["parameters"] = parameters;
    document["seed"] = seed;
    document["inputs"] = json::object();
    for (const auto& [name, input] : inputs.items()) document["inputs"][name] = stampOf(input);
    LATENT_TRY(const std::string text,
               canonicalJson(document, "A cell of " + identity.value("experiment", "?")));
    return sha256Hex(text);
}

Result<std::vector<std::string>> hashesOfRun(const json& request, const json& provenance,
                                             const std::string& seedParameter) {
    const json identity = identityOf(request, provenance);
    const json inputs = request.value("inputs", json::object());
    std::vector<std::string> hashes;
    for (const json& later : provenance.value("later_attempts", json::array()))
        if (!later.is_object() || identityOf(request, later) != identity) return hashes;
    const auto add = [&](const json& parameters, std::int64_t seed) -> Status {
        LATENT_TRY(std::string hash, cellHash(identity, parameters, seed, inputs));
        hashes.push_back(std::move(hash));
        return ok();
    };
    const auto cells = request.find("cells");
    if (cells == request.end()) {
        json parameters = request.at("parameters");
        nameByPlace(parameters, inputs);  // runs of before have them as written
        LATENT_CHECK(add(parameters, request.at("seed").get<std::int64_t>()));
        return hashes;
    }
    for (const json& cell : *cells) LATENT_CHECK(add(cell, cell.value(seedParameter, std::int64_t{0})));
    return hashes;
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What makes two cells the same computation: SHA-256 over experiment, parameters, seed, inputs, device, threads,
// determinism, instruction set, the plugin's binary, the LibTorch version, and this program's version.
//
// Cells with one hash run once. The same hash can be taken of a run that exists, from its request and provenance, so
// that finished runs can be used again. Pure functions, any thread.
//
//     LATENT_TRY(std::string hash, cellHash(identityOf(request, {}), parameters, seed, inputs));
//     LATENT_TRY(auto hashes, hashesOfRun(request, provenance));      // one a cell; one for a run of its own

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// The part that is the same for all cells of a sweep, from a request document; where it was computed comes from the
/// provenance, or (with an empty one) is this machine and program.
nlohmann::json identityOf(const nlohmann::json& request, const nlohmann::json& provenance);

Result<std::string> cellHash(const nlohmann::json& identity, const nlohmann::json& parameters, std::int64_t seed,
                             const nlohmann::json& inputs);

/// The hashes of the cells of a run, in their order; none when its attempts differ in what they computed with.
Result<std::vector<std::string>> hashesOfRun(const nlohmann::json& request, const nlohmann::json& provenance,
                                             const std::string& seedParameter);

}  // namespace latent::engine

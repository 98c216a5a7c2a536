// SPDX-License-Identifier: Apache-2.0
#pragma once
// Declarations and evidence as they cross from a plugin, and the proof that the declarations came first.
//
// Called by the worker and by `latent claims`, on any thread; values in, values out. A run records the hash
// of its experiment's declarations before it starts; judging compares it with the hash of the declarations it
// judges by, so that a claim that was changed after the measurement is seen.
//
//     LATENT_TRY(auto claims, readClaims(description.at("claims")));
//     std::string before = declarationsHash(claims, files::sha256Hex);        // stands in request.json
//     LATENT_TRY(auto evidence, readEvidence(answer));
//     for (const std::string& stray : undeclared(claims, evidence)) warn(stray);

#include <functional>
#include <latent/claim.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine::claims {

Result<std::vector<Claim>> readClaims(const nlohmann::json& json);
Result<Evidence> readEvidence(const nlohmann::json& json);

/// The declarations in the one spelling that is hashed: by id, keys sorted, no white space.
std::string canonicalDeclarations(const std::vector<Claim>& claims);

/// `sha256Hex` turns bytes into the 64 hexadecimal digits of their SHA-256.
std::string declarationsHash(const std::vector<Claim>& claims,
                             const std::function<std::string(std::string_view)>& sha256Hex);

/// Evidence for what was never declared, one sentence each: it gets no verdict.
std::vector<std::string> undeclared(const std::vector<Claim>& claims, const Evidence& evidence);

}  // namespace latent::engine::claims

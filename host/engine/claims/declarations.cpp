// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/declarations.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

namespace latent::engine::claims {

Result<std::vector<Claim>> readClaims(const nlohmann::json& json) {
    std::vector<Claim> claims;
    if (!json.is_array()) return refused("The claims of the experiment are not a JSON list.");
    for (const nlohmann::json& item : json) {
        try {
            claims.push_back(Claim::fromJson(item));
        } catch (const std::exception& wrong) {
            return refused("Claim number " + std::to_string(claims.size() + 1) +
                           " cannot be read: " + wrong.what());
        }
    }
    return claims;
}

Result<Evidence> readEvidence(const nlohmann::json& json) {
    try {
        return Evidence::fromJson(json);
    } catch (const std::exception& wrong) {
        return refused(std::string("The evidence for the claims cannot be read: ") + wrong.what());
    }
}

std::string canonicalDeclarations(const std::vector<Claim>& claims) {
    std::vector<const Claim*> sorted;
    for (const Claim& claim : claims) sorted.push_back(&claim);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->id() < b->id(); });
    nlohmann::json all = nlohmann::json::array();
    for (const Claim* claim : sorted) all.push_back(claim->toJson());
    // Numbers are written with the fewest digits that read back the same, so equal values have one spelling.
    return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string declarationsHash(const std::vector<Claim>& claims,
                             const std::function<std::string(std::string_view)>& sha256Hex) {
    return sha256Hex(canonicalDeclarations(claims));
}

std::vector<std::string> undeclared(const std::vector<Claim>& claims, const Evidence& evidence) {
    std::vector<std::string> stray;
    for (const auto& [id, measured] : evidence.claims()) {
        const auto claim =
            std::find_if(claims.begin(), claims.end(), [&](const Claim& c) { return c.id() == id; });
        if (claim == claims.end()) {
            stray.push_back("Evidence was given for '" + id +
                            "', which no claim declared; it gets no verdict.");
            continue;
        }
        for (const auto& [name, sample] : measured.controls()) {
            const auto& controls = claim->controls();
            if (std::none_of(controls.begin(), controls.end(),
                             [&](const Control& c) { return c.id() == name; })) {
                stray.push_back("Evidence was given for the control '" + name + "' of '" + id +
                                "', which is not declared.");
            }
        }
    }
    return stray;
}

}  // namespace latent::engine::claims

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The claims of experiments, held against runs: evidence from the plugins, verdicts from the engine.
//
// Runs are gathered by experiment; each plugin measures in a child process; then all claims of all experiments are judged
// together, because Holm's correction runs over everything that one report says. Single-threaded callers (it forks).
//
//     LATENT_TRY(MeasuredClaims measured, measureClaims(catalog, {runFolder, sweepFolder}));
//     for (const auto& entry : measured.entries) std::cout << entry.judgement.sentence << '\n';

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/claims/judge.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct MeasuredClaim {
    std::string experiment;
    claims::Judgement judgement;
};

struct MeasuredClaims {
    std::vector<MeasuredClaim> entries;
    /// Things a reader must know: a plugin that is absent, claims that changed since a run was made.
    std::vector<std::string> remarks;
    nlohmann::json toJson() const;
};

Result<MeasuredClaims> measureClaims(const PluginCatalog& catalog, const std::vector<std::filesystem::path>& folders);

}  // namespace latent::engine

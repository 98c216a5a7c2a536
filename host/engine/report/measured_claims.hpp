// SPDX-License-Identifier: Apache-2.0
#pragma once
// The claims of experiments, held against runs: evidence from the plugins, verdicts from the engine.
//
// A study is what is asked together: its runs are gathered by experiment, and each plugin measures in a child process.
// Studies are measured apart, since a claim over "every cell" is another one when cells of another design are added. Then
// all claims of all studies are judged together, because Holm's correction runs over everything that one report says.
// Single-threaded callers (it forks).
//
//     LATENT_TRY(MeasuredClaims measured, measureClaims(catalog, {{"", {runFolder, otherSeeds}}}));
//     for (const auto& entry : measured.entries) std::cout << entry.judgement.sentence << '\n';

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/claims/judge.hpp"
#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"

namespace latent::engine {

/// Runs and sweeps that answer one question. The name is for people and may be empty when there is only one study.
struct Study {
    std::string name;
    std::vector<std::filesystem::path> folders;
};

/// Each folder as a study of its own, called by the name of its sweep or run; where several have that name, by their
/// folders too.
Result<std::vector<Study>> studiesOf(const std::vector<std::filesystem::path>& folders);

struct MeasuredClaim {
    std::string study;
    std::string experiment;
    claims::Judgement judgement;
};

struct MeasuredClaims {
    std::vector<MeasuredClaim> entries;
    /// Things a reader must know: a plugin that is absent, claims that changed since a run was made, cells and runs that are
    /// not done.
    std::vector<std::string> remarks;
    /// The sentence for readers when there is nothing to judge; empty when a verdict or a remark stands there.
    std::string nothingToJudge() const;
    nlohmann::json toJson() const;
};

Result<MeasuredClaims> measureClaims(const PluginCatalog& catalog, const std::vector<Study>& studies);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The report over runs and sweeps: claims with their verdicts first, then what was run, with what, and what it holds.
//
// One HTML file, no script, all text escaped. Figures are drawn by whoever the caller names (the desktop's renderer, as a
// process of its own) and embedded as pictures, which cannot run or load anything; without a drawer the report holds tables
// and says how to add them. Single-threaded callers (it asks plugins in children).
//
//     LATENT_TRY(Report report, writeReport(catalog, studies, "SIM studies"));
//     for (const std::string& problem : report.problems) std::cerr << problem << '\n';

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/report/measured_claims.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct DrawnFigure {
    std::string title, caption;
    std::string svg;      ///< the whole file
    std::string problem;  ///< why there is none
};
using FigureDrawer = std::function<Result<std::vector<DrawnFigure>>(const std::filesystem::path& run)>;

struct Report {
    std::string html;         ///< the whole file
    MeasuredClaims measured;  ///< what it says of the claims
    std::vector<std::string>
        problems;  ///< runs that could not be shown, one sentence each; they are in the file too
};

Result<Report> writeReport(const PluginCatalog& catalog, const std::vector<Study>& studies,
                           const std::string& title, const FigureDrawer& draw = {});

/// The lines under a claim: what was measured, on what, by which rule, and its controls.
std::vector<std::string> wordsOf(const claims::Judgement& judgement);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a sweep file to a sweep directory: every cell resolved and checked, identical ones found, batches made; only
// then is anything written.
//
// A sweep directory is a run directory whose request says "kind": "sweep" and has, besides what every request has,
//   design   {"kind", "axes": [{"name", "seed", "values"}], "columns": [{"parameter", "values"}],
//             "cells": [{"parameters": what differs from the request's own parameters, "hash", "job"}]}
//   spec     the file as JSON            cores, reuse
// `parameters` are those that all cells share. Cells of one job are computed by one run. Single-threaded callers (a
// plugin is asked for batch keys in a child); once.
//
//     LATENT_TRY(SweepSpec spec, SweepSpec::read(file));
//     LATENT_TRY(SweepPlan plan, planSweep(catalog, spec, workspace / "runs"));
//     LATENT_TRY(std::filesystem::path folder, makeSweep(plan, workspace / "runs"));

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/plugins/catalog.hpp"
#include "engine/result.hpp"
#include "engine/sweep/design.hpp"

namespace latent::engine {

struct PlannedCell {
    nlohmann::json parameters;  ///< complete and resolved
    std::int64_t seed = 0;
    nlohmann::json inputs = nlohmann::json::object();
    std::string hash;
    std::size_t job = 0;
};

struct SweepPlan {
    nlohmann::json request;          ///< the whole document
    std::vector<PlannedCell> cells;  ///< in the order of the design
    std::size_t distinct = 0;        ///< cells that differ
    std::size_t jobs = 0;            ///< runs that will be made
    std::string experiment, name;
};

struct BatchLimits {
    std::size_t cells = 1024;
    std::uint64_t bytes = 512ull << 20;  ///< of the published arrays of one batch
    std::size_t requestBytes = 2u << 20;
};

/// What the plugin says about each distinct cell: a key, and how many bytes its arrays take (0: not known).
struct BatchAnswer {
    std::string key;
    std::uint64_t bytes = 0;
    std::string refusal{};  ///< the plugin's sentence about a cell that it cannot run
    std::string
        outputs{};  ///< hash of what it declares: cells that have the same publish the same arrays and figures
};

/// Gives each distinct cell a job: `answers` and `lengths` (of its JSON) by distinct cell, result the same. Cells with
/// an empty key are alone; the others are split so that `workers` of them have something to do.
std::vector<std::size_t> batchJobs(const std::vector<BatchAnswer>& answers,
                                   const std::vector<std::size_t>& lengths, std::size_t workers,
                                   const BatchLimits& limits = {});

/// All mistakes of all cells are in the error (exit 2). Makes nothing.
Result<SweepPlan> planSweep(const PluginCatalog& catalog, const SweepSpec& spec,
                            const std::filesystem::path& runs);

/// Makes the sweep directory: runs/<time>-sweep-<name>-<bits>.
Result<std::filesystem::path> makeSweep(const SweepPlan& plan, const std::filesystem::path& runs);

/// The newest sweep of the folder that asks the same question (the same file, and cells that would give the
/// same results with this plugin), in whatever state; nothing where there is none.
std::optional<std::filesystem::path> findSweep(const SweepPlan& plan, const std::filesystem::path& runs);

/// The cells of a sweep's request, as they were planned; refused (exit 3) when the document makes no sense.
Result<std::vector<PlannedCell>> cellsOf(const nlohmann::json& request);

}  // namespace latent::engine

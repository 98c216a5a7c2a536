// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a question to a run starts from: the values the run was made with, as far as the question takes them. The window and
// `latent probe` fill a question by this one rule. Pure functions; any thread.
//
//     ProbePanel: form->setValues(takenValues(schema, snapshot.parameters()));
//     LATENT_TRY(json values, resolveQuestion(schema, runValues, "figure_5", {{"sigma", 0.1}}));

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "engine/parameters/resolve.hpp"

namespace latent::engine {

/// The entries of `run` (resolved parameters; null: not given, or different from cell to cell of a sweep) that are right for
/// the schema. With a preset only those that it leaves alone: it does not give them itself, nor what they exclude, nor
/// something that they do not fit.
nlohmann::json takenValues(const SchemaModel& schema, const nlohmann::json& run,
                           std::string_view preset = {});

/// Defaults, then what is taken of the run, then the preset, then the assignments; giving one of two parameters that exclude
/// each other drops the other's value of an earlier layer. Exit 2 with all sentences when something is wrong.
Result<nlohmann::json> resolveQuestion(const SchemaModel& schema, const nlohmann::json& run,
                                       std::string_view preset, std::vector<Assignment> assignments);

}  // namespace latent::engine

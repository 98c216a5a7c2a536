// SPDX-License-Identifier: Apache-2.0
#pragma once
// From what a person gave to every parameter's value: defaults, then a preset, then assignments.
//
// The one place where requests are made and re-validated: `latent run`, the form (as you type), sweeps,
// probes, and requests found in a folder of someone else all come here. All problems are collected, one
// sentence per parameter and problem. Rules: a later layer wins; giving one of two exclusive parameters drops
// the other's value of an earlier layer; null (or an empty text for an optional parameter) means "not given".
// The values are complete (every parameter of the schema, null where not given) and canonical, and resolving
// them again gives the same. Any thread, never throws.
//
//     LATENT_TRY(Assignment set, parseAssignment("mu=1,2"));
//     Resolution r = resolve(schema, "smoke", {set, {"steps", 500}});
//     if (!r.errors.empty()) showBeside(r.errors[0].parameter, r.errors[0].sentence);
//     LATENT_TRY(json values, resolveOrRefuse(schema, "smoke", {set}));      // one Error with all sentences
//     (exit 2)

#include "engine/parameters/schema_model.hpp"

namespace latent::engine {

/// One value for one parameter: typed JSON, or (with `isText`) a text that is read by the parameter's type.
struct Assignment {
    std::string name;
    nlohmann::json value;
    bool isText = false;
};

/// "name=value"; the value may hold further equals signs.
Result<Assignment> parseAssignment(std::string_view text);

/// The entries of an object as typed assignments, for values that were resolved before or come from a sweep.
std::vector<Assignment> assignmentsOf(const nlohmann::json& object);

struct FieldError {
    std::string parameter;  // empty when it concerns none (an unknown preset)
    std::string sentence;   // complete: names the parameter, what it got and what is allowed
};

struct Resolution {
    nlohmann::json values;           // complete where there are no errors; else null for what is wrong
    std::vector<FieldError> errors;  // in the order of the schema, unknown names first
    bool valid() const { return errors.empty(); }
};

/// An empty preset name means none.
Resolution resolve(const SchemaModel& schema, std::string_view preset,
                   const std::vector<Assignment>& assignments);

Result<nlohmann::json> resolveOrRefuse(const SchemaModel& schema, std::string_view preset,
                                       const std::vector<Assignment>& assignments);

/// Whether the form shows this parameter, given resolved values.
bool isVisible(const SchemaModel& schema, const ParameterModel& parameter, const nlohmann::json& values);

}  // namespace latent::engine

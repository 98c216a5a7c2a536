// SPDX-License-Identifier: Apache-2.0
#pragma once
// One value against one parameter: its type, limits and size, and its canonical spelling.
//
// Values come from the command line, a form, a sweep or someone else's request, so nothing is assumed of
// them. The canonical form is what is hashed: numbers of real parameters are always floating (2 becomes 2.0,
// -0.0 becomes 0.0), of whole ones always integers (3.0 becomes 3). Pure functions, any thread, never throw;
// one pass over the value.
//
//     CheckedValue v = checkValue(mu, json);       // v.value canonical, or v.sentence says what is wrong
//     std::string wrong = checkExtents(m, value, [&](const std::string& name) { return lengthOf(name); });

#include <functional>

#include "engine/parameters/schema_model.hpp"

namespace latent::engine {

struct CheckedValue {
    nlohmann::json value;  // null when wrong
    std::string sentence;  // empty when right; begins with the parameter's name
    bool right() const { return sentence.empty(); }
};

/// Everything but lengths and shapes that follow other parameters. Null is refused: the caller deals with
/// "not given".
CheckedValue checkValue(const ParameterModel& parameter, const nlohmann::json& value);

/// What an extent comes to, or nothing where it is open or its parameter has no (valid) value.
using ExtentValue = std::function<std::optional<std::int64_t>(const ExtentModel&)>;

/// Lengths and shapes of a canonical value; an empty text when they are right.
std::string checkExtents(const ParameterModel& parameter, const nlohmann::json& value,
                         const ExtentValue& extent);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values as text: what `--set name=value` takes, and the way back.
//
// The text is read by the parameter's type: numbers as 0.5 or 1e-3, whole ones also as 1e6, flags as true,
// false, yes, no, on, off, 1, 0; lists as 1,2,3 or [1, 2, 3]; matrices as 1,0;0,1 or [[1, 0], [0, 1]]; texts
// and choices as they stand. textOf is the inverse: parseText(p, textOf(p, v)) gives v. Pure functions, any
// thread, never throw.
//
//     CheckedValue v = parseText(mu, "1,2.5");        // [1.0, 2.5]
//     CheckedValue w = parseText(mu, "1,two");        // sentence: mu: got the text "two" (entry 2), but
//     takes … std::string text = textOf(mu, v.value);         // "1,2.5"

#include "engine/parameters/value_check.hpp"

namespace latent::engine {

CheckedValue parseText(const ParameterModel& parameter, std::string_view text);

/// Of a canonical value; null gives an empty text.
std::string textOf(const ParameterModel& parameter, const nlohmann::json& value);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a parameter takes, in words: the same ones in error messages, tooltips, `latent describe` and the
// manual.
//
// Pure functions, any thread. Numbers are in the parameter's own unit, which is not repeated here.
//
//     allowedWords(sigma);       // "a number from 0 to 10"
//     allowedWords(mu);          // "a list of 1 to 64 numbers, each from 0 to 100"
//     allowedWords(m);           // "a matrix of dim by dim numbers"
//     rangeWords(steps);         // "from 1 to 10000000"

#include "engine/parameters/schema_model.hpp"

namespace latent::engine {

std::string allowedWords(const ParameterModel& parameter);

/// "from 0 to 10", "above 0", "at most 3", or nothing.
std::string rangeWords(const ParameterModel& parameter);

/// "1 to 64", "exactly dim", "at least 2", or nothing.
std::string lengthWords(const ExtentModel& low, const ExtentModel& high);

/// A number as short as it can be written: 2 rather than 2.0.
std::string numberWords(double value);

}  // namespace latent::engine

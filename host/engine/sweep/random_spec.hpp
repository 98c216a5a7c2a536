// SPDX-License-Identifier: Apache-2.0
#pragma once
// The [random] table of a sweep file, and the drawing of its values.
//
// Draws are counter-based: value = f(seed, parameter's name, cell), so that cells can be added without changing the
// ones before, and a parameter without changing the others. Real numbers are rounded to nine significant digits, which
// takes away what the C libraries of two machines could differ in. Pure functions, any thread.
//
//     LATENT_TRY(RandomDesign design, readRandomDesign(table, "The sweep random.toml"));
//     nlohmann::json sigma = drawValue(design, design.parameters[0], 17, false);

#include "engine/sweep/sweep_spec.hpp"

namespace latent::engine {

Result<RandomDesign> readRandomDesign(const nlohmann::ordered_json& table, const std::string& what);
nlohmann::json randomJson(const RandomDesign& design);

/// Whether a parameter that takes whole numbers can be drawn: refused (exit 2) where there is none from low to high.
Status checkWhole(const RandomParameter& parameter);

/// Of one cell. `whole`: the parameter takes whole numbers, both ends are included, and checkWhole() was asked.
nlohmann::json drawValue(const RandomDesign& design, const RandomParameter& parameter, std::uint64_t cell,
                         bool whole);

}  // namespace latent::engine

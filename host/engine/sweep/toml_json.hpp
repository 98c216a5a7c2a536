// SPDX-License-Identifier: Apache-2.0
#pragma once
// TOML text as JSON, in the order in which it was written: the only place that knows the TOML library.
//
// The order of a table's keys matters here (it is the order of a grid's axes), so values come as ordered JSON. Dates,
// times, infinities and not-a-numbers have no place in JSON and are refused with the key that holds them. Pure
// function, any thread, never throws.
//
//     LATENT_TRY(auto document, parseToml(text, "The sweep grid.toml"));

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

inline constexpr std::size_t kMaxTomlBytes = 1u << 20;

/// Refused (exit 2) when it is too long, no TOML (with line and column), or holds what JSON cannot.
Result<nlohmann::ordered_json> parseToml(std::string_view text, const std::string& what);

}  // namespace latent::engine

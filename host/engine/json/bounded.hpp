// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON from outside: parsed under limits, so that a hostile file costs a sentence and not the process.
//
// Every JSON text that this process did not write itself goes through parseJson: manifests, requests, events,
// control requests, user notes, frames of a probe. It refuses text over a number of bytes, nesting over a
// depth, invalid UTF-8, duplicate keys, numbers that no double holds, and anything after the value. The error
// begins with `what`, the name of the thing for people ("The request runs/x/request.json"). Pure functions;
// any thread.
//
//     LATENT_TRY(auto bytes, readFile(path, kMaxRequestBytes));
//     LATENT_TRY(auto json, parseJson(bytes, "The request " + path.string()));

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

struct JsonLimits {
    std::size_t bytes = 4u << 20;
    int depth = 64;
};

/// The value of `text`, or a refusal (exit 3) that says what is wrong and at which byte.
Result<nlohmann::json> parseJson(std::string_view text, std::string_view what, JsonLimits limits = {});

/// One spelling per value: keys sorted, no blanks, shortest numbers. Hashes of JSON are taken over this text.
/// Fails (exit 2) when a string is not UTF-8 or a number is not finite, naming `what`.
Result<std::string> canonicalJson(const nlohmann::json& value, std::string_view what);

/// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool isUtf8(std::string_view text);

}  // namespace latent::engine

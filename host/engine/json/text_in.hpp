// SPDX-License-Identifier: Apache-2.0
#pragma once
// A text of a JSON object that may come from anybody. Any thread.
//
//     const std::string state = textIn(event, "state");   // empty where there is none, or something else
#include <nlohmann/json.hpp>
#include <string>

namespace latent::engine {

/// Empty unless `object` is an object that has a text under `key`.
inline std::string textIn(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace latent::engine

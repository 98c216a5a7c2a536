// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/json/schema.hpp"

namespace latent::engine {

/// Made by embed_schemas.cmake from sdk/schema: pairs of name and text, ended by a null name.
extern const char* const kEmbeddedSchemas[][2];

std::string_view builtInSchemaText(std::string_view name) {
    for (const auto* entry = kEmbeddedSchemas; (*entry)[0]; ++entry) {
        if (name == (*entry)[0]) return (*entry)[1];
    }
    throw std::logic_error("There is no built-in schema " + std::string(name));
}

const JsonSchema& builtInSchema(std::string_view name) {
    // All at once, on first use: a few hundred small nodes.
    static const std::map<std::string, JsonSchema, std::less<>> kCompiled = [] {
        std::map<std::string, JsonSchema, std::less<>> all;
        for (const auto* entry = kEmbeddedSchemas; (*entry)[0]; ++entry) {
            all.emplace((*entry)[0], JsonSchema(nlohmann::json::parse((*entry)[1])));
        }
        return all;
    }();
    const auto found = kCompiled.find(name);
    if (found == kCompiled.end()) throw std::logic_error("There is no built-in schema " + std::string(name));
    return found->second;
}

}  // namespace latent::engine

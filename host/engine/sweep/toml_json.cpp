// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/toml_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

// Without exceptions the parser returns its error; the library on the system is built with them, so the headers it is.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// The parser asserts what hostile input breaks ("[:key]") and then reports it itself; with NDEBUG and clang it would even
// promise it to the optimiser. So its assertions are left out, in every build.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

namespace latent::engine {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> convert(const toml::node& node, const std::string& what, const std::string& key);

Result<Json> convertTable(const toml::table& table, const std::string& what, const std::string& key) {
    struct Entry {
        std::string name;
        const toml::node* node;
    };
    std::vector<Entry> entries;
    for (const auto& [name, node] : table) entries.push_back({std::string(name.str()), &node});
    const auto place = [](const Entry& entry) {
        const toml::source_position begin = entry.node->source().begin;
        return std::pair(begin.line, begin.column);
    };
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) { return place(a) < place(b); });
    Json object = Json::object();
    for (const Entry& entry : entries) {
        LATENT_TRY(object[entry.name], convert(*entry.node, what, key.empty() ? entry.name : key + "." + entry.name));
    }
    return object;
}

Result<Json> convert(const toml::node& node, const std::string& what, const std::string& key) {
    if (const auto* table = node.as_table()) return convertTable(*table, what, key);
    if (const auto* array = node.as_array()) {
        Json list = Json::array();
        for (const toml::node& entry : *array) {
            LATENT_TRY(Json value, convert(entry, what, key));
            list.push_back(std::move(value));
        }
        return list;
    }
    if (const auto* text = node.as_string()) return Json(text->get());
    if (const auto* whole = node.as_integer()) return Json(whole->get());
    if (const auto* flag = node.as_boolean()) return Json(flag->get());
    if (const auto* real = node.as_floating_point()) {
        if (!std::isfinite(real->get())) return badRequest(what + ": " + key + " holds a number that is not finite.");
        return Json(real->get());
    }
    return badRequest(what + ": " + key + " holds a date or time; write it as text in quotes.");
}

}  // namespace

Result<nlohmann::ordered_json> parseToml(std::string_view text, const std::string& what) {
    if (text.size() > kMaxTomlBytes)
        return badRequest(what + " is longer than " + std::to_string(kMaxTomlBytes >> 20) + " MB.");
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::source_position at = parsed.error().source().begin;
        return badRequest(what + " is not valid TOML (line " + std::to_string(at.line) + ", column " +
                          std::to_string(at.column) + "): " + std::string(parsed.error().description()) + ".");
    }
    return convertTable(parsed.table(), what, "");
}

}  // namespace latent::engine

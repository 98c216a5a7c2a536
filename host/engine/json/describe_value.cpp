// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/json/bounded.hpp"
#include "engine/json/schema.hpp"

namespace latent::engine {

namespace {

/// A text for a message: shortened, and without anything that could move a terminal's cursor.
std::string quoted(const std::string& text) {
    constexpr std::size_t kShown = 60;
    if (!isUtf8(text)) return "\"…\" (not UTF-8)";
    std::size_t end = std::min(text.size(), kShown);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    std::string out = "\"";
    for (std::size_t i = 0; i < end; ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F)
            out += "\\x" + std::string(1, "0123456789abcdef"[c >> 4]) + "0123456789abcdef"[c & 15];
        else
            out += text[i];
    }
    return out + (end < text.size() ? "…\"" : "\"");
}

}  // namespace

std::string describeValue(const nlohmann::json& value) {
    using Type = nlohmann::json::value_t;
    switch (value.type()) {
        case Type::null:
            return "nothing (null)";
        case Type::boolean:
            return value.get<bool>() ? "true" : "false";
        case Type::string:
            return "the text " + quoted(value.get_ref<const std::string&>());
        case Type::array:
            return value.empty() ? "an empty list" : "a list of " + std::to_string(value.size());
        case Type::object:
            return "an object";
        case Type::number_float: {
            const double x = value.get<double>();
            if (x != x) return "NaN";
            if (x - x != 0) return x > 0 ? "infinity" : "-infinity";
            return "the number " + value.dump();
        }
        default:
            return "the number " + value.dump();
    }
}

std::string pathOf(std::string_view parent, std::string_view key) {
    bool plain = !key.empty();
    for (char c : key)
        plain =
            plain && (c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    if (!plain) return std::string(parent) + "[" + quoted(std::string(key)) + "]";
    return parent.empty() ? std::string(key) : std::string(parent) + "." + std::string(key);
}

std::string pathOf(std::string_view parent, std::size_t index) {
    return std::string(parent) + "[" + std::to_string(index) + "]";
}

Error refusalOf(std::string_view what, const std::vector<Problem>& problems) {
    constexpr std::size_t kShown = 3;
    std::string message = std::string(what) + " is not valid: ";
    for (std::size_t i = 0; i < problems.size() && i < kShown; ++i)
        message += (i > 0 ? " " : "") + problems[i].text();
    if (problems.size() > kShown) message += " And " + std::to_string(problems.size() - kShown) + " more.";
    return refused(std::move(message));
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/value_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/json/bounded.hpp"
#include "engine/parameters/allowed_words.hpp"

namespace latent::engine {

namespace {

using nlohmann::json;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    if (trimmed(text).empty()) return parts;
    for (std::size_t start = 0;;) {
        const std::size_t end = text.find(separator, start);
        parts.push_back(trimmed(text.substr(start, end - start)));
        if (end == std::string_view::npos) return parts;
        start = end + 1;
    }
}

/// A number where the text is one; otherwise the text itself, for checkValue to refuse with the right words.
json numberOfText(std::string_view text) {
    std::string_view digits = trimmed(text);
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
    const char* end = digits.data() + digits.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(digits.data(), end, whole);
        read.ec == std::errc() && read.ptr == end && !digits.empty()) {
        return whole;
    }
    double real = 0;
    const auto read = std::from_chars(digits.data(), end, real);
    if (read.ptr == end && read.ec == std::errc() && !digits.empty()) return real;
    if (read.ptr == end && read.ec == std::errc::result_out_of_range) {
        // Too small is zero; too large is refused as the infinity that it would become.
        const auto exponent = digits.find_first_of("eE");
        const bool tiny =
            exponent != std::string_view::npos && exponent + 1 < digits.size() && digits[exponent + 1] == '-';
        return tiny ? 0.0 : HUGE_VAL;
    }
    return std::string(text);
}

CheckedValue fromJsonText(const ParameterModel& p, std::string_view text) {
    const auto parsed = parseJson(text, p.name, {.bytes = 16u << 20, .depth = 4});
    if (!parsed) return {nullptr, parsed.error().message};
    return checkValue(p, *parsed);
}

CheckedValue flagFrom(const ParameterModel& p, std::string_view text) {
    for (const char* yes : {"true", "yes", "on", "1"}) {
        if (text == yes) return {true, {}};
    }
    for (const char* no : {"false", "no", "off", "0"}) {
        if (text == no) return {false, {}};
    }
    return checkValue(p, std::string(text));
}

}  // namespace

CheckedValue parseText(const ParameterModel& p, std::string_view given) {
    if (!isUtf8(given)) return {nullptr, p.name + ": the text is not valid UTF-8."};
    const std::string_view text = trimmed(given);
    switch (p.type) {
        case ParameterType::Number:
        case ParameterType::Integer:
        case ParameterType::Seed:
            return checkValue(p, numberOfText(text));
        case ParameterType::Flag:
            return flagFrom(p, text);
        case ParameterType::Numbers:
        case ParameterType::Integers:
        case ParameterType::Texts: {
            if (!text.empty() && text.front() == '[') return fromJsonText(p, text);
            json list = json::array();
            for (const std::string_view part : split(text, ',')) {
                list.push_back(p.type == ParameterType::Texts ? json(std::string(part)) : numberOfText(part));
            }
            return checkValue(p, list);
        }
        case ParameterType::Matrix: {
            if (!text.empty() && text.front() == '[') return fromJsonText(p, text);
            json rows = json::array();
            for (const std::string_view part : split(text, ';')) {
                json row = json::array();
                for (const std::string_view entry : split(part, ',')) row.push_back(numberOfText(entry));
                rows.push_back(std::move(row));
            }
            return checkValue(p, rows);
        }
        default:
            return checkValue(p, std::string(given));
    }
}

std::string textOf(const ParameterModel& p, const nlohmann::json& value) {
    const auto entry = [](const json& x) {
        return x.is_number_float() ? numberWords(x.get<double>()) : x.dump();
    };
    if (value.is_null()) return {};
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array() && p.type == ParameterType::Texts) return value.dump();
    if (value.is_array() && !value.empty() && value[0].is_array()) {
        std::string text = "[";
        for (const json& row : value) {
            text += text.size() > 1 ? ",[" : "[";
            for (std::size_t c = 0; c < row.size(); ++c) text += (c > 0 ? "," : "") + entry(row[c]);
            text += "]";
        }
        return text + "]";
    }
    if (value.is_array()) {
        // An empty list is spelled out: an empty text would mean "not given" where that is possible.
        if (value.empty()) return "[]";
        std::string text;
        for (const json& x : value) text += (text.empty() ? "" : ",") + entry(x);
        return text;
    }
    return entry(value);
}

}  // namespace latent::engine

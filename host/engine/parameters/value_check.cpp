// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/value_check.hpp"

#include <algorithm>
#include <cmath>

#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/parameters/allowed_words.hpp"

namespace latent::engine {

namespace {

using nlohmann::json;

CheckedValue wrong(const ParameterModel& p, const std::string& got) {
    return {nullptr, p.name + ": got " + got + ", but takes " + allowedWords(p) + "."};
}

std::size_t codePoints(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool inRange(const ParameterModel& p, double x) {
    if (p.min && (p.minExclusive ? !(x > *p.min) : !(x >= *p.min))) return false;
    return !(p.max && (p.maxExclusive ? !(x < *p.max) : !(x <= *p.max)));
}

/// One number of a number, integer, list or matrix; `where` is "" or " (entry 3)". Canonical in `out`.
std::string checkNumber(const ParameterModel& p, const json& value, const std::string& where, json& out) {
    const auto refuse = [&](const std::string& got) { return wrong(p, got + where).sentence; };
    if (!value.is_number()) return refuse(describeValue(value));
    const double x = value.get<double>();
    if (!std::isfinite(x)) return refuse(numberWords(x));
    if (isWhole(p.type)) {
        if (x != std::floor(x)) return refuse(numberWords(x));
        if (std::abs(x) > static_cast<double>(kLargestInteger)) {
            return p.name + ": got " + value.dump() + where +
                   ", which is beyond 2^53 and would not be kept exactly.";
        }
        // Exact also where 2^53 + 1 rounds down to 2^53 as a double.
        if (value.is_number_integer() &&
            (value.is_number_unsigned()
                 ? value.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargestInteger)
                 : std::abs(value.get<std::int64_t>()) > kLargestInteger)) {
            return p.name + ": got " + value.dump() + where +
                   ", which is beyond 2^53 and would not be kept exactly.";
        }
    }
    if (!inRange(p, x)) return refuse(numberWords(x));
    if (isWhole(p.type))
        out = static_cast<std::int64_t>(x);
    else
        out = x == 0 ? 0.0 : x;
    return {};
}

std::string checkText(const ParameterModel& p, const std::string& text, const std::string& where) {
    if (!isUtf8(text)) return p.name + ": the text" + where + " is not valid UTF-8.";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
            return p.name + ": the text" + where + " holds a control character.";
        }
    }
    if (codePoints(text) > kMostTextCharacters) {
        return p.name + ": the text" + where + " has " + std::to_string(codePoints(text)) +
               " characters; at most " + std::to_string(kMostTextCharacters) + " are allowed.";
    }
    return {};
}

CheckedValue checkList(const ParameterModel& p, const json& given) {
    // One entry may stand alone, as on the command line: `sigma = 0.1` in a sweep file.
    const bool alone = p.type == ParameterType::Texts ? given.is_string() : given.is_number();
    const json value = alone ? json::array({given}) : given;
    if (!value.is_array()) return wrong(p, describeValue(value));
    if (value.size() > kMostListEntries) {
        return {nullptr, p.name + ": got " + std::to_string(value.size()) +
                             " entries; no list may have more than " + std::to_string(kMostListEntries) +
                             "."};
    }
    json canonical = json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string where = " (entry " + std::to_string(i + 1) + ")";
        json entry = value[i];
        std::string sentence;
        if (p.type != ParameterType::Texts)
            sentence = checkNumber(p, value[i], where, entry);
        else if (!value[i].is_string())
            sentence = wrong(p, describeValue(value[i]) + where).sentence;
        else
            sentence = checkText(p, value[i].get_ref<const std::string&>(), where);
        if (!sentence.empty()) return {nullptr, sentence};
        canonical.push_back(std::move(entry));
    }
    return {std::move(canonical), {}};
}

CheckedValue checkMatrix(const ParameterModel& p, const json& value) {
    if (!value.is_array()) return wrong(p, describeValue(value));
    json canonical = json::array();
    std::size_t entries = 0;
    for (std::size_t r = 0; r < value.size(); ++r) {
        const std::string row = "row " + std::to_string(r + 1);
        if (!value[r].is_array()) return wrong(p, describeValue(value[r]) + " as " + row);
        if (value[r].size() != value[0].size()) {
            return {nullptr, p.name + ": " + row + " has " + std::to_string(value[r].size()) +
                                 " entries and row 1 has " + std::to_string(value[0].size()) +
                                 ", but all rows of a matrix have one length."};
        }
        entries += std::max<std::size_t>(value[r].size(), 1);
        if (entries > kMostMatrixEntries) {
            return {nullptr, p.name + ": no matrix may have more than " + std::to_string(kMostMatrixEntries) +
                                 " entries."};
        }
        json canonicalRow = json::array();
        for (std::size_t c = 0; c < value[r].size(); ++c) {
            json entry;
            const std::string where = " (" + row + ", column " + std::to_string(c + 1) + ")";
            if (auto sentence = checkNumber(p, value[r][c], where, entry); !sentence.empty())
                return {nullptr, sentence};
            canonicalRow.push_back(std::move(entry));
        }
        canonical.push_back(std::move(canonicalRow));
    }
    return {std::move(canonical), {}};
}

CheckedValue checkChoice(const ParameterModel& p, const json& value) {
    if (!value.is_string()) return wrong(p, describeValue(value));
    std::vector<std::string> values;
    for (const ChoiceModel& choice : p.choices) {
        if (value == choice.value) return {value, {}};
        values.push_back(choice.value);
    }
    CheckedValue refused = wrong(p, describeValue(value));
    if (const auto hint = didYouMean(value.get_ref<const std::string&>(), values); !hint.empty()) {
        refused.sentence.pop_back();
        refused.sentence += hint;
    }
    return refused;
}

CheckedValue checkInput(const ParameterModel& p, const json& value) {
    if (!value.is_string()) return wrong(p, describeValue(value));
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty()) return wrong(p, "an empty text");
    if (text.size() > kMostPathBytes) {
        return {nullptr, p.name + ": the name has " + std::to_string(text.size()) + " bytes; at most " +
                             std::to_string(kMostPathBytes) + " are allowed."};
    }
    if (auto sentence = checkText(p, text, ""); !sentence.empty()) return {nullptr, sentence};
    return {value, {}};
}

std::string sizeWords(const ExtentModel& extent, std::int64_t size) {
    return extent.kind == ExtentModel::Kind::Fixed ? std::to_string(size)
                                                   : std::to_string(size) + " (" + extent.words() + ")";
}

}  // namespace

CheckedValue checkValue(const ParameterModel& p, const nlohmann::json& value) {
    switch (p.type) {
        case ParameterType::Number:
        case ParameterType::Integer:
        case ParameterType::Seed: {
            CheckedValue checked;
            checked.sentence = checkNumber(p, value, "", checked.value);
            return checked;
        }
        case ParameterType::Flag:
            return value.is_boolean() ? CheckedValue{value, {}} : wrong(p, describeValue(value));
        case ParameterType::Text: {
            if (!value.is_string()) return wrong(p, describeValue(value));
            if (auto s = checkText(p, value.get_ref<const std::string&>(), ""); !s.empty())
                return {nullptr, s};
            return {value, {}};
        }
        case ParameterType::Choice:
            return checkChoice(p, value);
        case ParameterType::Numbers:
        case ParameterType::Integers:
        case ParameterType::Texts:
            return checkList(p, value);
        case ParameterType::Matrix:
            return checkMatrix(p, value);
        case ParameterType::Path:
        case ParameterType::Run:
        case ParameterType::Checkpoint:
        case ParameterType::Dataset:
            return checkInput(p, value);
    }
    return wrong(p, describeValue(value));
}

std::string checkExtents(const ParameterModel& p, const nlohmann::json& value, const ExtentValue& extent) {
    if (p.length && (value.is_array() || p.type == ParameterType::Text)) {
        const auto size = static_cast<std::int64_t>(
            value.is_array() ? value.size() : codePoints(value.get_ref<const std::string&>()));
        const auto low = extent((*p.length)[0]), high = extent((*p.length)[1]);
        if ((low && size < *low) || (high && size > *high)) {
            std::string allowed;
            if (low && high && *low == *high)
                allowed = sizeWords(
                    (*p.length)[0].kind == ExtentModel::Kind::Fixed ? (*p.length)[1] : (*p.length)[0], *low);
            else if (low && high)
                allowed = sizeWords((*p.length)[0], *low) + " to " + sizeWords((*p.length)[1], *high);
            else if (low)
                allowed = "at least " + sizeWords((*p.length)[0], *low);
            else
                allowed = "at most " + sizeWords((*p.length)[1], *high);
            return p.name + ": got " + std::to_string(size) +
                   (value.is_array() ? (size == 1 ? " entry" : " entries") : " characters") + ", but takes " +
                   allowed + ".";
        }
    }
    if (p.shape && p.type == ParameterType::Matrix) {
        const auto rows = static_cast<std::int64_t>(value.size());
        const auto columns = static_cast<std::int64_t>(value.empty() ? 0 : value[0].size());
        const auto wantRows = extent((*p.shape)[0]), wantColumns = extent((*p.shape)[1]);
        if ((wantRows && rows != *wantRows) || (wantColumns && columns != *wantColumns)) {
            return p.name + ": got a matrix of " + std::to_string(rows) + " by " + std::to_string(columns) +
                   ", but takes " + (wantRows ? sizeWords((*p.shape)[0], *wantRows) : "any") + " by " +
                   (wantColumns ? sizeWords((*p.shape)[1], *wantColumns) : "any") + ".";
        }
    }
    return {};
}

}  // namespace latent::engine

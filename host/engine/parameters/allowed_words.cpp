// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/allowed_words.hpp"

#include <cmath>

#include "engine/json/nearest_name.hpp"

namespace latent::engine {

namespace {

std::string joined(std::string first, const std::string& second) {
    return second.empty() ? first : std::move(first) + " " + second;
}

std::string listWords(const ParameterModel& p, const std::string& entries) {
    std::string text = "a list of ";
    if (p.length) {
        const std::string length = lengthWords((*p.length)[0], (*p.length)[1]);
        if (!length.empty()) text += length + " ";
    }
    text += entries;
    const std::string range = rangeWords(p);
    return range.empty() ? text : text + ", each " + range;
}

}  // namespace

std::string numberWords(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
    if (value == std::floor(value) && std::abs(value) <= static_cast<double>(kLargestInteger)) {
        return std::to_string(static_cast<std::int64_t>(value));
    }
    return nlohmann::json(value).dump();
}

std::string rangeWords(const ParameterModel& p) {
    const std::string low = p.min ? numberWords(*p.min) : "", high = p.max ? numberWords(*p.max) : "";
    if (p.min && p.max && !p.minExclusive && !p.maxExclusive) return "from " + low + " to " + high;
    std::string text;
    if (p.min) text = (p.minExclusive ? "above " : "at least ") + low;
    if (p.max)
        text += std::string(text.empty() ? "" : " and ") + (p.maxExclusive ? "below " : "at most ") + high;
    return text;
}

std::string lengthWords(const ExtentModel& low, const ExtentModel& high) {
    using Kind = ExtentModel::Kind;
    const bool fromZero = low.kind == Kind::Any || (low.kind == Kind::Fixed && low.fixed == 0);
    if (high.kind == Kind::Any) return fromZero ? "" : "at least " + low.words();
    if (low.words() == high.words()) return "exactly " + low.words();
    return fromZero ? "at most " + high.words() : low.words() + " to " + high.words();
}

std::string allowedWords(const ParameterModel& p) {
    switch (p.type) {
        case ParameterType::Number:
            return joined("a number", rangeWords(p));
        case ParameterType::Integer:
            return joined("a whole number", rangeWords(p));
        case ParameterType::Seed:
            return joined("a whole number", rangeWords(p));
        case ParameterType::Flag:
            return "true or false";
        case ParameterType::Text: {
            const std::string length = p.length ? lengthWords((*p.length)[0], (*p.length)[1]) : "";
            return length.empty() ? "a text" : "a text of " + length + " characters";
        }
        case ParameterType::Choice: {
            std::vector<std::string> values;
            for (const ChoiceModel& choice : p.choices) values.push_back(choice.value);
            return "one of " + listed(values, "and", 30);
        }
        case ParameterType::Numbers:
            return listWords(p, "numbers");
        case ParameterType::Integers:
            return listWords(p, "whole numbers");
        case ParameterType::Texts:
            return listWords(p, "texts");
        case ParameterType::Matrix: {
            std::string text = "a matrix of ";
            if (p.shape) text += (*p.shape)[0].words() + " by " + (*p.shape)[1].words() + " ";
            text += "numbers";
            const std::string range = rangeWords(p);
            return range.empty() ? text : text + ", each " + range;
        }
        case ParameterType::Path: {
            std::string text = p.folder ? "a folder" : "a file";
            return p.endings.empty() ? text : text + " (" + listed(p.endings, "or") + ")";
        }
        case ParameterType::Run:
            return joined("a run", p.from.empty() ? "" : "of " + listed(p.from, "or"));
        case ParameterType::Checkpoint:
            return joined("a checkpoint", p.from.empty() ? "" : "of " + listed(p.from, "or"));
        case ParameterType::Dataset:
            return joined("a data set", p.from.empty() ? "" : "of " + listed(p.from, "or"));
    }
    return {};
}

}  // namespace latent::engine

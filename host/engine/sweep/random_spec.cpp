// SPDX-License-Identifier: Apache-2.0
#include "engine/sweep/random_spec.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/json/nearest_name.hpp"
#include "engine/json/schema.hpp"
#include "latent/learn/random.hpp"

namespace latent::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string numberText(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

double rounded(double value) { return std::strtod(numberText(value).c_str(), nullptr); }

Result<RandomParameter> readParameter(const std::string& name, const Json& value, const std::string& what) {
    const auto complaint = [&](const std::string& key, const std::string& sentence) {
        return badRequest(what + ": random." + name + (key.empty() ? "" : "." + key) + " " + sentence + ".");
    };
    const std::string forms =
        "takes { low = …, high = …, scale = \"linear\" or \"log\" } or { choices = […] }";
    if (!value.is_object())
        return complaint("", "got " + describeValue(nlohmann::json(value)) + ", but " + forms);
    RandomParameter parameter;
    parameter.parameter = name;
    if (const auto choices = value.find("choices"); choices != value.end()) {
        if (value.size() != 1) return complaint("", "has choices and other keys; " + forms);
        if (!choices->is_array() || choices->empty()) return complaint("choices", "takes a list of values");
        for (const Json& choice : *choices) {
            if (choice.is_object()) return complaint("choices", "takes values of the parameter");
            parameter.choices.push_back(nlohmann::json(choice));
        }
        return parameter;
    }
    for (const auto& [key, entry] : value.items()) {
        if (key == "scale") {
            if (entry != "linear" && entry != "log") return complaint(key, "takes \"linear\" or \"log\"");
            parameter.logarithmic = entry == "log";
        } else if (key != "low" && key != "high") {
            return complaint("", "has the unknown key \"" + key + "\"" +
                                     didYouMean(key, {"low", "high", "scale", "choices"}));
        } else if (!entry.is_number()) {
            return complaint(key, "got " + describeValue(nlohmann::json(entry)) + ", but takes a number");
        }
    }
    if (!value.contains("low") || !value.contains("high")) return complaint("", forms);
    parameter.low = value.at("low").get<double>();
    parameter.high = value.at("high").get<double>();
    if (!(parameter.low < parameter.high)) return complaint("low", "must be below high");
    if (parameter.logarithmic && !(parameter.low > 0))
        return complaint("low", "must be above 0 on a log scale");
    return parameter;
}

}  // namespace

Result<RandomDesign> readRandomDesign(const Json& table, const std::string& what) {
    if (!table.is_object()) return badRequest(what + ": random takes a table.");
    RandomDesign design;
    bool cells = false;
    for (const auto& [key, value] : table.items()) {
        const bool whole = value.is_number_integer() && value.get<std::int64_t>() >= 0;
        if (key == "cells") {
            if (!whole || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > kMaxSweepCells)
                return badRequest(what + ": random.cells takes a whole number from 1 to " +
                                  std::to_string(kMaxSweepCells) + ".");
            design.cells = value.get<std::uint64_t>();
            cells = true;
        } else if (key == "seed" && !value.is_object()) {  // a parameter called seed may be drawn as well
            if (!whole) return badRequest(what + ": random.seed takes a whole number from 0.");
            design.seed = value.get<std::uint64_t>();
        } else {
            LATENT_TRY(RandomParameter parameter, readParameter(key, value, what));
            design.parameters.push_back(std::move(parameter));
        }
    }
    if (!cells) return badRequest(what + ": random.cells is missing; say how many cells to draw.");
    if (design.parameters.empty())
        return badRequest(what +
                          ": random draws no parameter; name one, as in sigma = { low = 0, high = 1 }.");
    return design;
}

nlohmann::json randomJson(const RandomDesign& design) {
    nlohmann::json random{
        {"cells", design.cells}, {"seed", design.seed}, {"parameters", nlohmann::json::array()}};
    for (const RandomParameter& parameter : design.parameters) {
        nlohmann::json entry{{"parameter", parameter.parameter}};
        if (!parameter.choices.empty())
            entry["choices"] = parameter.choices;
        else
            entry.update({{"low", parameter.low},
                          {"high", parameter.high},
                          {"scale", parameter.logarithmic ? "log" : "linear"}});
        random["parameters"].push_back(std::move(entry));
    }
    return random;
}

Status checkWhole(const RandomParameter& parameter) {
    if (!parameter.choices.empty()) return ok();
    const std::string range = "random." + parameter.parameter + " goes from " + numberText(parameter.low) +
                              " to " + numberText(parameter.high);
    if (std::ceil(parameter.low) > std::floor(parameter.high))
        return badRequest(range + ", but the parameter takes whole numbers, and there is none between them.");
    constexpr double kLargest = 9007199254740992;  // 2^53: beyond it not every whole number is one
    if (parameter.low < -kLargest || parameter.high > kLargest)
        return badRequest(range +
                          ", but the whole numbers of a parameter lie within 2^53 = 9007199254740992 of 0.");
    return ok();
}

nlohmann::json drawValue(const RandomDesign& design, const RandomParameter& parameter, std::uint64_t cell,
                         bool whole) {
    learn::RandomStream stream(design.seed, "sweep/" + parameter.parameter, cell);
    if (!parameter.choices.empty())
        return parameter.choices[static_cast<std::size_t>(stream.below(parameter.choices.size()))];
    const double u = stream.uniform();
    const double first = std::ceil(parameter.low), last = std::floor(parameter.high);
    if (whole && !parameter.logarithmic)
        return static_cast<std::int64_t>(std::min(last, first + std::floor(u * (last - first + 1))));
    // Each whole number has as much of the scale as rounds to it.
    const double low = whole ? first - 0.5 + 1e-9 : parameter.low;
    const double high = whole ? last + 0.5 - 1e-9 : parameter.high;
    const double value = parameter.logarithmic
                             ? std::exp(std::log(low) + u * (std::log(high) - std::log(low)))
                             : low + u * (high - low);
    if (whole) return static_cast<std::int64_t>(std::clamp(std::round(rounded(value)), first, last));
    return std::clamp(rounded(value), parameter.low, parameter.high);
}

}  // namespace latent::engine

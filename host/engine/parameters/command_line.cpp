// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/command_line.hpp"

#include <algorithm>
#include <set>

#include "engine/parameters/resolve.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::engine {

std::vector<std::string> commandLineArguments(const SchemaModel& schema, std::string_view preset,
                                              const nlohmann::json& values) {
    std::vector<std::string> arguments;
    if (!preset.empty()) arguments = {"--preset", std::string(preset)};
    const nlohmann::json start = resolve(schema, preset, {}).values;
    const auto valueOf = [&](const std::string& name) { return values.value(name, nlohmann::json()); };
    for (const ParameterModel& p : schema.parameters()) {
        const nlohmann::json value = valueOf(p.name);
        if (value == start.value(p.name, nlohmann::json())) continue;
        const auto given = [&](const std::string& other) { return !valueOf(other).is_null(); };
        // Giving the other one of an exclusive pair drops this one by itself.
        if (value.is_null() && std::any_of(p.exclusiveWith.begin(), p.exclusiveWith.end(), given)) continue;
        arguments.emplace_back("--set");
        arguments.push_back(p.name + "=" + textOf(p, value));
    }
    return arguments;
}

std::string shellQuoted(std::string_view argument) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string_view::npos)
        return std::string(argument);
    std::string quoted = "'";
    for (const char c : argument) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string asCommandLine(std::string_view experiment, const SchemaModel& schema, std::string_view preset,
                          const nlohmann::json& values) {
    std::string line = "latent run " + shellQuoted(experiment);
    for (const std::string& argument : commandLineArguments(schema, preset, values))
        line += " " + shellQuoted(argument);
    return line;
}

std::vector<Difference> difference(const nlohmann::json& first, const nlohmann::json& second) {
    std::set<std::string> names;
    for (const auto* side : {&first, &second}) {
        if (!side->is_object()) continue;
        for (const auto& [name, value] : side->items()) names.insert(name);
    }
    const auto valueOf = [](const nlohmann::json& side, const std::string& name) {
        return side.is_object() ? side.value(name, nlohmann::json()) : nlohmann::json();
    };
    std::vector<Difference> all;
    for (const std::string& name : names) {
        nlohmann::json a = valueOf(first, name), b = valueOf(second, name);
        if (a != b) all.push_back({name, std::move(a), std::move(b)});
    }
    return all;
}

}  // namespace latent::engine

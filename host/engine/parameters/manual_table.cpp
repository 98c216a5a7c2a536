// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/manual_table.hpp"

#include <algorithm>

#include "engine/json/nearest_name.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::engine {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\t' || c == '\r')
            out += ' ';
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (std::string_view("|*_[]`\\").find(c) != std::string_view::npos)
            (out += '\\') += c;
        else
            out += c;
    }
    return out;
}

/// Code spans take everything but the backtick and, in a table, the bar.
std::string code(std::string text) {
    std::replace(text.begin(), text.end(), '`', '\'');
    std::string out;
    for (const char c : text) {
        if (c == '|')
            out += "\\|";
        else
            out += c == '\n' ? ' ' : c;
    }
    return out.empty() ? "" : "`" + out + "`";
}

std::string defaultWords(const ParameterModel& p) {
    if (p.defaultValue.is_null()) return p.optional || !p.exclusiveWith.empty() ? "not given" : "*required*";
    const CheckedValue canonical = checkValue(p, p.defaultValue);
    const std::string text = textOf(p, canonical.value);
    return text.empty() ? "empty" : code(text);
}

std::string meaning(const ParameterModel& p) {
    std::string text = escaped(p.label.empty() || p.help.rfind(p.label, 0) == 0 ? p.help
                               : p.help.empty()                                 ? p.label
                                                                                : p.label + ". " + p.help);
    const auto add = [&text](const std::string& sentence) { text += (text.empty() ? "" : " ") + sentence; };
    for (const ChoiceModel& choice : p.choices) {
        if (!choice.help.empty()) add(code(choice.value) + ": " + escaped(choice.help));
    }
    if (p.visibleWhen) {
        std::vector<std::string> values;
        for (const auto& value : p.visibleWhen->equals)
            values.push_back(code(value.is_string() ? value.get<std::string>() : value.dump()));
        add("Used when `" + p.visibleWhen->parameter + "` is " + listed(values, "or") + ".");
    }
    if (!p.exclusiveWith.empty()) {
        std::vector<std::string> names;
        for (const std::string& name : p.exclusiveWith) names.push_back(code(name));
        add("Not together with " + listed(names, "or") + ".");
    }
    return text;
}

std::string row(const ParameterModel& p) {
    return "| `" + p.name + "` | " + escaped(allowedWords(p)) + " | " + defaultWords(p) + " | " +
           escaped(p.unit) + " | " + meaning(p) + " |\n";
}

}  // namespace

std::string manualTable(const SchemaModel& schema, int level) {
    const std::string hashes(static_cast<std::size_t>(std::clamp(level, 1, 6)), '#');
    std::vector<std::string> groups = {""};
    groups.insert(groups.end(), schema.groups().begin(), schema.groups().end());
    std::string out;
    for (const std::string& group : groups) {
        std::string rows;
        for (const ParameterModel& p : schema.parameters()) {
            if (p.group == group) rows += row(p);
        }
        if (rows.empty()) continue;
        if (!group.empty()) out += hashes + " " + escaped(group) + "\n\n";
        out += "| Parameter | Takes | Default | Unit | Meaning |\n|---|---|---|---|---|\n" + rows + "\n";
    }
    if (schema.presets().empty()) return out;
    out += hashes + " Presets\n\n| Preset | Sets | Meaning |\n|---|---|---|\n";
    for (const PresetModel& preset : schema.presets()) {
        std::vector<std::string> sets;
        for (const auto& [name, value] : preset.values.items()) {
            const ParameterModel* p = schema.find(name);
            if (p) sets.push_back(code(name + "=" + textOf(*p, checkValue(*p, value).value)));
        }
        out += "| `" + preset.name + "` | " + (sets.empty() ? "the defaults" : listed(sets, "and", 100)) +
               " | " + escaped(preset.help) + " |\n";
    }
    return out + "\n";
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/resolve.hpp"

#include <algorithm>

#include "engine/json/bounded.hpp"
#include "engine/json/nearest_name.hpp"
#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/value_text.hpp"

namespace latent::engine {

namespace {

using nlohmann::json;

/// Where a value came from; a later one wins.
enum class Layer { Default, Preset, Given };

struct Field {
    const ParameterModel* parameter = nullptr;
    json value;
    Layer layer = Layer::Default;
    bool broken = false;  // had an error: further checks of it would only repeat that
};

class Resolver {
  public:
    explicit Resolver(const SchemaModel& schema) : m_schema(schema) {
        for (const ParameterModel& p : schema.parameters())
            m_fields.push_back({&p, nullptr, Layer::Default, false});
    }

    Resolution resolve(std::string_view preset, const std::vector<Assignment>& assignments) {
        for (Field& field : m_fields) {
            if (!field.parameter->defaultValue.is_null())
                put(field, field.parameter->defaultValue, false, Layer::Default);
        }
        if (!preset.empty()) applyPreset(preset);
        for (const Assignment& assignment : assignments) {
            if (Field* field = find(assignment.name))
                put(*field, assignment.value, assignment.isText, Layer::Given);
            else
                unknown(assignment.name);
        }
        settleExclusive();
        collectFieldErrors();
        checkExtentsOfAll();
        checkRequired();
        return finish();
    }

  private:
    Field* find(std::string_view name) {
        for (Field& field : m_fields) {
            if (field.parameter->name == name) return &field;
        }
        return nullptr;
    }

    void say(const std::string& parameter, std::string sentence) {
        m_errors.push_back({parameter, std::move(sentence)});
    }

    void unknown(const std::string& name) {
        const std::vector<std::string> names = m_schema.names();
        const std::string hint = didYouMean(name, names);
        std::string sentence =
            "There is no parameter " + describeValue(json(name)).substr(std::string("the text ").size());
        if (!hint.empty())
            sentence += hint;
        else if (names.empty())
            sentence += "; this takes none.";
        else
            sentence += "; known are " + listed(names) + ".";
        say(name, std::move(sentence));
    }

    void applyPreset(std::string_view name) {
        if (const PresetModel* preset = m_schema.preset(name)) {
            for (const auto& [parameter, value] : preset->values.items()) {
                if (Field* field = find(parameter))
                    put(*field, value, false, Layer::Preset);
                else
                    unknown(parameter);
            }
            return;
        }
        std::vector<std::string> names;
        for (const PresetModel& preset : m_schema.presets()) names.push_back(preset.name);
        const std::string hint = didYouMean(name, names);
        say({}, "There is no preset " +
                    describeValue(json(std::string(name))).substr(std::string("the text ").size()) +
                    (!hint.empty()   ? hint
                     : names.empty() ? "; there are none here."
                                     : "; known are " + listed(names) + "."));
    }

    void put(Field& field, const json& value, bool isText, Layer layer) {
        const ParameterModel& p = *field.parameter;
        field.layer = layer;
        field.broken = false;
        m_sentences.erase(p.name);
        // Only an empty text says "not given" on a command line, and only where that is possible.
        const bool mayBeAbsent = p.optional || !p.exclusiveWith.empty();
        if (value.is_null() ||
            (mayBeAbsent && value.is_string() && value.get_ref<const std::string&>().empty())) {
            field.value = nullptr;
            return;
        }
        CheckedValue checked = isText && value.is_string() ? parseText(p, value.get_ref<const std::string&>())
                                                           : checkValue(p, value);
        field.broken = !checked.right();
        field.value = std::move(checked.value);
        if (field.broken) m_sentences[p.name] = std::move(checked.sentence);
    }

    bool given(const Field& field) const { return field.broken || !field.value.is_null(); }

    void settleExclusive() {
        for (Field& field : m_fields) {
            for (const std::string& name : field.parameter->exclusiveWith) {
                Field* other = find(name);
                if (!other || other <= &field || !given(field) || !given(*other)) continue;
                if (field.layer == other->layer) {
                    say(field.parameter->name, field.parameter->name + " and " + name +
                                                   " exclude each other, but both are given; leave one out.");
                    continue;
                }
                Field& dropped = field.layer < other->layer ? field : *other;
                dropped.value = nullptr;
                dropped.broken = false;
                m_sentences.erase(dropped.parameter->name);
            }
        }
    }

    void collectFieldErrors() {
        for (const Field& field : m_fields) {
            const auto sentence = m_sentences.find(field.parameter->name);
            if (sentence != m_sentences.end()) say(field.parameter->name, sentence->second);
        }
    }

    void checkExtentsOfAll() {
        const auto extent = [this](const ExtentModel& e) -> std::optional<std::int64_t> {
            if (e.kind == ExtentModel::Kind::Fixed) return e.fixed;
            const Field* field = e.kind == ExtentModel::Kind::Any ? nullptr : find(e.parameter);
            if (!field || field->broken || field->value.is_null()) return std::nullopt;
            if (e.kind == ExtentModel::Kind::LengthOf) return static_cast<std::int64_t>(field->value.size());
            return field->value.is_number_integer() ? std::optional(field->value.get<std::int64_t>())
                                                    : std::nullopt;
        };
        for (Field& field : m_fields) {
            if (field.broken || field.value.is_null()) continue;
            std::string sentence = checkExtents(*field.parameter, field.value, extent);
            if (sentence.empty()) continue;
            say(field.parameter->name, std::move(sentence));
            field.broken = true;
        }
    }

    void checkRequired() {
        const json values = collected();
        for (const Field& field : m_fields) {
            const ParameterModel& p = *field.parameter;
            if (given(field) || p.optional || !isVisible(m_schema, p, values)) continue;
            const auto partnerGiven = [&](const std::string& name) {
                const Field* other = find(name);
                return other && given(*other);
            };
            if (std::any_of(p.exclusiveWith.begin(), p.exclusiveWith.end(), partnerGiven)) continue;
            std::string sentence = p.name + ": is required; give " + allowedWords(p);
            if (!p.exclusiveWith.empty())
                sentence += ", or give " + listed(p.exclusiveWith, "or") + " instead";
            say(p.name, sentence + ".");
        }
    }

    json collected() const {
        json values = json::object();
        for (const Field& field : m_fields)
            values[field.parameter->name] = field.broken ? json() : field.value;
        return values;
    }

    Resolution finish() {
        const auto place = [this](const FieldError& e) {
            for (std::size_t i = 0; i < m_fields.size(); ++i) {
                if (m_fields[i].parameter->name == e.parameter) return i + 1;
            }
            return std::size_t{0};
        };
        std::stable_sort(m_errors.begin(), m_errors.end(),
                         [&](const auto& a, const auto& b) { return place(a) < place(b); });
        return {collected(), std::move(m_errors)};
    }

    const SchemaModel& m_schema;
    std::vector<Field> m_fields;
    std::map<std::string, std::string> m_sentences;  // the type or range error of the winning layer
    std::vector<FieldError> m_errors;
};

}  // namespace

Result<Assignment> parseAssignment(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        const std::string shown =
            isUtf8(text) ? "\"" + std::string(text.substr(0, 80)) + "\"" : "a text that is not UTF-8";
        return badRequest("An assignment is written name=value, but " + shown + " was given.");
    }
    if (!isUtf8(text))
        return badRequest(
            "The assignment of " +
            (isUtf8(text.substr(0, equals)) ? std::string(text.substr(0, equals)) : "a parameter") +
            " is not valid UTF-8.");
    return Assignment{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), true};
}

std::vector<Assignment> assignmentsOf(const nlohmann::json& object) {
    std::vector<Assignment> all;
    if (!object.is_object()) return all;
    for (const auto& [name, value] : object.items()) all.push_back({name, value, false});
    return all;
}

Resolution resolve(const SchemaModel& schema, std::string_view preset,
                   const std::vector<Assignment>& assignments) {
    return Resolver(schema).resolve(preset, assignments);
}

Result<nlohmann::json> resolveOrRefuse(const SchemaModel& schema, std::string_view preset,
                                       const std::vector<Assignment>& assignments) {
    Resolution resolution = resolve(schema, preset, assignments);
    if (resolution.valid()) return std::move(resolution.values);
    constexpr std::size_t kShown = 8;
    std::string message;
    for (std::size_t i = 0; i < resolution.errors.size() && i < kShown; ++i) {
        message += (i > 0 ? "\n" : "") + resolution.errors[i].sentence;
    }
    if (resolution.errors.size() > kShown)
        message += "\nAnd " + std::to_string(resolution.errors.size() - kShown) + " more.";
    return badRequest(std::move(message));
}

bool isVisible(const SchemaModel& schema, const ParameterModel& parameter, const nlohmann::json& values) {
    // Each step goes to an earlier parameter (the schema is checked for that), so this ends.
    for (const ParameterModel* p = &parameter; p && p->visibleWhen;
         p = schema.find(p->visibleWhen->parameter)) {
        const auto value = values.find(p->visibleWhen->parameter);
        const auto& wanted = p->visibleWhen->equals;
        if (value == values.end() || std::find(wanted.begin(), wanted.end(), *value) == wanted.end())
            return false;
    }
    return true;
}

}  // namespace latent::engine

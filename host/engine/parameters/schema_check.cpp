// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <set>

#include "engine/parameters/allowed_words.hpp"
#include "engine/parameters/resolve.hpp"
#include "engine/parameters/schema_model.hpp"
#include "engine/parameters/value_check.hpp"

namespace latent::engine {

namespace {

class SchemaCheck {
  public:
    explicit SchemaCheck(const SchemaModel& schema) : m_schema(schema) {}

    std::vector<Problem> run() {
        std::set<std::string> seen;
        for (const ParameterModel& p : m_schema.parameters()) {
            if (!seen.insert(p.name).second) say(p, "is declared twice.");
        }
        if (!m_problems.empty()) return m_problems;
        seen.clear();
        for (const ParameterModel& p : m_schema.parameters()) {
            limits(p);
            choices(p);
            extents(p);
            relations(p, seen);
            seen.insert(p.name);
        }
        // Values only make sense once the rest does.
        if (m_problems.empty()) defaults();
        if (m_problems.empty()) presets();
        return m_problems;
    }

  private:
    void say(const ParameterModel& p, std::string sentence) {
        m_problems.push_back({"parameter " + p.name, std::move(sentence)});
    }

    void limits(const ParameterModel& p) {
        if ((p.min || p.max || p.step) && !isNumeric(p.type)) say(p, "has limits, which only numbers have.");
        if ((p.minExclusive && !p.min) || (p.maxExclusive && !p.max))
            say(p, "excludes a limit that it does not have.");
        if (p.min && p.max) {
            const bool open = p.minExclusive || p.maxExclusive;
            if (open ? *p.min >= *p.max : *p.min > *p.max)
                say(p, "has limits that leave nothing: " + rangeWords(p) + ".");
        }
        for (const auto& limit : {p.min, p.max, p.step}) {
            if (limit && isWhole(p.type) && *limit != std::floor(*limit))
                say(p, "is a whole number, but " + numberWords(*limit) + " is not.");
        }
        if (p.logarithmic &&
            (!isNumeric(p.type) || !p.min || *p.min < 0 || (*p.min == 0 && !p.minExclusive))) {
            say(p, "has a logarithmic scale, which needs a least value above 0.");
        }
        if ((p.folder || !p.endings.empty()) && p.type != ParameterType::Path)
            say(p, "has settings of a path, but is none.");
    }

    void choices(const ParameterModel& p) {
        if (p.type == ParameterType::Choice && p.choices.empty())
            say(p, "is a choice, but \"choices\" is missing.");
        if (p.type != ParameterType::Choice && !p.choices.empty()) say(p, "has choices, but is no choice.");
        std::set<std::string> values;
        for (const ChoiceModel& choice : p.choices) {
            if (!values.insert(choice.value).second)
                say(p, "offers " + describeValue(choice.value).substr(9) + " twice.");
        }
    }

    void extents(const ParameterModel& p) {
        if (p.length && !isList(p.type) && p.type != ParameterType::Text)
            say(p, "has a length, which only lists and texts have.");
        if (p.shape && p.type != ParameterType::Matrix) say(p, "has a shape, which only matrices have.");
        for (const auto& pair : {p.length, p.shape}) {
            if (!pair) continue;
            for (const ExtentModel& extent : *pair) extentExists(p, extent);
        }
        if (p.length && (*p.length)[0].kind == ExtentModel::Kind::Fixed &&
            (*p.length)[1].kind == ExtentModel::Kind::Fixed && (*p.length)[0].fixed > (*p.length)[1].fixed) {
            say(p, "has a least length above its largest.");
        }
    }

    void extentExists(const ParameterModel& p, const ExtentModel& extent) {
        if (extent.kind == ExtentModel::Kind::Fixed || extent.kind == ExtentModel::Kind::Any) return;
        const ParameterModel* other = m_schema.find(extent.parameter);
        const bool lengthOf = extent.kind == ExtentModel::Kind::LengthOf;
        if (!other || other == &p)
            say(p, "takes its size from " + extent.words() + ", which is no other parameter.");
        else if (lengthOf ? !isList(other->type) && other->type != ParameterType::Matrix
                          : other->type != ParameterType::Integer) {
            say(p, "takes its size from " + extent.words() + ", but " + other->name +
                       (lengthOf ? " is no list." : " is no whole number."));
        }
    }

    void relations(const ParameterModel& p, const std::set<std::string>& earlier) {
        for (const std::string& name : p.exclusiveWith) {
            const ParameterModel* other = m_schema.find(name);
            if (!other || other == &p)
                say(p, "excludes " + name + ", which is no other parameter.");
            else if (!p.defaultValue.is_null() && !other->defaultValue.is_null() && p.name < name) {
                say(p, "and " + name + " exclude each other, so at most one may have a default.");
            }
        }
        if (!p.visibleWhen) return;
        if (!earlier.count(p.visibleWhen->parameter)) {
            return say(p, "is visible by " + p.visibleWhen->parameter +
                              ", which is no parameter declared before it.");
        }
        const ParameterModel& controller = *m_schema.find(p.visibleWhen->parameter);
        for (const auto& value : p.visibleWhen->equals) {
            if (const auto checked = checkValue(controller, value); !checked.right()) {
                say(p, "is visible by a value that is never taken. " + checked.sentence);
            }
        }
    }

    /// Parameters without a default must be given by the user; that is not a fault of the schema.
    void values(std::string_view preset, const std::string& where) {
        for (const FieldError& error : resolve(m_schema, preset, {}).errors) {
            const bool missing = error.sentence.rfind(error.parameter + ": is required", 0) == 0;
            if (!missing) m_problems.push_back({where, error.sentence});
        }
    }

    void defaults() { values({}, "defaults"); }

    void presets() {
        std::set<std::string> names;
        for (const PresetModel& preset : m_schema.presets()) {
            if (!names.insert(preset.name).second)
                m_problems.push_back({"preset " + preset.name, "is declared twice."});
            else
                values(preset.name, "preset " + preset.name);
        }
    }

    const SchemaModel& m_schema;
    std::vector<Problem> m_problems;
};

}  // namespace

std::vector<Problem> schemaProblems(const SchemaModel& schema) { return SchemaCheck(schema).run(); }

}  // namespace latent::engine

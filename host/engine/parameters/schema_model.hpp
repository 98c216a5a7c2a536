// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that a plugin declares, read from its JSON and known to be sound.
//
// A schema comes from a plugin, so it is hostile input: SchemaModel::fromJson checks it against parameters-1,
// then that it makes sense (names unique, limits ordered, references to parameters that exist, defaults and
// presets valid). What it returns can be trusted by the form, the command line and resolve(). Immutable
// values; any thread. Never throws.
//
//     LATENT_TRY(SchemaModel schema, SchemaModel::fromJson(json, "The parameters of sim/theory"));
//     for (const ParameterModel& p : schema.parameters()) addField(p.name, allowedWords(p), p.help);
//     const ParameterModel* mu = schema.find("mu");       // null when there is none
//     const PresetModel* smoke = schema.preset("smoke");

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/schema.hpp"
#include "engine/result.hpp"

namespace latent::engine {

enum class ParameterType {
    Number,
    Integer,
    Flag,
    Text,
    Choice,
    Numbers,
    Integers,
    Texts,
    Matrix,
    Path,
    Run,
    Checkpoint,
    Dataset,
    Seed
};

std::string_view nameOf(ParameterType type);
bool isList(ParameterType type);     // numbers, integers, texts
bool isNumeric(ParameterType type);  // anything that min and max apply to
bool isWhole(ParameterType type);    // integer, integers, seed
bool isInput(ParameterType type);    // path, run, checkpoint, dataset: resolves to files

/// The largest whole number that every reader of JSON keeps exactly: 2^53.
inline constexpr std::int64_t kLargestInteger = std::int64_t{1} << 53;
inline constexpr std::size_t kMostListEntries = 65536, kMostMatrixEntries = 1u << 20,
                             kMostTextCharacters = 65536, kMostPathBytes = 4096;

/// A length: a number, the value of an integer parameter, the length of a list parameter, or anything.
struct ExtentModel {
    enum class Kind { Any, Fixed, Value, LengthOf } kind = Kind::Any;
    std::int64_t fixed = 0;
    std::string parameter;
    std::string words() const;  // "3", "dim", "len(mu)", "any"
};

struct ChoiceModel {
    std::string value, label, help;
};

struct VisibleWhen {
    std::string parameter;
    std::vector<nlohmann::json> equals;
};

struct ParameterModel {
    std::string name, label, help, unit, group;
    ParameterType type = ParameterType::Number;
    nlohmann::json defaultValue;  // null: none
    bool optional = false, advanced = false, logarithmic = false, folder = false;
    std::optional<double> min, max, step;
    bool minExclusive = false, maxExclusive = false;
    std::vector<ChoiceModel> choices;
    std::optional<std::array<ExtentModel, 2>> length, shape;
    std::vector<std::string> endings, from;
    std::vector<std::string> exclusiveWith;  // symmetric: both sides list each other
    std::optional<VisibleWhen> visibleWhen;

    const std::string& title() const { return label.empty() ? name : label; }
};

struct PresetModel {
    std::string name, help;
    nlohmann::json values;
};

class SchemaModel {
  public:
    /// `what` begins the refusal: "The parameters of sim/theory".
    static Result<SchemaModel> fromJson(const nlohmann::json& json, std::string_view what);

    const std::vector<ParameterModel>& parameters() const { return m_parameters; }
    const std::vector<PresetModel>& presets() const { return m_presets; }
    /// Headings in the order of the form; parameters without one come first.
    const std::vector<std::string>& groups() const { return m_groups; }
    const ParameterModel* find(std::string_view name) const;
    const PresetModel* preset(std::string_view name) const;
    std::vector<std::string> names() const;
    /// As it was given.
    const nlohmann::json& json() const { return m_json; }

  private:
    std::vector<ParameterModel> m_parameters;
    std::vector<PresetModel> m_presets;
    std::vector<std::string> m_groups;
    nlohmann::json m_json;
};

/// What the JSON schema cannot say; used by fromJson. Empty when the model is sound.
std::vector<Problem> schemaProblems(const SchemaModel& schema);

}  // namespace latent::engine

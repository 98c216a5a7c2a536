// SPDX-License-Identifier: Apache-2.0
#include "engine/parameters/schema_model.hpp"

#include <algorithm>

namespace latent::engine {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 14> kTypeNames = {
    "number", "integer", "flag", "text", "choice",     "numbers", "integers",
    "texts",  "matrix",  "path", "run",  "checkpoint", "dataset", "seed"};

ExtentModel extentFrom(const json& value) {
    ExtentModel extent;
    if (value.is_number()) {
        extent.kind = ExtentModel::Kind::Fixed;
        extent.fixed = value.get<std::int64_t>();
    } else if (value.is_string()) {
        extent.parameter = value.get<std::string>();
        extent.kind = ExtentModel::Kind::Value;
        if (extent.parameter.rfind("len(", 0) == 0) {
            extent.kind = ExtentModel::Kind::LengthOf;
            extent.parameter = extent.parameter.substr(4, extent.parameter.size() - 5);
        }
    }
    return extent;
}

std::optional<std::array<ExtentModel, 2>> extentsFrom(const json& parameter, const char* key) {
    const auto found = parameter.find(key);
    if (found == parameter.end()) return std::nullopt;
    return std::array<ExtentModel, 2>{extentFrom((*found)[0]), extentFrom((*found)[1])};
}

std::optional<double> numberFrom(const json& parameter, const char* key) {
    const auto found = parameter.find(key);
    return found == parameter.end() ? std::nullopt : std::optional<double>(found->get<double>());
}

/// Only called on JSON that fits parameters-1, so that every access below has its type.
ParameterModel parameterFrom(const json& from) {
    ParameterModel p;
    p.name = from.at("name");
    const auto type =
        std::find(kTypeNames.begin(), kTypeNames.end(), from.at("type").get_ref<const std::string&>());
    p.type = static_cast<ParameterType>(type - kTypeNames.begin());
    p.defaultValue = from.value("default", json());
    p.label = from.value("label", "");
    p.help = from.value("help", "");
    p.unit = from.value("unit", "");
    p.group = from.value("group", "");
    p.optional = from.value("optional", false);
    p.advanced = from.value("advanced", false);
    p.logarithmic = from.value("log", false);
    p.folder = from.value("folder", false);
    p.min = numberFrom(from, "min");
    p.max = numberFrom(from, "max");
    p.step = numberFrom(from, "step");
    p.minExclusive = from.value("min_exclusive", false);
    p.maxExclusive = from.value("max_exclusive", false);
    for (const json& choice : from.value("choices", json::array())) {
        p.choices.push_back({choice.at("value"), choice.value("label", ""), choice.value("help", "")});
    }
    p.length = extentsFrom(from, "length");
    p.shape = extentsFrom(from, "shape");
    p.endings = from.value("endings", std::vector<std::string>());
    p.from = from.value("from", std::vector<std::string>());
    p.exclusiveWith = from.value("exclusive_with", std::vector<std::string>());
    if (const auto when = from.find("visible_when"); when != from.end()) {
        p.visibleWhen = VisibleWhen{when->at("parameter"), when->at("equals").get<std::vector<json>>()};
    }
    if (p.type == ParameterType::Seed && !p.min) p.min = 0;
    return p;
}

void makeSymmetric(std::vector<ParameterModel>& parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        for (const std::string& other : parameters[i].exclusiveWith) {
            for (ParameterModel& p : parameters) {
                auto& list = p.exclusiveWith;
                if (p.name == other && p.name != parameters[i].name &&
                    std::find(list.begin(), list.end(), parameters[i].name) == list.end()) {
                    list.push_back(parameters[i].name);
                }
            }
        }
    }
}

}  // namespace

std::string_view nameOf(ParameterType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

bool isList(ParameterType type) {
    return type == ParameterType::Numbers || type == ParameterType::Integers || type == ParameterType::Texts;
}

bool isNumeric(ParameterType type) {
    return type == ParameterType::Number || type == ParameterType::Numbers || type == ParameterType::Matrix ||
           isWhole(type);
}

bool isWhole(ParameterType type) {
    return type == ParameterType::Integer || type == ParameterType::Integers || type == ParameterType::Seed;
}

bool isInput(ParameterType type) {
    return type == ParameterType::Path || type == ParameterType::Run || type == ParameterType::Checkpoint ||
           type == ParameterType::Dataset;
}

std::string ExtentModel::words() const {
    switch (kind) {
        case Kind::Fixed:
            return std::to_string(fixed);
        case Kind::Value:
            return parameter;
        case Kind::LengthOf:
            return "len(" + parameter + ")";
        case Kind::Any:
            break;
    }
    return "any";
}

Result<SchemaModel> SchemaModel::fromJson(const nlohmann::json& json, std::string_view what) {
    LATENT_CHECK(builtInSchema("parameters-1").check(json, what));
    SchemaModel model;
    model.m_json = json;
    for (const auto& entry : json.at("parameters")) model.m_parameters.push_back(parameterFrom(entry));
    makeSymmetric(model.m_parameters);
    for (const auto& preset : json.value("presets", nlohmann::json::array())) {
        model.m_presets.push_back({preset.at("name"), preset.value("help", ""), preset.at("values")});
    }
    // A schema may begin a group twice; in the form it is one, where it was first named.
    const auto addGroup = [&model](const std::string& group) {
        const auto& groups = model.m_groups;
        if (!group.empty() && std::find(groups.begin(), groups.end(), group) == groups.end())
            model.m_groups.push_back(group);
    };
    for (const std::string& group : json.value("groups", std::vector<std::string>())) addGroup(group);
    for (const ParameterModel& p : model.m_parameters) addGroup(p.group);
    if (const auto problems = schemaProblems(model); !problems.empty()) return refusalOf(what, problems);
    return model;
}

const ParameterModel* SchemaModel::find(std::string_view name) const {
    for (const ParameterModel& p : m_parameters) {
        if (p.name == name) return &p;
    }
    return nullptr;
}

const PresetModel* SchemaModel::preset(std::string_view name) const {
    for (const PresetModel& p : m_presets) {
        if (p.name == name) return &p;
    }
    return nullptr;
}

std::vector<std::string> SchemaModel::names() const {
    std::vector<std::string> all;
    for (const ParameterModel& p : m_parameters) all.push_back(p.name);
    return all;
}

}  // namespace latent::engine

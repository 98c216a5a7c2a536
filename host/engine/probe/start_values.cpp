// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/start_values.hpp"

#include <iterator>

namespace latent::engine {
namespace {

using nlohmann::json;

/// What a later layer gives, and what that excludes, no longer comes from the run. Null and an empty text give nothing.
void giveWay(const SchemaModel& schema, const std::string& name, const json& value, json& values) {
    values.erase(name);
    if (value.is_null() || value == "") return;
    if (const ParameterModel* parameter = schema.find(name))
        for (const std::string& other : parameter->exclusiveWith) values.erase(other);
}

}  // namespace

json takenValues(const SchemaModel& schema, const json& run, std::string_view preset) {
    json values = json::object();
    for (const auto& [name, value] : run.items())
        if (schema.find(name) && !value.is_null()) values[name] = value;
    if (const PresetModel* chosen = schema.preset(preset))
        for (const auto& [name, value] : chosen->values.items()) giveWay(schema, name, value, values);
    // Without a value that is wrong another may be: a list whose length it was.
    for (bool again = true; again;) {
        again = false;
        for (const FieldError& wrong : resolve(schema, preset, assignmentsOf(values)).errors)
            again = values.erase(wrong.parameter) > 0 || again;
    }
    return values;
}

Result<json> resolveQuestion(const SchemaModel& schema, const json& run, std::string_view preset,
                             std::vector<Assignment> assignments) {
    json taken = takenValues(schema, run, preset);
    for (const Assignment& given : assignments) giveWay(schema, given.name, given.value, taken);
    std::vector<Assignment> all = assignmentsOf(taken);
    all.insert(all.end(), std::make_move_iterator(assignments.begin()),
               std::make_move_iterator(assignments.end()));
    return resolveOrRefuse(schema, preset, all);
}

}  // namespace latent::engine

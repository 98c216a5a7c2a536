// SPDX-License-Identifier: Apache-2.0
// Parameter schemas and assignments. Up to a line "---" the input is a schema (an empty one: a sound schema of ours), after
// it each line is an assignment as on a command line; "preset NAME" chooses a preset. Values that were accepted are
// canonical: they resolve to themselves, and so does the command line that is made of them.
#include <cstdint>

#include "engine/json/bounded.hpp"
#include "engine/parameters/command_line.hpp"
#include "engine/parameters/resolve.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

const char* const kSchema = R"JSON({"groups": ["Model"], "parameters": [
    {"name": "model", "type": "choice", "choices": [{"value": "one_layer"}, {"value": "symmetric"}], "default": "symmetric"},
    {"name": "mu", "type": "numbers", "default": [1, 2], "min": 0, "max": 100, "length": [1, 4]},
    {"name": "sigma", "type": "number", "default": 0.05, "min": 0, "optional": true, "exclusive_with": ["variance"]},
    {"name": "variance", "type": "number", "optional": true, "min": 0},
    {"name": "dim", "type": "integer", "default": 2, "min": 1, "max": 64},
    {"name": "m", "type": "matrix", "default": [[1, 0], [0, 1]], "shape": ["dim", "len(mu)"]},
    {"name": "bias", "type": "flag", "default": true},
    {"name": "w0", "type": "text", "default": "uniform:0.2", "length": [1, 20]},
    {"name": "names", "type": "texts", "default": ["a,b", "c"]},
    {"name": "base", "type": "run", "optional": true, "visible_when": {"parameter": "model", "equals": ["one_layer"]}},
    {"name": "seed", "type": "seed", "default": 0}],
    "presets": [{"name": "smoke", "values": {"dim": 1, "m": [[1, 2]]}}]})JSON";

void check(const SchemaModel& schema, std::string_view preset, const std::vector<Assignment>& assignments) {
    const Resolution first = resolve(schema, preset, assignments);
    for (const ParameterModel& parameter : schema.parameters())
        static_cast<void>(isVisible(schema, parameter, first.values));
    const auto refusal = resolveOrRefuse(schema, preset, assignments);
    require(bool(refusal) == first.valid(), "both ways to resolve agree");
    if (!first.valid()) return;
    const Resolution again = resolve(schema, {}, assignmentsOf(first.values));
    require(again.valid() && again.values == first.values, "resolved values resolve to themselves");
    std::vector<Assignment> typed;
    const auto words = commandLineArguments(schema, preset, first.values);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] != "--set") continue;
        auto assignment = parseAssignment(words[i + 1]);
        require(bool(assignment), "the command line is made of assignments");
        typed.push_back(*assignment);
    }
    const Resolution back = resolve(schema, preset, typed);
    require(back.valid() && difference(back.values, first.values).empty(),
            "the command line gives the same values");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SchemaModel sound = *SchemaModel::fromJson(json::parse(kSchema), "The parameters");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.starts_with("---\n") ? 0 : std::min(text.find("\n---\n"), size);
    std::optional<SchemaModel> given;
    if (line > 0) {
        const auto document = parseJson(text.substr(0, line), "The schema");
        if (!document) return 0;
        const auto model = SchemaModel::fromJson(*document, "The parameters");
        if (!model) return 0;
        given = *model;
    }
    std::vector<Assignment> assignments;
    std::string preset;
    for (std::size_t at = text.find("---\n", line); at != std::string_view::npos && at < size;) {
        at = std::min(text.find('\n', at), size - 1) + 1;
        const std::string_view word = text.substr(at, text.find('\n', at) - at);
        if (word.starts_with("preset "))
            preset = word.substr(7);
        else if (const auto assignment = parseAssignment(word))
            assignments.push_back(*assignment);
        if (at >= size) break;
    }
    check(given ? *given : sound, preset, assignments);
    return 0;
}

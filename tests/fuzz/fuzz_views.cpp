// SPDX-License-Identifier: Apache-2.0
// Outputs and figures: the input as outputs with their figures, and as one figure over sound outputs.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/json/bounded.hpp"
#include "engine/store/array_spec.hpp"
#include "engine/views/validate.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

const json kOutputs = json::parse(R"({"arrays": [
    {"name": "time", "dtype": "f64", "dims": [{"name": "time", "size": null}], "units": "1"},
    {"name": "loss", "dtype": "f64", "dims": [{"name": "time", "size": null}]},
    {"name": "weights", "dtype": "f64", "dims": [{"name": "time", "size": null}, {"name": "row", "size": 4}, {"name": "col", "size": 4}]},
    {"name": "node_x", "dtype": "f64", "dims": [{"name": "node", "size": 8}]},
    {"name": "edges", "dtype": "i32", "dims": [{"name": "edge", "size": 12}, {"name": "end", "size": 2}]},
    {"name": "samples", "dtype": "u8", "dims": [{"name": "sample", "size": 16}, {"name": "y", "size": 28}, {"name": "x", "size": 28}, {"name": "channel", "size": 3}]}],
    "figures": []})");

const json kParameters = json::parse(R"({"parameters": [{"name": "mu", "type": "number", "default": 1},
    {"name": "node", "type": "integer", "default": 0}, {"name": "mask", "type": "matrix", "optional": true}]})");

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const OutputsModel sound = *OutputsModel::fromJson(kOutputs, "The outputs");
    static const SchemaModel schema = *SchemaModel::fromJson(kParameters, "The parameters");
    static const ProbeSchemas probes = {{"sim/solve", &schema}, {"sim/other", nullptr}};
    const auto input = parseJson({reinterpret_cast<const char*>(data), size}, "The input");
    if (!input) return 0;
    const Status view = validateView(*input, sound, "The figure", &probes);
    require(
        view ? viewProblems(*input, sound, &probes).empty() : view.error().message.starts_with("The figure"),
        "view");
    const Status outputs = validateOutputs(*input, "The outputs", &probes);
    const auto model = OutputsModel::fromJson(*input, "The outputs");
    require(!outputs || bool(model), "valid outputs have a model");
    if (model) {
        for (const json& figure : model->figures()) static_cast<void>(viewProblems(figure, *model));
        for (const std::string& name : model->names())
            require(model->find(name) != nullptr, "a name is found");
    }
    if (const auto specs = parseArraySpecs(*input, "The outputs")) {
        for (const ArraySpec& spec : *specs) {
            static_cast<void>(spec.rowBytes());
            const auto back = parseArraySpec(spec.toJson(), "The array");
            require(back && *back == spec, "an array's declaration reads back");
        }
    }
    return 0;
}

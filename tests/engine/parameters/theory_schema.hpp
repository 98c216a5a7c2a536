// SPDX-License-Identifier: Apache-2.0
#pragma once
// The schema that the parameter tests share: one parameter of each kind of rule, made with the SDK's builder.
//
//     const SchemaModel schema = theorySchema();

#include <latent/schema.hpp>

#include "engine/parameters/schema_model.hpp"

inline latent::Schema theoryDeclaration() {
    using namespace latent;
    return Schema{}
        .group("Model")
        .add(choice("model", {{"one_layer", "One layer"}, {"symmetric", "Symmetric"}}, "symmetric")
                 .help("Which dynamics."))
        .add(numbers("mu", {1, 2}).unit("1").range(0, 100).length(1, 4).help("Signal | strength."))
        .add(number("sigma", 0.05).range(0, 10).optional().exclusiveWith("variance").help("Spread."))
        .add(number("variance").above(0).optional())
        .add(integer("dim", 2).range(1, 64))
        .add(matrix("m", {{1, 0}, {0, 1}}).shape("dim", "len(mu)").range(-10, 10))
        .add(integers("widths", {8, 8}).length("dim", Extent::any()).optional())
        .group("Run")
        .add(integer("steps", 2000).range(1, 10'000'000))
        .add(flag("bias", true))
        .add(text("w0", "uniform:0.2").length(1, 20))
        .add(texts("names", std::vector<std::string>{"a,b", "c"}))
        .add(path("file").optional().endings({".h5"}))
        .add(runInput("base").visibleWhen("model", "one_layer"))
        .add(seed("seed"))
        .preset("smoke", {{"steps", 100}}, "Seconds.")
        .preset("wide", {{"variance", 0.5}, {"mu", {1, 2, 3}}, {"dim", 1}, {"m", {{1, 2, 3}}}});
}

inline latent::engine::SchemaModel theorySchema() {
    auto schema =
        latent::engine::SchemaModel::fromJson(theoryDeclaration().toJson(), "The parameters of sim/theory");
    if (!schema) throw std::runtime_error(schema.error().message);
    return *schema;
}

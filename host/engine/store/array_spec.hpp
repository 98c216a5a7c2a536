// SPDX-License-Identifier: Apache-2.0
#pragma once
// The declaration of one published array: an entry of `arrays` in the outputs JSON of the authoring layer.
//
// A dimension without a size is the one that grows, and comes first. Immutable values, any thread.
//
//     LATENT_TRY(auto specs, parseArraySpecs(outputs, "The outputs of sim/theory"));

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct DimensionSpec {
    std::string name;
    std::optional<std::uint64_t> size;  ///< nothing: it grows
};

struct ArraySpec {
    std::string name;
    DType dtype = DType::F64;
    std::vector<DimensionSpec> dims;
    std::string units;
    std::string label;
    std::string description;
    std::vector<std::string> categories;  ///< words for the values 0, 1, 2, … of an array of whole numbers
    std::optional<double>
        rest{};          ///< of a coordinate: cursors along it stand at the entry nearest to this until moved
    bool large = false;  ///< written by slab to a file of its own

    bool grows() const { return !dims.empty() && !dims.front().size; }
    std::vector<std::string> dimNames() const;
    /// Extents, with `rows` for the growing one.
    Shape shape(std::uint64_t rows = 0) const;
    /// Bytes of one row of the first axis (of the whole for an array that does not grow).
    std::uint64_t rowBytes() const;
    nlohmann::json toJson() const;
    /// The categories as a JSON text, for an attribute of a file; empty when there are none.
    std::string categoriesText() const;
    bool operator==(const ArraySpec& other) const;
    /// The same array, but this one does not know its categories or its rest (runs of before they were kept).
    bool isCompletedBy(const ArraySpec& other) const;
};

/// What the outputs say of a metric; all may be empty.
struct MetricWords {
    std::string units;
    std::string label;
    std::string description;

    nlohmann::json toJson(const std::string& name) const;
};
/// The entries of {"metrics": […]} by name; those that make no sense are left out.
std::map<std::string, MetricWords> parseMetricWords(const nlohmann::json& outputs);

/// One entry; `what` names it in errors.
Result<ArraySpec> parseArraySpec(const nlohmann::json& entry, const std::string& what);
/// All entries of {"arrays": […]}; names must differ.
Result<std::vector<ArraySpec>> parseArraySpecs(const nlohmann::json& outputs, const std::string& what);

}  // namespace latent::engine

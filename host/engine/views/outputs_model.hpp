// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arrays, metrics and figures that a run declares, read from JSON and known to be sound.
//
// Outputs come from a plugin or from a file of someone else. fromJson checks them against outputs-1 and then
// that they make sense together: names unique, one size for each dimension name, only the first dimension
// grows, coordinates one-dimensional, sizes that a machine could hold. Immutable; any thread; never throws.
// Sizes are numbers of entries.
//
//     LATENT_TRY(OutputsModel outputs, OutputsModel::fromJson(json, "The outputs of sim/theory"));
//     const ArrayModel* weights = outputs.find("weights");
//     const ArrayModel* loss = outputs.find("metrics/loss");     // one dimension, `step`, which grows
//     const ArrayModel* time = outputs.coordinateOf("time");     // null when the dimension has none

#include <cstdint>
#include <deque>
#include <latent/dtype.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/schema.hpp"
#include "engine/result.hpp"

namespace latent::engine {

struct DimensionModel {
    std::string name;
    std::optional<std::int64_t> size;  // none: it grows
    bool operator==(const DimensionModel&) const = default;
};

struct ArrayModel {
    std::string name, units, label, description;
    DType dtype = DType::F64;
    std::vector<DimensionModel> dims;
    std::vector<std::string> categories;
    bool hasRest = false;  ///< says where cursors along it stand until they are moved
    bool large = false;

    bool grows() const { return !dims.empty() && !dims.front().size; }
    const DimensionModel* dimension(std::string_view dimensionName) const;
};

class OutputsModel {
  public:
    /// Checks arrays and metrics, not the figures (see validate.hpp). `what` begins the refusal.
    static Result<OutputsModel> fromJson(const nlohmann::json& json, std::string_view what);

    const std::vector<ArrayModel>& arrays() const { return m_arrays; }
    const std::vector<ArrayModel>& metrics() const { return m_metrics; }
    const nlohmann::json& figures() const { return m_figures; }

    /// An array, or a metric as "metrics/NAME". Metrics need no declaration unless the outputs declare some;
    /// an undeclared one that may exist is found as well. Null when there is none. Valid as long as this
    /// model.
    const ArrayModel* find(std::string_view name) const;
    const ArrayModel* coordinateOf(std::string_view dimension) const;
    /// For "did you mean".
    std::vector<std::string> names() const;

  private:
    std::vector<ArrayModel> m_arrays, m_metrics;
    nlohmann::json m_figures = nlohmann::json::array();
};

/// True for a name that outputs and figures may give a metric: a letter, then letters, digits, underscores,
/// dots, hyphens; 64 at most. Job::metric takes more (latent/detail/names.hpp).
bool isMetricName(std::string_view name);

}  // namespace latent::engine

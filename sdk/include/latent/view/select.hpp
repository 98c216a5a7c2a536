// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which numbers of which array a figure shows.
//
// A Selection names an array and fixes some of its dimensions; the dimensions that are left are the ones
// drawn. Metrics are arrays too: "metrics/loss" is the value against the dimension `step`. Authors write
// these inside the builders of view.hpp. Plain values, any thread; coordinate values are in the unit of the
// coordinate's array.
//
//     Selection everything = "ood_loss";
//     Selection frame = {"weights", {{"time", view::cursor("frame")}}};     // follows the scrubber
//     Selection final = {"weights", {{"time", view::last()}, {"row", 0}}};  // first row at the end
//     Selection early = {"loss", {{"time", view::nearest(0.5)}}};           // where time is closest to 0.5

#include <cstdint>
#include <latent/detail/names.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace latent::view {

/// How one dimension is fixed or cut.
struct Selector {
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
    Selector(Integer index) : json(static_cast<std::int64_t>(index)) {}
    explicit Selector(nlohmann::json j) : json(std::move(j)) {}
    nlohmann::json json;
};

/// The index that the shared cursor of this name stands at; scrubbing it moves every figure that names it.
inline Selector cursor(const std::string& name) {
    detail::requireName("cursor", name);
    return Selector(nlohmann::json{{"cursor", name}});
}
/// The index from the start, or from the end when negative.
inline Selector index(std::int64_t i) { return Selector(i); }
inline Selector last() { return Selector(-1); }
/// The index whose coordinate is nearest to the value.
inline Selector nearest(double value) {
    return Selector(nlohmann::json{{"value", detail::requireFinite("selected coordinate", value)}});
}
/// Indices from `first` to before `end`, every `step`-th; the dimension stays.
inline Selector slice(std::int64_t first, std::int64_t end, std::int64_t step = 1) {
    return Selector(nlohmann::json{{"slice", {first, end, step}}});
}

using Where = std::vector<std::pair<std::string, Selector>>;

class Selection {
  public:
    Selection(const char* array) : Selection(std::string(array)) {}
    Selection(std::string array, const Where& where = {}) {
        m_json["array"] = std::move(array);
        for (const auto& [dimension, selector] : where) {
            detail::requireName("dimension", dimension);
            m_json["select"][dimension] = selector.json;
        }
    }
    const nlohmann::json& toJson() const { return m_json; }

  private:
    nlohmann::json m_json;
};

}  // namespace latent::view

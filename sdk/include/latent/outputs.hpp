// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run gives: arrays with named dimensions, units and words, and the figures over them.
//
// The author's `outputs()` builds it from the resolved parameters; the host calls it on any thread, at
// admission (with the defaults) and in the job before `run`. It sizes the arrays, so it must be cheap and
// depend on the parameters alone. The coordinate of a dimension is an array with the dimension's name and
// that dimension only. Units are text ("1" for a pure number). Value type; references returned by array()
// stay valid as long as the Outputs.
//
//     latent::Outputs o;
//     o.array("time", latent::F64, {latent::grows("time")}).units("1").label("gradient-flow time");
//     o.array("weights", latent::F64, {latent::grows("time"), latent::fixed("row", d), latent::fixed("col", d)});
//     o.large("cube", latent::F32, {latent::fixed("y", 512), latent::fixed("x", 512)});
//     o.figure(latent::view::heatmap("w").z("weights", {{"time", latent::view::cursor("frame")}}));

#include <cstdint>
#include <deque>
#include <latent/dtype.hpp>
#include <latent/view.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latent {

/// A named dimension; without a size it is the one that grows while the run goes on.
struct Dimension {
    std::string name;
    std::optional<std::int64_t> size;
};
inline Dimension grows(std::string name) { return {std::move(name), std::nullopt}; }
template <class Integer>
Dimension fixed(std::string name, Integer size) {
    return {std::move(name), static_cast<std::int64_t>(size)};
}

/// One declared array (or metric); refined by chaining.
class ArrayDeclaration {
  public:
    explicit ArrayDeclaration(nlohmann::json json) : m_json(std::move(json)) {}
    ArrayDeclaration& units(std::string text) { return put("units", std::move(text)); }
    /// A few words for axes and legends.
    ArrayDeclaration& label(std::string text) { return put("label", std::move(text)); }
    ArrayDeclaration& description(std::string text) { return put("description", std::move(text)); }
    /// Words for the values 0, 1, 2, … of an integer array: names of nodes, of models, of classes.
    ArrayDeclaration& categories(std::vector<std::string> words) {
        return put("categories", std::move(words));
    }
    /// Of a coordinate of numbers: cursors along it stand at the entry nearest to this value until they are moved;
    /// without it at the end (along words at the first).
    ArrayDeclaration& rest(double value) { return put("rest", detail::requireFinite("rest", value)); }
    const nlohmann::json& toJson() const { return m_json; }

  private:
    ArrayDeclaration& put(const char* key, nlohmann::json value) {
        m_json[key] = std::move(value);
        return *this;
    }
    nlohmann::json m_json;
};

class Outputs {
  public:
    /// An array that `Job::publish` gives, whole or as further rows of its growing dimension (which comes
    /// first).
    ArrayDeclaration& array(const std::string& name, DType type, const std::vector<Dimension>& dimensions) {
        return declare(name, type, dimensions, false);
    }
    /// An array with fixed sizes that is written slab by slab to a file of its own.
    ArrayDeclaration& large(const std::string& name, DType type, const std::vector<Dimension>& dimensions) {
        return declare(name, type, dimensions, true);
    }
    /// Words for a scalar that `Job::metric` gives; optional, but once one is declared, figures may only use
    /// declared ones ("metrics/loss").
    ArrayDeclaration& metric(const std::string& name) {
        nlohmann::json entry = {{"name", name}};
        return m_metrics.emplace_back(std::move(entry));
    }
    Outputs& figure(const view::View& view) {
        for (const auto& known : m_figures) {
            if (known.at("name") == view.name()) {
                throw UsageError("The figure \"" + view.name() + "\" is declared twice.");
            }
        }
        m_figures.push_back(view.toJson());
        return *this;
    }

    nlohmann::json toJson() const {
        nlohmann::json json = {{"arrays", list(m_arrays)}, {"figures", m_figures}};
        if (!m_metrics.empty()) json["metrics"] = list(m_metrics);
        return json;
    }
    static Outputs fromJson(const nlohmann::json& json) {
        Outputs outputs;
        for (const auto& a : json.value("arrays", nlohmann::json::array())) outputs.m_arrays.emplace_back(a);
        for (const auto& m : json.value("metrics", nlohmann::json::array()))
            outputs.m_metrics.emplace_back(m);
        outputs.m_figures = json.value("figures", nlohmann::json::array());
        return outputs;
    }

  private:
    ArrayDeclaration& declare(const std::string& name, DType type, const std::vector<Dimension>& dimensions,
                              bool large) {
        detail::requireName("array", name);
        for (const auto& known : m_arrays) {
            if (known.toJson().at("name") == name) {
                throw UsageError("The array \"" + name + "\" is declared twice.");
            }
        }
        nlohmann::json dims = nlohmann::json::array();
        for (const Dimension& dimension : dimensions) {
            detail::requireName("dimension", dimension.name);
            if (!dimension.size && (large || !dims.empty())) {
                throw UsageError("In the array \"" + name + "\" the dimension \"" + dimension.name +
                                 "\" cannot grow: only the first one of an array that is not large does.");
            }
            if (dimension.size && *dimension.size < 0) {
                throw UsageError("In the array \"" + name + "\" the dimension \"" + dimension.name +
                                 "\" has a negative size.");
            }
            nlohmann::json size = dimension.size ? nlohmann::json(*dimension.size) : nlohmann::json();
            dims.push_back({{"name", dimension.name}, {"size", std::move(size)}});
        }
        nlohmann::json entry = {{"name", name}, {"dtype", nameOf(type)}, {"dims", std::move(dims)}};
        if (large) entry["large"] = true;
        return m_arrays.emplace_back(std::move(entry));
    }
    static nlohmann::json list(const std::deque<ArrayDeclaration>& declarations) {
        nlohmann::json json = nlohmann::json::array();
        for (const auto& declaration : declarations) json.push_back(declaration.toJson());
        return json;
    }

    std::deque<ArrayDeclaration> m_arrays, m_metrics;
    nlohmann::json m_figures = nlohmann::json::array();
};

}  // namespace latent

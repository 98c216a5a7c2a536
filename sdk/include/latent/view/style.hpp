// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a figure looks: axes, colour scales, roles, and the series that lines and points are made of.
//
// Authors fill these inside the builders of view.hpp; designated initialisers keep them short. Plain values,
// any thread. An axis takes title and unit from its array (label and units) when they are left empty.
//
//     .x("time", {.scale = view::Log, .limits = {1e-3, std::nullopt}})
//     .colours({.map = view::Map::Diverging, .centre = 0.0})
//     .series(view::series("theory").label("flow").role(view::Role::Reference).style(view::Style::Dashed))
//     .series(view::series("metrics/loss").smoothed(view::Smoothing::Exponential, 0.9))

#include <array>
#include <latent/view/select.hpp>
#include <optional>

namespace latent::view {

enum class Scale { Linear, Log, SymLog };
inline constexpr Scale Linear = Scale::Linear, Log = Scale::Log, SymLog = Scale::SymLog;

inline const char* nameOf(Scale scale) {
    return scale == Scale::Log ? "log" : scale == Scale::SymLog ? "symlog" : "linear";
}

/// Lower and upper end; one that is left out follows the data.
struct Limits {
    std::optional<double> low = std::nullopt, high = std::nullopt;
    bool set() const { return low || high; }
    nlohmann::json toJson() const {
        nlohmann::json ends = {nullptr, nullptr};
        if (low) ends[0] = detail::requireFinite("lower limit", *low);
        if (high) ends[1] = detail::requireFinite("upper limit", *high);
        return ends;
    }
};

struct Axis {
    std::string title = {}, unit = {};
    Scale scale = Scale::Linear;
    Limits limits = {};
    /// Of a symmetric logarithm: linear between minus and plus this value.
    std::optional<double> linearBelow = std::nullopt;
    bool reversed = false;

    nlohmann::json toJson() const {
        nlohmann::json json = nlohmann::json::object();
        if (!title.empty()) json["title"] = title;
        if (!unit.empty()) json["unit"] = unit;
        if (scale != Scale::Linear) json["scale"] = nameOf(scale);
        if (limits.set()) json["limits"] = limits.toJson();
        if (linearBelow) json["linear_below"] = detail::requireFinite("linear_below", *linearBelow);
        if (reversed) json["reversed"] = true;
        return json;
    }
};

/// Families of colour maps; the theme picks the map, colour-blind-safe in each family.
enum class Map { Sequential, Diverging, Cyclic, Categorical };

/// How numbers become colours. Values that are no number are always shown, hatched unless transparent is
/// asked for.
struct Colours {
    Map map = Map::Sequential;
    Limits limits = {};
    std::optional<double> centre = std::nullopt;
    Scale scale = Scale::Linear;
    std::string title = {};
    bool bar = true;
    bool transparentNan = false;

    nlohmann::json toJson() const {
        static constexpr const char* kNames[] = {"sequential", "diverging", "cyclic", "categorical"};
        nlohmann::json json = {{"map", kNames[static_cast<int>(map)]}};
        if (limits.set()) json["limits"] = limits.toJson();
        if (centre) json["centre"] = detail::requireFinite("centre of the colours", *centre);
        if (scale != Scale::Linear) json["scale"] = nameOf(scale);
        if (!title.empty()) json["title"] = title;
        if (!bar) json["bar"] = false;
        if (transparentNan) json["nan"] = "transparent";
        return json;
    }
};

/// What a series means; the theme gives it its look.
enum class Role { Primary, Secondary, Accent, Muted, Reference, Positive, Negative };
inline const char* nameOf(Role role) {
    static constexpr const char* kNames[] = {"primary",   "secondary", "accent",  "muted",
                                             "reference", "positive",  "negative"};
    return kNames[static_cast<int>(role)];
}

enum class Style { Solid, Dashed, Dotted, None };
enum class Marker { None, Circle, Square, Triangle, Diamond, Cross, Star };
inline const char* nameOf(Marker marker) {
    static constexpr const char* kNames[] = {"none",    "circle", "square", "triangle",
                                             "diamond", "cross",  "star"};
    return kNames[static_cast<int>(marker)];
}
enum class Smoothing { Exponential, Gaussian, Median };

/// One series of a lines, points, trajectory or histogram figure. Each kind says which parts it reads.
class Series {
  public:
    Series() = default;

    Series& x(const Selection& s) { return put("x", s.toJson()); }
    Series& y(const Selection& s) { return put("y", s.toJson()); }
    Series& z(const Selection& s) { return put("z", s.toJson()); }
    /// The values that a histogram counts.
    Series& values(const Selection& s) { return put("values", s.toJson()); }
    /// A band between two arrays of the same shape (lines).
    Series& band(const Selection& low, const Selection& high) {
        return put("low", low.toJson()).put("high", high.toJson());
    }
    /// One line, path or histogram for each index of this dimension.
    Series& family(std::string dimension) { return put("family", std::move(dimension)); }
    Series& label(std::string text) { return put("label", std::move(text)); }
    Series& role(Role r) { return put("role", nameOf(r)); }
    /// Series with the same number share a colour in every figure of a run.
    Series& category(int number) { return put("category", number); }
    Series& style(Style s) {
        static constexpr const char* kNames[] = {"solid", "dashed", "dotted", "none"};
        return put("style", kNames[static_cast<int>(s)]);
    }
    Series& marker(Marker m) { return put("marker", nameOf(m)); }
    /// Constant between points, as a step function (lines).
    Series& steps() { return put("steps", true); }
    /// Draws a smoothed curve over the raw one, which stays visible, faint. Strength: the weight of the past
    /// (0 to below 1) for Exponential, the width in points for the others.
    Series& smoothed(Smoothing kind, double strength) {
        static constexpr const char* kNames[] = {"exponential", "gaussian", "median"};
        return put("smoothing", {{"kind", kNames[static_cast<int>(kind)]},
                                 {"strength", detail::requireFinite("smoothing strength", strength)}});
    }
    /// Colour by an array of the drawn shape, or by a dimension ("time").
    Series& colourBy(const Selection& s) { return put("colour", s.toJson()); }
    Series& colourByDimension(std::string dimension) {
        return put("colour", {{"dimension", std::move(dimension)}});
    }
    /// Area of a point by an array of the drawn shape; text beside it by an array with categories (points).
    Series& sizeBy(const Selection& s) { return put("size", s.toJson()); }
    Series& textBy(const Selection& s) { return put("text", s.toJson()); }
    /// A mark on a trajectory where its running dimension has this index, value or cursor.
    Series& markAt(const Selector& where, std::string text = {}, Marker m = Marker::Circle) {
        nlohmann::json mark = {{"at", where.json}, {"marker", nameOf(m)}};
        if (!text.empty()) mark["label"] = std::move(text);
        m_json["marks"].push_back(std::move(mark));
        return *this;
    }

    const nlohmann::json& toJson() const { return m_json; }

  private:
    Series& put(const char* key, nlohmann::json value) {
        m_json[key] = std::move(value);
        return *this;
    }
    nlohmann::json m_json = nlohmann::json::object();
};

/// A line over the figure's x.
inline Series series(const std::string& y, const Where& where = {}) { return Series().y({y, where}); }
/// A cloud or a path in two or three dimensions.
inline Series xy(const Selection& x, const Selection& y) { return Series().x(x).y(y); }
inline Series xyz(const Selection& x, const Selection& y, const Selection& z) {
    return Series().x(x).y(y).z(z);
}

}  // namespace latent::view

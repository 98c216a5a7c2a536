// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/axes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace latent::engine::figures {
namespace {

using nlohmann::json;

/// Place of a word in a list that has the order of an enum; 0 when it is none of them.
template <class Enum, std::size_t N>
Enum oneOf(const json& object, const char* key, const std::array<std::string_view, N>& words,
           Enum otherwise) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) return otherwise;
    const auto word = std::find(words.begin(), words.end(), found->get_ref<const std::string&>());
    return word == words.end() ? otherwise : static_cast<Enum>(word - words.begin());
}

Scale scaleOf(const json& object) {
    return oneOf(object, "scale", std::array<std::string_view, 3>{"linear", "log", "symlog"}, Scale::Linear);
}

void putLimits(const json& object, std::optional<double>& low, std::optional<double>& high) {
    const auto found = object.find("limits");
    if (found == object.end()) return;
    if ((*found)[0].is_number()) low = (*found)[0].get<double>();
    if ((*found)[1].is_number()) high = (*found)[1].get<double>();
}

const json& partOf(const json& object, const char* key) {
    static const json kNothing = json::object();
    const auto found = object.find(key);
    return found == object.end() ? kNothing : *found;
}

/// What several things on one axis are together: the words that all their titles end with ("loss" of "training loss" and
/// "OOD loss"), else both names of two. The legend tells them apart.
std::string sharedTitle(const std::vector<std::string>& titles) {
    if (titles.size() < 2) return titles.empty() ? std::string() : titles[0];
    std::string ending = titles[0];
    for (const std::string& title : titles) {
        while (!ending.empty() && ending != title && !title.ends_with(" " + ending)) {
            const std::size_t space = ending.find(' ');
            ending = space == std::string::npos ? std::string() : ending.substr(space + 1);
        }
    }
    if (!ending.empty()) return ending;
    return titles.size() == 2 ? titles[0] + ", " + titles[1] : "value";
}

/// What the view itself says; it wins over the words that are there already.
void putAxis(const json& asked, Axis& axis) {
    if (const std::string title = textIn(asked, "title"); !title.empty()) axis.title = title;
    if (const std::string unit = textIn(asked, "unit"); !unit.empty()) axis.unit = unit == "1" ? "" : unit;
    axis.scale = scaleOf(asked);
    putLimits(asked, axis.low, axis.high);
    axis.linearBelow = asked.value("linear_below", 0.0);
    axis.reversed = asked.value("reversed", false);
}

Colours coloursFrom(const json& asked) {
    Colours colours;
    colours.map = oneOf(asked, "map",
                        std::array<std::string_view, 4>{"sequential", "diverging", "cyclic", "categorical"},
                        MapFamily::Sequential);
    putLimits(asked, colours.low, colours.high);
    if (asked.contains("centre")) colours.centre = asked["centre"].get<double>();
    colours.scale = scaleOf(asked);
    colours.title = textIn(asked, "title");
    colours.bar = asked.value("bar", true);
    colours.transparentNan = textIn(asked, "nan") == "transparent";
    return colours;
}

}  // namespace

std::string textIn(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string wordsOfName(std::string_view name) {
    if (name.starts_with("metrics/")) name.remove_prefix(8);
    std::string words(name);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

std::string titleOf(const LoadedArray& array) {
    return array.label.empty() ? wordsOfName(array.name) : array.label;
}

std::string unitOf(const LoadedArray& array) { return array.units == "1" ? std::string() : array.units; }

Axis axisOf(const json& view, const char* key, std::span<const LoadedArray* const> arrays) {
    Axis axis;
    std::vector<std::string> titles;
    bool sameUnit = true;
    for (const LoadedArray* array : arrays) {
        if (const std::string title = titleOf(*array);
            std::find(titles.begin(), titles.end(), title) == titles.end())
            titles.push_back(title);
        sameUnit = sameUnit && unitOf(*array) == unitOf(*arrays.front());
    }
    axis.title = sharedTitle(titles);
    if (!arrays.empty() && sameUnit) axis.unit = unitOf(*arrays.front());
    if (titles.size() == 1) axis.categories = arrays.front()->categories;
    putAxis(partOf(view, key), axis);
    if (axis.unit == axis.title) axis.unit.clear();  // not "words (words)"
    return axis;
}

Axis axisOf(const json& view, const char* key, const LoadedArray* coordinate, std::string_view dimension) {
    if (coordinate) return axisOf(view, key, std::span(&coordinate, 1));
    Axis axis;
    axis.title = wordsOfName(dimension);
    putAxis(partOf(view, key), axis);
    return axis;
}

Colours coloursOf(const json& holder, const LoadedArray* array) {
    Colours colours = coloursFrom(partOf(holder, "colours"));
    if (!array) return colours;
    if (colours.title.empty()) colours.title = titleOf(*array);
    colours.unit = unitOf(*array);
    colours.categories = array->categories;
    if (!array->categories.empty() && !holder.contains("colours")) colours.map = MapFamily::Categorical;
    return colours;
}

Colours coloursOf(const json& holder, const LoadedArray* coordinate, std::string_view dimension) {
    Colours colours = coloursOf(holder, coordinate);
    if (colours.title.empty()) colours.title = wordsOfName(dimension);
    return colours;
}

void DataRange::widen(double value) {
    if (!std::isfinite(value)) return;
    const bool isFirst = m_low > m_high;
    m_low = isFirst ? value : std::min(m_low, value);
    m_high = isFirst ? value : std::max(m_high, value);
}

void DataRange::put(Colours& colours) const {
    if (m_low > m_high) return;
    colours.dataLow = m_low;
    colours.dataHigh = m_high;
}

Marker markerOf(const json& object, Marker otherwise) {
    return oneOf(
        object, "marker",
        std::array<std::string_view, 7>{"none", "circle", "square", "triangle", "diamond", "cross", "star"},
        otherwise);
}

Look lookOf(const json& series, const std::string& otherwise) {
    Look look;
    look.label = textIn(series, "label");
    if (look.label.empty()) look.label = otherwise.empty() ? "value" : otherwise;
    look.role = oneOf(series, "role",
                      std::array<std::string_view, 8>{"", "primary", "secondary", "accent", "muted",
                                                      "reference", "positive", "negative"},
                      Role::None);
    look.category = series.value("category", -1);
    look.style = oneOf(series, "style", std::array<std::string_view, 4>{"solid", "dashed", "dotted", "none"},
                       LineStyle::Solid);
    look.marker = markerOf(series, Marker::None);
    return look;
}

std::string memberLabel(const json& series, std::string_view dimension, const LoadedArray* coordinate,
                        double value) {
    std::string member = valueText(coordinate, value);
    const bool isNumber = !coordinate || coordinate->categories.empty() || member == numberText(value);
    if (isNumber) {
        const std::string unit = coordinate ? unitOf(*coordinate) : std::string();
        member = wordsOfName(dimension) + " " + member + (unit.empty() ? "" : " " + unit);
    }
    const std::string label = textIn(series, "label");
    return label.empty() ? member : label + ", " + member;
}

std::string numberText(double value, int digits) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
    // As "%.*g", with a decimal point also where the locale of the program has a comma.
    char text[64];
    const auto end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::general, std::clamp(digits, 1, 17));
    return std::string(text, end.ptr);
}

std::string valueText(const LoadedArray* array, double value) {
    if (array && value >= 0 && value < static_cast<double>(array->categories.size()) &&
        value == std::floor(value))
        return array->categories[static_cast<std::size_t>(value)];
    return numberText(value);
}

}  // namespace latent::engine::figures

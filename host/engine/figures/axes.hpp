// SPDX-License-Identifier: Apache-2.0
#pragma once
// Words, axes, colours and looks of figures, from a view's JSON and the arrays behind it.
//
// What the view does not say comes from the array: its label is the title, its units the unit ("1" is left out), its
// categories the words of an axis. Pure functions over JSON that fits view-1; any thread.
//
//     Axis x = axisOf(view, "x_axis", {time});
//     Colours colours = coloursOf(view, weights);
//     std::string member = "seed " + numberText(3);

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/figures/array_set.hpp"
#include "engine/figures/figure.hpp"

namespace latent::engine::figures {

/// The array's label, else its name without "metrics/" and underscores.
std::string titleOf(const LoadedArray& array);
/// Its units; "1" is none.
std::string unitOf(const LoadedArray& array);
/// A dimension or array name for people: "ood step".
std::string wordsOfName(std::string_view name);

/// The axis of `view[key]`; `arrays` (without nulls) are drawn along it.
Axis axisOf(const nlohmann::json& view, const char* key, std::span<const LoadedArray* const> arrays);
/// The same where the axis is a dimension: its coordinate (may be null), or its name.
Axis axisOf(const nlohmann::json& view, const char* key, const LoadedArray* coordinate,
            std::string_view dimension);

/// Of `holder["colours"]`; title, unit and categories from the coloured array (may be null).
Colours coloursOf(const nlohmann::json& holder, const LoadedArray* array);
/// Of lines or paths coloured by a dimension.
Colours coloursOf(const nlohmann::json& holder, const LoadedArray* coordinate, std::string_view dimension);

/// Collects the range of finite values for `Colours::dataLow` and `dataHigh`.
class DataRange {
  public:
    void add(double value) {
        if (value >= m_low && value <= m_high) return;
        widen(value);
    }
    void add(std::span<const double> values) {
        for (const double value : values) add(value);
    }
    /// Leaves 0…1 where there was no finite value.
    void put(Colours& colours) const;

  private:
    void widen(double value);
    double m_low = 1, m_high = 0;  ///< empty
};

/// Role, category, style, marker and label of a series. `otherwise` is the label when the view gives none.
Look lookOf(const nlohmann::json& series, const std::string& otherwise);
/// "seed 3", or the word of a category; after the series' own label where it has one.
std::string memberLabel(const nlohmann::json& series, std::string_view dimension,
                        const LoadedArray* coordinate, double value);

/// At most `digits` significant digits, no trailing zeros: "0.25", "1e-05", "NaN".
std::string numberText(double value, int digits = 6);
/// The category's word where the array has one for this value, else the number.
std::string valueText(const LoadedArray* array, double value);

std::string textIn(const nlohmann::json& object, const char* key);
Marker markerOf(const nlohmann::json& object, Marker otherwise);

}  // namespace latent::engine::figures

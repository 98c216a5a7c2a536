// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/sweep_views.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <latent/view.hpp>
#include <optional>
#include <set>

namespace latent::engine::figures {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostNumbered = 80;  ///< cells of a map into which their numbers are written
const std::string kStatus = "cell_status";

struct SweptAxis {
    std::string dimension;  ///< as arrays have it
    bool isSeed = false;
    bool isMany = false;  ///< more than one value
};

/// The axes of the design under the names that the arrays have: swept_<name> where the experiment had that
/// name already.
std::vector<SweptAxis> axesOf(const json& request, const ArraySet& arrays) {
    std::vector<SweptAxis> axes;
    const auto design = request.find("design");
    if (design == request.end() || !design->is_object()) return axes;
    const LoadedArray* status = arrays.find(kStatus);
    const json listed = design->value("axes", json::array());
    for (std::size_t i = 0; listed.is_array() && i < listed.size(); ++i) {
        const json& axis = listed[i];
        if (!axis.is_object() || !axis.contains("name") || !axis["name"].is_string()) return {};
        const bool named =
            status && status->dims.size() == listed.size();  // it has exactly the axes of the design
        axes.push_back({named ? status->dims[i] : axis["name"].get<std::string>(), axis.value("seed", false),
                        axis.value("values", json::array()).size() > 1});
    }
    return axes;
}

bool isAnyFailed(const LoadedArray& status) {
    const std::string_view bytes = status.values.bytes;
    return std::any_of(bytes.begin(), bytes.end(), [](char c) { return c != 0; });
}

/// A view's name has lower-case letters, digits and underscores.
std::string viewName(const std::string& array) {
    std::string name = "sweep_" + array.substr(0, 56);
    for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c))
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '_';
    return name;
}

std::string cellTitle(const LoadedArray& array) {
    if (array.name == kStatus) return "Cells: 0 done, 1 failed, 2 missing";
    std::string title = array.label.empty() ? array.name : array.label;
    if (!title.empty()) title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title;
}

/// Down and across: the last two parameters that vary, or the only one and the seed. Nothing: they are fewer.
std::optional<std::pair<std::string, std::string>> sidesOf(const std::vector<SweptAxis>& axes) {
    std::vector<std::string> parameters, seeds;
    for (const SweptAxis& axis : axes)
        if (axis.isMany) (axis.isSeed ? seeds : parameters).push_back(axis.dimension);
    if (parameters.size() >= 2) return std::make_pair(parameters[parameters.size() - 2], parameters.back());
    if (parameters.size() == 1 && !seeds.empty()) return std::make_pair(parameters.front(), seeds.front());
    return std::nullopt;
}

/// What the numbers of the cells are. Cells that are not done have none; in an array of whole numbers, which has no word
/// for that, the smallest or largest of its type stands there and is no number of theirs.
struct CellNumbers {
    double low = 0, high = 0;
    bool isAny = false, isAnyMissing = false;
    std::optional<double> placeholder;  ///< what whole numbers have where there is none

    CellNumbers(const LoadedArray& array, const LoadedArray* status) {
        const ArrayView values = array.values.view();
        const bool isWhole = values.dtype != DType::F32 && values.dtype != DType::F64;
        const bool isOfCells = status && &array != status && status->values.shape == array.values.shape;
        for (std::uint64_t i = 0; i < values.elements(); ++i) {
            const double value = elementAsDouble(values, i);
            if (std::isnan(value)) {
                isAnyMissing = true;
            } else if (isWhole && isOfCells && elementAsDouble(status->values.view(), i) != 0) {
                placeholder = value;
            } else {
                low = isAny ? std::min(low, value) : value;
                high = isAny ? std::max(high, value) : value;
                isAny = true;
            }
        }
    }
    /// Limits of the numbers that there are, where what stands for none would stretch them.
    view::Limits limits() const {
        if (!placeholder || !isAny) return {};
        return {low, high > low ? high : low + 1};
    }
    std::string caption() const {
        if (isAnyMissing) return "Hatched cells, where there are any, have no number.";
        if (placeholder)
            return "Cells that are not done hold " + wordOf(*placeholder) + ", which is no result.";
        return {};
    }

  private:
    static std::string wordOf(double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.0f", value);
        return text;
    }
};

/// Of numbers to both sides of nothing, nothing is the middle; and a cell without a number is told from one with a number.
void showWhatValuesAre(view::Heatmap& map, const CellNumbers& numbers) {
    const bool isSigned = numbers.low < 0 && numbers.high > 0;
    if (isSigned)
        map.colours({.map = view::Map::Diverging, .limits = numbers.limits(), .centre = 0.0});
    else if (numbers.limits().set())
        map.colours({.limits = numbers.limits()});
    if (const std::string caption = numbers.caption(); !caption.empty()) map.caption(caption);
}

json mapOf(const LoadedArray& array, const CellNumbers& numbers, const std::vector<SweptAxis>& axes,
           const std::string& down, const std::string& across) {
    view::Where where;
    std::vector<std::string> others;
    for (const SweptAxis& axis : axes) {
        if (axis.dimension == down || axis.dimension == across) continue;
        if (axis.isMany) {
            where.emplace_back(axis.dimension, view::cursor(axis.dimension));
            others.push_back(axis.dimension);
        } else {
            where.emplace_back(axis.dimension, 0);
        }
    }
    std::uint64_t cells = 1;
    for (std::size_t i = 0; i < array.dims.size(); ++i)
        if (array.dims[i] == down || array.dims[i] == across) cells *= array.extent(i);
    view::Heatmap map(viewName(array.name));
    map.title(cellTitle(array)).z(array.name, where).across(across).down(down);
    if (cells <= kMostNumbered && !numbers.placeholder) map.numbers();
    showWhatValuesAre(map, numbers);
    for (std::size_t i = 0; i < others.size(); ++i) map.cursor(others[i], others[i], i == 0);
    return map.toJson();
}

json curveOf(const LoadedArray& array, const CellNumbers& numbers, const std::vector<SweptAxis>& axes) {
    view::Where where;
    std::string along;
    for (const SweptAxis& axis : axes) {
        if (axis.isMany)
            along = axis.dimension;
        else
            where.emplace_back(axis.dimension, 0);
    }
    view::Lines lines = view::lines(viewName(array.name));
    lines.title(cellTitle(array)).x(along).series(view::series(array.name, where).label(cellTitle(array)));
    if (numbers.limits().set()) lines.y({.limits = numbers.limits()});
    if (numbers.placeholder) lines.caption(numbers.caption());
    return lines.toJson();
}

}  // namespace

std::vector<json> withSweepMaps(std::vector<json> views, const ArraySet& arrays, const json& request) {
    if (!request.is_object() || request.value("kind", "") != "sweep") return views;
    const std::vector<SweptAxis> axes = axesOf(request, arrays);
    if (axes.empty()) return views;
    std::set<std::string> swept;
    for (const SweptAxis& axis : axes) swept.insert(axis.dimension);
    const auto isNumberOfCells = [&](const LoadedArray& array) {
        if (array.dims.size() != axes.size() || swept.count(array.name) != 0) return false;
        return std::all_of(array.dims.begin(), array.dims.end(),
                           [&](const std::string& d) { return swept.count(d) != 0; });
    };
    const auto manyAxes =
        std::count_if(axes.begin(), axes.end(), [](const SweptAxis& axis) { return axis.isMany; });
    const auto sides = sidesOf(axes);
    std::vector<json> all;
    for (const auto& [name, array] : arrays.all()) {
        if (!isNumberOfCells(*array) || (name == kStatus && !isAnyFailed(*array))) continue;
        const CellNumbers numbers(*array, arrays.find(kStatus));
        try {
            if (sides)
                all.push_back(mapOf(*array, numbers, axes, sides->first, sides->second));
            else if (manyAxes == 1)
                all.push_back(curveOf(*array, numbers, axes));
        } catch (const latent::UsageError&) {
            // A file of others may have names that no figure can have.
        }
    }
    const auto isOfAllCells = [](const json& one) { return one.value("every_cell", false); };
    for (json& one : views)
        if (one.is_object() && isOfAllCells(one)) all.push_back(one);
    for (json& one : views) {
        if (!one.is_object() || isOfAllCells(one)) continue;
        if (one.value("group", "").empty()) one["group"] = "One cell of the sweep";
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace latent::engine::figures

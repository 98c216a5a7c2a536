// SPDX-License-Identifier: Apache-2.0
// What a view needs: the arrays and cursors that it names, found by a walk that trusts nothing of its JSON.
#include <algorithm>

#include "engine/figures/axes.hpp"
#include "engine/figures/resolve.hpp"
#include "engine/figures/selection.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;
constexpr int kDepth = 16;

void collectArrays(const json& node, std::vector<std::string>& names, int depth) {
    if (depth > kDepth) return;
    if (node.is_array())
        for (const json& entry : node) collectArrays(entry, names, depth + 1);
    if (!node.is_object()) return;
    if (const std::string name = textIn(node, "array");
        !name.empty() && std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    for (const auto& [key, value] : node.items()) collectArrays(value, names, depth + 1);
}

void collectCursors(const json& node, std::map<std::string, std::string>& cursors, int depth) {
    if (depth > kDepth) return;
    if (node.is_array())
        for (const json& entry : node) collectCursors(entry, cursors, depth + 1);
    if (!node.is_object()) return;
    if (const auto select = node.find("select");
        select != node.end() && select->is_object() && node.contains("array"))
        for (const auto& [dimension, how] : select->items())
            if (const std::string name = how.is_object() ? textIn(how, "cursor") : ""; !name.empty())
                cursors.emplace(name, dimension);
    for (const auto& [key, value] : node.items()) collectCursors(value, cursors, depth + 1);
}

/// The dimension that a path runs along: the last that its selection leaves besides the family.
std::string dimensionAlong(const json& series, const ArraySet& arrays) {
    const auto x = series.find("x");
    if (x == series.end() || !x->is_object()) return {};
    const LoadedArray* array = arrays.find(textIn(*x, "array"));
    if (!array) return {};
    const json select = x->value("select", json::object());
    const std::string family = textIn(series, "family");
    for (auto dimension = array->dims.rbegin(); dimension != array->dims.rend(); ++dimension) {
        const auto how = select.is_object() ? select.find(*dimension) : select.end();
        const bool isFixed = how != select.end() && !(how->is_object() && how->contains("slice"));
        if (!isFixed && *dimension != family) return *dimension;
    }
    return {};
}

}  // namespace

std::vector<std::string> arraysOf(const json& view) {
    std::vector<std::string> names;
    collectArrays(view, names, 0);
    return names;
}

std::map<std::string, std::string> cursorsOf(const json& view, const ArraySet& arrays) {
    std::map<std::string, std::string> cursors;
    if (!view.is_object()) return cursors;
    if (const auto list = view.find("cursors"); list != view.end() && list->is_array())
        for (const json& entry : *list)
            if (entry.is_object()) cursors.emplace(textIn(entry, "name"), textIn(entry, "dimension"));
    collectCursors(view, cursors, 0);
    if (const auto list = view.find("series"); list != view.end() && list->is_array())
        for (const json& series : *list) {
            const auto marks = series.is_object() ? series.find("marks") : series.end();
            if (!series.is_object() || marks == series.end() || !marks->is_array()) continue;
            for (const json& mark : *marks) {
                const json at = mark.is_object() ? mark.value("at", json()) : json();
                const std::string name = at.is_object() ? textIn(at, "cursor") : "";
                if (const std::string along = name.empty() ? "" : dimensionAlong(series, arrays);
                    !along.empty())
                    cursors.emplace(name, along);
            }
        }
    cursors.erase("");
    return cursors;
}

std::int64_t restOf(std::string_view dimension, const ArraySet& arrays) {
    const LoadedArray* along = arrays.coordinateOf(dimension);
    if (!along) return -1;
    if (!along->categories.empty()) return 0;
    if (!along->rest || !along->window.empty() || !isSound(*along)) return -1;
    std::vector<double> values(elementCount(along->values.shape).value_or(0));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = elementAsDouble(along->values.view(), i);
    const std::size_t entry = nearest(values, *along->rest);
    return entry < values.size() ? static_cast<std::int64_t>(entry) : -1;
}

}  // namespace latent::engine::figures

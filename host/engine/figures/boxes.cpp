// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/boxes.hpp"

#include <algorithm>

#include "engine/figures/axes.hpp"
#include "engine/figures/selection.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;

/// Every selection of this array in the view.
void collect(const json& node, const std::string& array, std::vector<const json*>& found, int depth) {
    if (depth > 16) return;
    if (node.is_array())
        for (const json& entry : node) collect(entry, array, found, depth + 1);
    if (!node.is_object()) return;
    if (textIn(node, "array") == array) found.push_back(&node);
    for (const auto& [key, value] : node.items()) collect(value, array, found, depth + 1);
}

struct Range {
    std::uint64_t begin, end;
};

Range rangeOf(const json* how, const LoadedArray& array, std::size_t axis, Picker& picker) {
    const std::uint64_t size = array.values.shape[axis];
    if (!how) return {0, size};
    if (how->is_object() && how->contains("slice")) {
        const json& slice = (*how)["slice"];
        const auto place = [&](const json& end) {
            const auto index = end.get<std::int64_t>(), extent = static_cast<std::int64_t>(size);
            return static_cast<std::uint64_t>(
                std::clamp<std::int64_t>(index < 0 ? index + extent : index, 0, extent));
        };
        const std::uint64_t begin = place(slice[0]);
        return {begin, std::max(begin, place(slice[1]))};
    }
    const auto index = picker.indexOf(*how, array, axis);
    return index ? Range{*index, *index + 1} : Range{0, 0};
}

}  // namespace

Box boxOf(const json& view, const LoadedArray& array, const ArraySet& arrays, const Cursors& cursors,
          const ResolveOptions& options) {
    const std::set<std::string> named = namedDimensions(view);
    Picker picker(arrays, cursors, options, named);
    std::vector<const json*> selections;
    collect(view, array.name, selections, 0);
    Box box;
    for (std::size_t axis = 0; axis < array.dims.size(); ++axis) {
        const std::string& dimension = array.dims[axis];
        const std::uint64_t size = array.values.shape[axis];
        Range all{size, 0};
        for (const json* selection : selections) {
            const auto select = selection->find("select");
            const auto how = select != selection->end() && select->is_object() ? select->find(dimension)
                                                                               : json::const_iterator();
            const bool isGiven = select != selection->end() && select->is_object() && how != select->end();
            Range one = rangeOf(isGiven ? &*how : nullptr, array, axis, picker);
            if (const auto fixed = options.fixed.find(dimension);
                !isGiven && fixed != options.fixed.end() && !named.contains(dimension) && size > 0) {
                const std::int64_t extent = static_cast<std::int64_t>(size);
                const auto at = static_cast<std::uint64_t>(std::clamp<std::int64_t>(
                    fixed->second < 0 ? fixed->second + extent : fixed->second, 0, extent - 1));
                one = {at, at + 1};
            }
            if (one.begin >= one.end) continue;
            all = {std::min(all.begin, one.begin), std::max(all.end, one.end)};
        }
        if (all.begin >= all.end) all = {0, 0};
        box.start.push_back(all.begin);
        box.count.push_back(all.end - all.begin);
    }
    return box;
}

}  // namespace latent::engine::figures

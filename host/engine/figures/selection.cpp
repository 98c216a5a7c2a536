// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/selection.hpp"

#include <algorithm>
#include <cmath>

namespace latent::engine::figures {
namespace {

using nlohmann::json;

std::string dimensionWords(const std::vector<KeptDimension>& dims) {
    std::string words;
    for (const KeptDimension& d : dims) words += (words.empty() ? "" : ", ") + d.name;
    return words.empty()      ? "no dimension"
           : dims.size() == 1 ? "the dimension " + words
                              : "the dimensions " + words;
}

/// Python's rule for one end of a slice.
std::uint64_t sliceEnd(std::int64_t index, std::uint64_t size) {
    const auto extent = static_cast<std::int64_t>(size);
    return static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(index < 0 ? index + extent : index, 0, extent));
}

void collectNamed(const json& node, std::set<std::string>& names, int depth) {
    static const std::set<std::string, std::less<>> kKeys = {
        "family", "across",    "down",         "channel",   "tiles",
        "nodes",  "tile_rows", "tile_columns", "dimension", "array"};
    if (depth > 16) return;
    if (node.is_array())
        for (const json& entry : node) collectNamed(entry, names, depth + 1);
    if (!node.is_object()) return;
    for (const auto& [key, value] : node.items()) {
        if (value.is_string() && kKeys.contains(key)) names.insert(value.get<std::string>());
        if (key.rfind("index.", 0) == 0) names.insert(key.substr(6));
        if (key == "select" && value.is_object())
            for (const auto& [dimension, how] : value.items()) names.insert(dimension);
        collectNamed(value, names, depth + 1);
    }
}

}  // namespace

std::size_t nearest(std::span<const double> values, double wanted) {
    std::size_t best = values.size();
    double distance = INFINITY;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double d = std::abs(values[i] - wanted);
        if (d < distance) distance = d, best = i;
    }
    return best;
}

bool isSound(const LoadedArray& array) {
    for (std::size_t i = 1; i < array.dims.size(); ++i)
        if (std::find(array.dims.begin(), array.dims.begin() + static_cast<std::ptrdiff_t>(i),
                      array.dims[i]) != array.dims.begin() + static_cast<std::ptrdiff_t>(i))
            return false;
    const std::size_t windows = array.window.size();
    if (windows != 0 && windows != array.dims.size()) return false;
    const auto bytes = byteCount(array.values.dtype, array.values.shape);
    return bytes && *bytes == array.values.bytes.size() && array.dims.size() == array.values.shape.size();
}

std::optional<std::uint64_t> KeptDimension::entryOf(std::uint64_t index) const {
    if (index < first || (index - first) % step != 0 || (index - first) / step >= size) return std::nullopt;
    return (index - first) / step;
}

const KeptDimension* Picked::find(std::string_view dimension) const {
    const auto found =
        std::find_if(dims.begin(), dims.end(), [&](const KeptDimension& d) { return d.name == dimension; });
    return found == dims.end() ? nullptr : &*found;
}

void Picked::fix(std::string_view dimension, std::uint64_t entry) {
    const auto found =
        std::find_if(dims.begin(), dims.end(), [&](const KeptDimension& d) { return d.name == dimension; });
    if (found == dims.end()) return;
    offset += entry * found->stride;
    dims.erase(found);
}

std::set<std::string> namedDimensions(const json& view) {
    std::set<std::string> names;
    collectNamed(view, names, 0);
    return names;
}

void Picker::note(std::string sentence) {
    if (std::find(m_notes.begin(), m_notes.end(), sentence) == m_notes.end())
        m_notes.push_back(std::move(sentence));
}

const LoadedArray* Picker::find(std::string_view name) const {
    if (const LoadedArray* array = m_arrays.find(name)) return array;
    const LoadedArray* swept = m_arrays.find(std::string(name) + "_values");
    return swept && !swept->dims.empty() && swept->dims.back() == name ? swept : nullptr;
}

std::uint64_t Picker::cursorIndex(std::string_view name, std::string_view dimension,
                                  std::uint64_t size) const {
    const auto found = m_cursors.find(name);
    const auto last = static_cast<std::int64_t>(size) - 1;
    const std::int64_t wanted = found == m_cursors.end() ? restOf(dimension, m_arrays) : found->second;
    const std::int64_t index = wanted < 0 ? std::max<std::int64_t>(wanted, -last - 1) + last + 1 : wanted;
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(index, 0, last));
}

std::optional<std::uint64_t> Picker::indexOf(const json& how, const LoadedArray& array, std::size_t axis) {
    const std::uint64_t size = array.extent(axis);
    if (size == 0) return std::nullopt;
    if (how.is_number()) {
        const auto wanted = how.get<std::int64_t>(),
                   index = wanted < 0 ? wanted + static_cast<std::int64_t>(size) : wanted;
        if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
        return static_cast<std::uint64_t>(index);
    }
    if (how.contains("cursor"))
        return cursorIndex(how["cursor"].get_ref<const std::string&>(), array.dims[axis], size);
    const Coordinate along = coordinate(&array, {array.dims[axis], size, 0, 1, 0});
    const std::uint64_t index =
        along.array || !array.steps.empty() ? nearest(along.values, how.at("value").get<double>()) : size;
    return index < std::min<std::uint64_t>(size, along.values.size()) ? std::optional(index) : std::nullopt;
}

Result<Picked> Picker::pick(const json& selection) {
    const auto& name = selection.at("array").get_ref<const std::string&>();
    Picked picked;
    const LoadedArray* array = find(name);
    if (!array) {
        m_missing.insert(name);
        return picked;
    }
    if (!isSound(*array)) return refused("the array " + name + " is not as it was declared.");
    static const json kNothing = json::object();
    const auto given = selection.find("select");
    const json& select = given == selection.end() ? kNothing : *given;
    for (const auto& [dimension, how] : select.items()) {
        if (std::find(array->dims.begin(), array->dims.end(), dimension) == array->dims.end()) {
            std::string has;
            for (const std::string& d : array->dims) has += (has.empty() ? "" : ", ") + d;
            return refused("the array " + name + " has no dimension " + dimension + "; it has " +
                           (has.empty() ? "none" : has) + ".");
        }
    }
    picked.array = array;
    std::uint64_t stride = 1;
    for (std::size_t axis = array->dims.size(); axis-- > 0;) {
        const std::uint64_t size = array->extent(axis), here = array->values.shape[axis];
        const std::uint64_t before = array->window.empty() ? 0 : array->window[axis].first;
        KeptDimension kept{array->dims[axis], here, before, 1, stride};
        const auto how = select.find(kept.name);
        if (how != select.end() && how->is_object() && how->contains("slice")) {
            const json& slice = (*how)["slice"];
            const std::uint64_t first = sliceEnd(slice[0].get<std::int64_t>(), size);
            const std::uint64_t end =
                std::max(std::min(sliceEnd(slice[1].get<std::int64_t>(), size), before + here), first);
            kept.first = std::max(first, std::min(before, end));
            kept.step = static_cast<std::uint64_t>(std::max<std::int64_t>(slice[2].get<std::int64_t>(), 1));
            kept.size = (end - kept.first) / kept.step + ((end - kept.first) % kept.step != 0 ? 1 : 0);
            if (kept.size < 2) kept.step = 1;  // keeps the products below small
            picked.offset += (kept.first - std::min(kept.first, before)) * stride;
            kept.stride = stride * kept.step;
        } else if (how != select.end()) {
            const auto index = indexOf(*how, *array, axis);
            if (!index || *index < before || *index - before >= here) {
                m_missing.insert(name);
                return Picked();
            }
            picked.offset += (*index - before) * stride;
            stride *= here;
            continue;
        }
        picked.dims.insert(picked.dims.begin(), std::move(kept));
        stride *= std::max<std::uint64_t>(here, 1);
    }
    return picked;
}

std::uint64_t Picker::fixedEntry(const KeptDimension& dimension) const {
    const auto found = m_options.fixed.find(dimension.name);
    if (found == m_options.fixed.end() || dimension.size == 0) return 0;
    const auto size = static_cast<std::int64_t>(dimension.size);
    const std::int64_t index = found->second < 0 ? std::max(found->second, -size) + size : found->second;
    if (const auto entry = dimension.entryOf(static_cast<std::uint64_t>(index))) return *entry;
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(index, 0, size - 1));
}

void Picker::fixSwept(Picked& picked) {
    for (std::size_t i = 0; i < picked.dims.size();) {
        const KeptDimension d = picked.dims[i];
        const bool isSwept = m_options.fixed.contains(d.name) && !m_named.contains(d.name) && d.size > 0;
        if (!isSwept) {
            ++i;
            continue;
        }
        m_dropped.insert(d.name);
        picked.fix(d.name, fixedEntry(d));
    }
}

Status Picker::leave(Picked& picked, std::size_t least, std::size_t most, std::string_view what) {
    if (!picked) return ok();
    const std::vector<KeptDimension> before = picked.dims;
    for (const bool onlyFixed : {true, false}) {
        for (std::size_t i = 0; picked.dims.size() > most && i < picked.dims.size();) {
            const KeptDimension d = picked.dims[i];
            const bool isFixed = m_options.fixed.contains(d.name);
            if (m_named.contains(d.name) || (onlyFixed && !isFixed)) {
                ++i;
                continue;
            }
            if (d.size == 0) {
                picked = Picked();
                return ok();
            }
            if (!isFixed && d.size > 1)
                note("Shown at the first of " + std::to_string(d.size) + " along " + d.name + ".");
            m_dropped.insert(d.name);
            picked.fix(d.name, fixedEntry(d));
        }
    }
    if (picked.dims.size() >= least && picked.dims.size() <= most) return ok();
    return refused(std::string(what) + " leaves " + dimensionWords(before) + " of " + picked.array->name +
                   ", but needs " + std::to_string(most) + "; fix the others by an index or a cursor.");
}

Status Picker::within(Picked& part, std::vector<KeptDimension>& whole, std::string_view what) {
    if (!part) return ok();
    const auto inWhole = [&](const std::string& name) {
        return std::find_if(whole.begin(), whole.end(),
                            [&](const KeptDimension& d) { return d.name == name; });
    };
    for (std::size_t i = 0; i < part.dims.size();) {
        KeptDimension& d = part.dims[i];
        const auto other = inWhole(d.name);
        if (other == whole.end()) {
            const bool isSwept =
                m_dropped.contains(d.name) || (m_options.fixed.contains(d.name) && !m_named.contains(d.name));
            if (!isSwept)
                return refused(std::string(what) + " varies along " + d.name +
                               ", which is not drawn; fix it by an index or a cursor.");
            if (d.size == 0) {
                part = Picked();
                return ok();
            }
            part.fix(d.name, fixedEntry(d));
            continue;
        }
        if (d.first == 0 && d.step == 1 && (other->first != 0 || other->step != 1)) {  // cut as the whole is
            const std::uint64_t rest = d.size > other->first ? d.size - other->first : 0;
            part.offset += std::min(other->first, d.size) * d.stride;
            d = {d.name, rest / other->step + (rest % other->step != 0 ? 1 : 0), other->first, other->step,
                 d.stride * other->step};
        }
        other->size = std::min(other->size, d.size);  // growing arrays may be a few rows ahead of others
        ++i;
    }
    return ok();
}

}  // namespace latent::engine::figures

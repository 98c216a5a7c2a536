// SPDX-License-Identifier: Apache-2.0
#include "engine/figures/array_set.hpp"

#include <algorithm>

#include "engine/figures/figure.hpp"

namespace latent::engine::figures {

void ArraySet::put(std::shared_ptr<const LoadedArray> array) { m_arrays[array->name] = std::move(array); }

void ArraySet::remove(std::string_view name) {
    if (const auto found = m_arrays.find(name); found != m_arrays.end()) m_arrays.erase(found);
}

const LoadedArray* ArraySet::find(std::string_view name) const {
    const auto found = m_arrays.find(name);
    return found == m_arrays.end() ? nullptr : found->second.get();
}

const LoadedArray* ArraySet::coordinateOf(std::string_view dimension) const {
    const LoadedArray* array = find(dimension);
    return array && array->dims.size() == 1 && array->dims.front() == dimension ? array : nullptr;
}

std::uint64_t ArraySet::extentOf(std::string_view dimension) const {
    std::uint64_t most = 0;
    for (const auto& [name, array] : m_arrays)
        for (std::size_t i = 0; i < array->dims.size() && i < array->values.shape.size(); ++i)
            if (array->dims[i] == dimension) most = std::max(most, array->extent(i));
    return most;
}

std::string Axis::text() const { return unit.empty() || title.empty() ? title : title + " (" + unit + ")"; }

}  // namespace latent::engine::figures

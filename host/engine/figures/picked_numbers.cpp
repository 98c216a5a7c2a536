// SPDX-License-Identifier: Apache-2.0
// From what was picked to numbers: strided copies in typed loops, and the coordinates of dimensions.
#include <algorithm>
#include <cmath>

#include "engine/figures/selection.hpp"
#include "engine/figures/typed_numbers.hpp"

namespace latent::engine::figures {
namespace {

using nlohmann::json;

/// Copies a strided box; the last dimension is the innermost loop.
template <class T>
double* copyBox(const T* from, std::span<const KeptDimension> dims, double* to) {
    if (dims.empty()) {
        *to = static_cast<double>(*from);
        return to + 1;
    }
    const KeptDimension& d = dims.front();
    if (dims.size() > 1) {
        for (std::uint64_t i = 0; i < d.size; ++i) to = copyBox(from + i * d.stride, dims.subspan(1), to);
        return to;
    }
    if (d.stride == 1) {
        for (std::uint64_t i = 0; i < d.size; ++i) to[i] = static_cast<double>(from[i]);
    } else {
        for (std::uint64_t i = 0; i < d.size; ++i) to[i] = static_cast<double>(from[i * d.stride]);
    }
    return to + d.size;
}

}  // namespace

Status Picker::take(std::uint64_t count) {
    const std::uint64_t most = m_options.limits.elements;
    if (count > most || m_taken > most - count)
        return refused("it would hold more than " + std::to_string(most) +
                       " numbers; select fewer by an index, a cursor or a slice.");
    m_taken += count;
    return ok();
}

Result<std::vector<double>> Picker::numbers(const Picked& picked, std::span<const KeptDimension> over) {
    std::vector<KeptDimension> dims(over.begin(), over.end());
    Shape shape;
    for (KeptDimension& d : dims) {
        const KeptDimension* own = picked.find(d.name);
        d.stride = own ? own->stride : 0;
        if (own) d.size = std::min(d.size, own->size);
        shape.push_back(d.size);
    }
    const auto count = elementCount(shape);
    if (!count) return refused("it would hold more numbers than there can be.");
    LATENT_CHECK(take(*count));
    const bool isThere = picked && std::all_of(picked.dims.begin(), picked.dims.end(),
                                               [](const KeptDimension& d) { return d.size > 0; });
    std::vector<double> values(static_cast<std::size_t>(*count), isThere ? 0 : NAN);
    if (isThere && !values.empty())
        withNumbers(picked.array->values, [&](const auto* from) {
            copyBox(from + picked.offset, std::span<const KeptDimension>(dims), values.data());
        });
    return values;
}

Result<std::optional<double>> Picker::single(const json& selection, std::string_view what) {
    LATENT_TRY(Picked picked, pick(selection));
    LATENT_CHECK(leave(picked, 0, what));
    if (!picked) return std::optional<double>();
    return std::optional(elementAsDouble(picked.array->values.view(), picked.offset));
}

Coordinate Picker::coordinate(const LoadedArray* of, const KeptDimension& dimension) {
    Coordinate along;
    const auto entries = static_cast<std::size_t>(dimension.size);
    if (of && !of->steps.empty() && dimension.name == "step") {
        for (std::size_t i = 0; i < entries && dimension.indexOf(i) < of->steps.size(); ++i)
            along.values.push_back(static_cast<double>(of->steps[dimension.indexOf(i)]));
        return along;
    }
    const LoadedArray* array = m_arrays.coordinateOf(dimension.name);
    if (!array) {
        array = find(dimension.name);
        if (array && (array->dims.empty() || array->dims.back() != dimension.name)) array = nullptr;
    }
    if (!array || !isSound(*array) || !array->window.empty()) {
        along.values.resize(entries);
        for (std::size_t i = 0; i < entries; ++i) along.values[i] = static_cast<double>(dimension.indexOf(i));
        return along;
    }
    along.array = array;
    std::uint64_t offset = 0, stride = array->values.shape.back();
    for (std::size_t axis = array->dims.size() - 1; axis-- > 0; stride *= array->values.shape[axis]) {
        if (array->values.shape[axis] == 0) return along;
        offset += fixedEntry({array->dims[axis], array->values.shape[axis], 0, 1, 0}) * stride;
    }
    const std::uint64_t extent = array->values.shape.back();
    if (dimension.first >= extent) return along;
    KeptDimension box = dimension;
    box.size = std::min(box.size, (extent - box.first - 1) / box.step + 1);
    box.stride = box.step;
    along.values.resize(static_cast<std::size_t>(box.size));
    withNumbers(array->values, [&](const auto* from) {
        copyBox(from + offset + box.first, std::span<const KeptDimension>(&box, 1), along.values.data());
    });
    return along;
}

}  // namespace latent::engine::figures

// SPDX-License-Identifier: Apache-2.0
// Arrays of a run kept up to date: growing ones by their new rows, large ones by their new slabs, others as a whole.
#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/figures/load_state.hpp"

namespace latent::engine::figures {
namespace {

/// An array of which nothing is written yet: no numbers where its type has a word for that, else zeros.
Array blank(DType dtype, const Shape& shape) {
    Array array{dtype, shape,
                std::string(static_cast<std::size_t>(byteCount(dtype, shape).value_or(0)), '\0')};
    const auto fill = [&](auto nothing) {
        for (std::size_t at = 0; at + sizeof nothing <= array.bytes.size(); at += sizeof nothing)
            std::memcpy(&array.bytes[at], &nothing, sizeof nothing);
    };
    if (dtype == DType::F32) fill(std::numeric_limits<float>::quiet_NaN());
    if (dtype == DType::F64) fill(std::numeric_limits<double>::quiet_NaN());
    return array;
}

/// The parts of [begin, end) that are not in `known`.
std::vector<std::pair<std::uint64_t, std::uint64_t>> newParts(const IntervalSet& known, std::uint64_t begin,
                                                              std::uint64_t end) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
    auto at = known.intervals().upper_bound(begin);
    if (at != known.intervals().begin() && std::prev(at)->second > begin) --at;
    for (; at != known.intervals().end() && at->first < end; ++at) {
        if (at->first > begin) parts.emplace_back(begin, at->first);
        begin = std::max(begin, at->second);
    }
    if (begin < end) parts.emplace_back(begin, end);
    return parts;
}

}  // namespace

LoadedArray described(const ArraySpec& spec) {
    LoadedArray array;
    array.name = spec.name;
    array.units = spec.units;
    array.label = spec.label;
    array.description = spec.description;
    array.dims = spec.dimNames();
    array.categories = spec.categories;
    array.rest = spec.rest;
    return array;
}

std::string RunArrays::State::versionOf(const std::string& name) const {
    const RunState& now = reader.state();
    if (!now.compactedSha256.empty()) return now.compactedSha256;
    for (auto segment = now.segments.rbegin(); segment != now.segments.rend(); ++segment)
        if (segment->rows.contains(name)) return segment->sha256;
    return "there";
}

Status RunArrays::State::updateArray(const PublishedArray& published) {
    const auto bytes = byteCount(published.spec.dtype, published.shape);
    if (!bytes || *bytes > most) {
        leftOut.push_back(published);
        arrays.remove(published.spec.name);
        known.erase(published.spec.name);
        return ok();
    }
    return published.spec.large     ? fillLarge(published)
           : published.spec.grows() ? grow(published)
                                    : replace(published);
}

Status RunArrays::State::grow(const PublishedArray& published) {
    const std::string& name = published.spec.name;
    const LoadedArray* before = arrays.find(name);
    const std::uint64_t rows = published.shape[0];
    std::uint64_t have = before ? before->values.shape[0] : 0;
    if (before && have == rows) return ok();
    if (have > rows) have = 0;
    Shape start(published.shape.size(), 0), count = published.shape;
    start[0] = have;
    count[0] = rows - have;
    LATENT_TRY(const Array fresh, reader.read(name, start, count));
    LoadedArray array = described(published.spec);
    array.values = {published.spec.dtype, published.shape, {}};
    array.values.bytes.reserve((have > 0 ? before->values.bytes.size() : 0) + fresh.bytes.size());
    if (have > 0) array.values.bytes += before->values.bytes;
    array.values.bytes += fresh.bytes;
    put(std::move(array));
    return ok();
}

Status RunArrays::State::replace(const PublishedArray& published) {
    const std::string version = versionOf(published.spec.name);
    Known& one = known[published.spec.name];
    if (one.version == version && arrays.find(published.spec.name)) return ok();
    LoadedArray array = described(published.spec);
    LATENT_TRY(array.values, reader.readAll(published.spec.name));
    put(std::move(array));
    one.version = version;
    return ok();
}

Status RunArrays::State::fillLarge(const PublishedArray& published) {
    const std::string& name = published.spec.name;
    const Shape& shape = published.spec.shape();
    const LoadedArray* before = arrays.find(name);
    const auto found = reader.state().slabs.find(name);
    const IntervalSet written = found == reader.state().slabs.end() ? IntervalSet() : found->second;
    Known& one = known[name];
    if (before && one.written == written) return ok();
    LoadedArray array = described(published.spec);
    array.values = before ? before->values : blank(published.spec.dtype, shape);
    const std::uint64_t row = elementCount(shape).value_or(0) / std::max<std::uint64_t>(shape[0], 1),
                        size = sizeOf(published.spec.dtype);
    for (const auto& [begin, end] : written.intervals()) {
        for (const auto& [from, to] : newParts(one.written, begin, end)) {
            if (to > row * shape[0])
                return refused("The events of the run name slabs beyond the array " + name + ".");
            Shape start(shape.size(), 0), count = shape;
            start[0] = from / row;
            count[0] = (to - 1) / row - start[0] + 1;
            LATENT_TRY(const Array rows, reader.read(name, start, count));
            std::memcpy(&array.values.bytes[from * size], &rows.bytes[(from - start[0] * row) * size],
                        (to - from) * size);
        }
    }
    put(std::move(array));
    one.written = written;
    return ok();
}

}  // namespace latent::engine::figures

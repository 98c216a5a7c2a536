// SPDX-License-Identifier: Apache-2.0
#include "data/element.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <latent/error.hpp>
#include <limits>
#include <optional>
#include <type_traits>

#include "model/no_number.hpp"

namespace hyperspectral_shadows {
namespace {

template <class T>
T load(const unsigned char* from, bool swapped) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, from, sizeof(T));
    if (swapped) std::reverse(bytes, bytes + sizeof(T));
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

/// Spectra that lie in the file as they are wanted.
void copyRows(const Stored& from, std::int64_t lines, std::int64_t samples, std::int64_t bands, float* out) {
    constexpr auto kSize = static_cast<std::int64_t>(sizeof(float));
    const bool packedLine = from.strides.sample == bands;
    const std::int64_t length = packedLine ? samples * bands : bands, pieces = packedLine ? 1 : samples;
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t x = 0; x < pieces; ++x, out += length)
            std::memcpy(out, from.first + (y * from.strides.line + x * from.strides.sample) * kSize,
                        static_cast<std::size_t>(length * kSize));
}

/// The value of this type that stands for none; NaN, which no value equals, where there is none. Headers give
/// it in more digits than float32 keeps.
template <class T>
double noDataAs(const std::optional<double>& noData) {
    if (!noData) return std::numeric_limits<double>::quiet_NaN();
    return std::is_same_v<T, float> ? static_cast<double>(asFloat(*noData)) : *noData;
}

template <class T>
void gatherAs(const Stored& from, std::int64_t lines, std::int64_t samples, std::int64_t bands, float* out) {
    // Bands are the fastest index of the result; where they are the slowest of the file, a tile of samples by bands at a time
    // keeps both sides in the first cache.
    constexpr std::int64_t kTile = 16;
    const bool plain = !from.noData && from.scale == 1;
    const double none = noDataAs<T>(from.noData);
    const bool packed = from.strides.band == 1;
    if constexpr (std::is_same_v<T, float>)
        if (plain && packed && !from.swapped) return copyRows(from, lines, samples, bands, out);
    const std::int64_t tile = packed ? bands : kTile;
    for (std::int64_t y = 0; y < lines; ++y)
        for (std::int64_t c0 = 0; c0 < bands; c0 += tile)
            for (std::int64_t x = 0; x < samples; ++x) {
                const std::int64_t end = std::min(bands, c0 + tile);
                const unsigned char* row = from.first + (y * from.strides.line + x * from.strides.sample) *
                                                            static_cast<std::int64_t>(sizeof(T));
                float* to = out + (y * samples + x) * bands;
                for (std::int64_t c = c0; c < end; ++c) {
                    const T value = load<T>(
                        row + c * from.strides.band * static_cast<std::int64_t>(sizeof(T)), from.swapped);
                    if (plain) {
                        to[c] = static_cast<float>(value);
                    } else {
                        const auto wide = static_cast<double>(value);
                        to[c] = wide == none ? kNoNumber : static_cast<float>(wide / from.scale);
                    }
                }
            }
}

}  // namespace

float asFloat(double value) {
    constexpr double kMost = std::numeric_limits<float>::max();
    return static_cast<float>(std::isfinite(value) ? std::clamp(value, -kMost, kMost) : value);
}

void gather(const Stored& from, std::int64_t lines, std::int64_t samples, std::int64_t bands, float* out) {
    switch (from.type) {
        case Element::U8:
            return gatherAs<std::uint8_t>(from, lines, samples, bands, out);
        case Element::I8:
            return gatherAs<std::int8_t>(from, lines, samples, bands, out);
        case Element::I16:
            return gatherAs<std::int16_t>(from, lines, samples, bands, out);
        case Element::U16:
            return gatherAs<std::uint16_t>(from, lines, samples, bands, out);
        case Element::I32:
            return gatherAs<std::int32_t>(from, lines, samples, bands, out);
        case Element::U32:
            return gatherAs<std::uint32_t>(from, lines, samples, bands, out);
        case Element::I64:
            return gatherAs<std::int64_t>(from, lines, samples, bands, out);
        case Element::U64:
            return gatherAs<std::uint64_t>(from, lines, samples, bands, out);
        case Element::F32:
            return gatherAs<float>(from, lines, samples, bands, out);
        case Element::F64:
            return gatherAs<double>(from, lines, samples, bands, out);
        case Element::F16:
        case Element::BF16:
            throw latent::UsageError("gather: a cube has no floats of 2 bytes.");
    }
}

}  // namespace hyperspectral_shadows

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers in a file as they lie there: type, byte order, and strides from one line, sample and band to the next.
//
// Pure; any thread.

#include <cstdint>
#include <latent/learn/arrays/element.hpp>
#include <optional>

namespace hyperspectral_shadows {

using latent::learn::Element;
using latent::learn::sizeOf;

/// Strides in elements.
struct Strides {
    std::int64_t line = 0, sample = 0, band = 0;
};

/// Where a cube or a part of it lies, and how to read it.
struct Stored {
    const unsigned char* first = nullptr;  ///< its element (0, 0, 0); need not be aligned
    Element type = Element::F32;
    bool swapped = false;  ///< other byte order than this machine's
    Strides strides;
    std::optional<double> noData;  ///< becomes NaN
    double scale = 1;              ///< values are divided by it (ENVI: reflectance scale factor)
};

/// The nearest float32: finite numbers beyond its range become its largest, infinities and NaN stay.
float asFloat(double value);

/// Copies lines × samples × bands to `out` [line, sample, band] as float32. Throws UsageError
/// for floats of 2 bytes, which no cube has.
void gather(const Stored& from, std::int64_t lines, std::int64_t samples, std::int64_t bands, float* out);

}  // namespace hyperspectral_shadows

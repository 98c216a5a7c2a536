// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays as the engine moves them: a number type, a shape, and contiguous row-major bytes in this machine's
// order.
//
// An ArrayView borrows its bytes from the caller for the length of a call; an Array owns them. An empty shape
// is one number. Plain values, any thread.
//
//     std::vector<double> loss = …;
//     ArrayView view{DType::F64, {loss.size()}, loss.data()};
//     LATENT_CHECK(writer.publish("loss", view));

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latent/dtype.hpp"

namespace latent::engine {

using latent::DType;  // with nameOf, sizeOf and dtypeNamed of the SDK

using Shape = std::vector<std::uint64_t>;

/// Product of the extents, or nothing on overflow. Of an empty shape: 1.
std::optional<std::uint64_t> elementCount(const Shape& shape);
/// Bytes of such an array, or nothing on overflow.
std::optional<std::uint64_t> byteCount(DType dtype, const Shape& shape);
/// "512 x 512", or "one number" for an empty shape: for sentences.
std::string shapeText(const Shape& shape);

struct ArrayView {
    DType dtype = DType::F64;
    Shape shape;
    const void* data = nullptr;

    std::uint64_t elements() const { return elementCount(shape).value_or(0); }
    std::uint64_t bytes() const { return byteCount(dtype, shape).value_or(0); }
    std::string_view raw() const {
        return {static_cast<const char*>(data), static_cast<std::size_t>(bytes())};
    }
};

struct Array {
    DType dtype = DType::F64;
    Shape shape;
    std::string bytes;

    ArrayView view() const { return {dtype, shape, bytes.data()}; }
    /// The numbers, when T is this dtype's C++ type (std::string storage is aligned for every number).
    template <class T>
    const T* as() const {
        return reinterpret_cast<const T*>(bytes.data());
    }
};

/// Element `index` as a double, for tables and previews (64-bit integers may round).
double elementAsDouble(const ArrayView& view, std::uint64_t index);

struct NamedArray {
    std::string name;
    ArrayView view;
};

}  // namespace latent::engine

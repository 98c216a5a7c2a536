// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/array.hpp"

#include <cstring>
#include <utility>

namespace latent::engine {
namespace {

template <class T>
double loadAs(const void* data, std::uint64_t index) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + index * sizeof(T), sizeof(T));
    return static_cast<double>(value);
}

}  // namespace

std::optional<std::uint64_t> elementCount(const Shape& shape) {
    std::uint64_t count = 1;
    bool empty = false;
    for (const std::uint64_t extent : shape) {
        if (extent == 0) {
            empty = true;
        } else if (count > std::numeric_limits<std::uint64_t>::max() / extent) {
            return std::nullopt;
        } else {
            count *= extent;
        }
    }
    return empty ? 0 : count;
}

std::optional<std::uint64_t> byteCount(DType dtype, const Shape& shape) {
    const auto count = elementCount(shape);
    if (!count || *count > std::numeric_limits<std::uint64_t>::max() / sizeOf(dtype)) return std::nullopt;
    return *count * sizeOf(dtype);
}

std::string shapeText(const Shape& shape) {
    if (shape.empty()) return "one number";
    std::string text;
    for (const std::uint64_t extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text;
}

double elementAsDouble(const ArrayView& view, std::uint64_t index) {
    switch (view.dtype) {
        case DType::F32:
            return loadAs<float>(view.data, index);
        case DType::F64:
            return loadAs<double>(view.data, index);
        case DType::I8:
            return loadAs<std::int8_t>(view.data, index);
        case DType::I16:
            return loadAs<std::int16_t>(view.data, index);
        case DType::I32:
            return loadAs<std::int32_t>(view.data, index);
        case DType::I64:
            return loadAs<std::int64_t>(view.data, index);
        case DType::U8:
            return loadAs<std::uint8_t>(view.data, index);
        case DType::U16:
            return loadAs<std::uint16_t>(view.data, index);
        case DType::U32:
            return loadAs<std::uint32_t>(view.data, index);
        case DType::U64:
            return loadAs<std::uint64_t>(view.data, index);
    }
    return 0;
}

}  // namespace latent::engine

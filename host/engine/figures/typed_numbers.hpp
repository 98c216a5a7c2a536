// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls a generic function with the numbers of an array in their own type, so that loops over them are typed.
//
//     const double sum = withNumbers(array, [&](const auto* numbers) { return std::accumulate(numbers, numbers + n, 0.0); });

#include "engine/h5/array.hpp"

namespace latent::engine::figures {

template <class Function>
auto withNumbers(const Array& array, Function&& function) {
    switch (array.dtype) {
        case DType::F32:
            return function(array.as<float>());
        case DType::I8:
            return function(array.as<std::int8_t>());
        case DType::I16:
            return function(array.as<std::int16_t>());
        case DType::I32:
            return function(array.as<std::int32_t>());
        case DType::I64:
            return function(array.as<std::int64_t>());
        case DType::U8:
            return function(array.as<std::uint8_t>());
        case DType::U16:
            return function(array.as<std::uint16_t>());
        case DType::U32:
            return function(array.as<std::uint32_t>());
        case DType::U64:
            return function(array.as<std::uint64_t>());
        case DType::F64:
            break;
    }
    return function(array.as<double>());
}

}  // namespace latent::engine::figures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Element types of arrays: their numbers (frozen: they cross the binary boundary), sizes and names in JSON.
//
// Any thread; no state. Sizes are in bytes.
//
//     latent::Outputs o;
//     o.array("time", latent::F64, {latent::grows("time")});
//     std::size_t bytes = latent::sizeOf(latent::F64);              // 8
//     latent::DType type = latent::dtypeOf<float>();                // F32
//     std::string_view name = latent::nameOf(type);                 // "f32"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace latent {

enum class DType : std::uint32_t {
    F32 = 1,
    F64 = 2,
    I8 = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    U8 = 7,
    U16 = 8,
    U32 = 9,
    U64 = 10
};

inline constexpr DType F32 = DType::F32, F64 = DType::F64;
inline constexpr DType I8 = DType::I8, I16 = DType::I16, I32 = DType::I32, I64 = DType::I64;
inline constexpr DType U8 = DType::U8, U16 = DType::U16, U32 = DType::U32, U64 = DType::U64;

inline constexpr std::array<DType, 10> kAllDTypes = {F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};

/// Bytes of one element; 0 for a number that is no element type.
constexpr std::size_t sizeOf(DType type) {
    switch (type) {
        case DType::I8:
        case DType::U8:
            return 1;
        case DType::I16:
        case DType::U16:
            return 2;
        case DType::F32:
        case DType::I32:
        case DType::U32:
            return 4;
        case DType::F64:
        case DType::I64:
        case DType::U64:
            return 8;
    }
    return 0;
}

/// The name in JSON; empty for a number that is no element type.
constexpr std::string_view nameOf(DType type) {
    switch (type) {
        case DType::F32:
            return "f32";
        case DType::F64:
            return "f64";
        case DType::I8:
            return "i8";
        case DType::I16:
            return "i16";
        case DType::I32:
            return "i32";
        case DType::I64:
            return "i64";
        case DType::U8:
            return "u8";
        case DType::U16:
            return "u16";
        case DType::U32:
            return "u32";
        case DType::U64:
            return "u64";
    }
    return {};
}

constexpr bool isFloating(DType type) { return type == DType::F32 || type == DType::F64; }

/// The element type with this JSON name.
constexpr std::optional<DType> dtypeNamed(std::string_view name) {
    for (DType type : kAllDTypes) {
        if (nameOf(type) == name) return type;
    }
    return std::nullopt;
}

/// The element type of a C++ number type.
template <class T>
constexpr DType dtypeOf() {
    using U = std::remove_cv_t<T>;
    static_assert(std::is_arithmetic_v<U> && !std::is_same_v<U, bool> && !std::is_same_v<U, long double>,
                  "arrays hold float, double and the integers of 8 to 64 bits");
    if constexpr (std::is_floating_point_v<U>) {
        return sizeof(U) == 4 ? DType::F32 : DType::F64;
    } else if constexpr (std::is_signed_v<U>) {
        return sizeof(U) == 1   ? DType::I8
               : sizeof(U) == 2 ? DType::I16
               : sizeof(U) == 4 ? DType::I32
                                : DType::I64;
    } else {
        return sizeof(U) == 1   ? DType::U8
               : sizeof(U) == 2 ? DType::U16
               : sizeof(U) == 4 ? DType::U32
                                : DType::U64;
    }
}

}  // namespace latent

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Element types of arrays in files, and their conversion to float or double: IEEE half and bfloat16 included.
// Little-endian. Any thread.
//
//     toNumbers(Element::BF16, bytes, std::span(floats));

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace latent::learn {

enum class Element { F16, BF16, F32, F64, I8, U8, I16, U16, I32, U32, I64, U64 };

constexpr std::size_t sizeOf(Element type) {
    switch (type) {
        case Element::I8:
        case Element::U8:
            return 1;
        case Element::F16:
        case Element::BF16:
        case Element::I16:
        case Element::U16:
            return 2;
        case Element::F32:
        case Element::I32:
        case Element::U32:
            return 4;
        default:
            return 8;
    }
}
constexpr bool isFloating(Element type) {
    return type == Element::F16 || type == Element::BF16 || type == Element::F32 || type == Element::F64;
}

inline float bfloatToFloat(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// Without branches but for infinities: the exponent is moved by a multiplication, which also makes
/// subnormals right.
inline float halfToFloat(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16,
                        rest = static_cast<std::uint32_t>(bits & 0x7FFFU) << 13;
    const std::uint32_t magnitude = (bits & 0x7C00U) == 0x7C00U
                                        ? rest | 0x7F800000U
                                        : std::bit_cast<std::uint32_t>(std::bit_cast<float>(rest) * 0x1p112F);
    return std::bit_cast<float>(sign | magnitude);
}

namespace detail {
template <class From, class To, class Convert>
void convertAll(const std::byte* bytes, std::span<To> out, Convert convert) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        From value;
        std::memcpy(&value, bytes + i * sizeof(From), sizeof(From));
        out[i] = convert(value);
    }
}
}  // namespace detail

/// bytes holds out.size() elements; To is float or double.
template <class To>
void toNumbers(Element type, const std::byte* bytes, std::span<To> out) {
    const auto plain = [](auto v) { return static_cast<To>(v); };
    switch (type) {
        case Element::F16:
            return detail::convertAll<std::uint16_t>(bytes, out, halfToFloat);
        case Element::BF16:
            return detail::convertAll<std::uint16_t>(bytes, out, bfloatToFloat);
        case Element::F32:
            return detail::convertAll<float>(bytes, out, plain);
        case Element::F64:
            return detail::convertAll<double>(bytes, out, plain);
        case Element::I8:
            return detail::convertAll<std::int8_t>(bytes, out, plain);
        case Element::U8:
            return detail::convertAll<std::uint8_t>(bytes, out, plain);
        case Element::I16:
            return detail::convertAll<std::int16_t>(bytes, out, plain);
        case Element::U16:
            return detail::convertAll<std::uint16_t>(bytes, out, plain);
        case Element::I32:
            return detail::convertAll<std::int32_t>(bytes, out, plain);
        case Element::U32:
            return detail::convertAll<std::uint32_t>(bytes, out, plain);
        case Element::I64:
            return detail::convertAll<std::int64_t>(bytes, out, plain);
        case Element::U64:
            return detail::convertAll<std::uint64_t>(bytes, out, plain);
    }
}

}  // namespace latent::learn

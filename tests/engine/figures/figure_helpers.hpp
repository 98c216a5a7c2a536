// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays made by hand, and figures over them, for the tests of figures.
//
//     ArraySet arrays;
//     put(arrays, "loss", {"time"}, {3}, std::vector<double>{3, 2, 1}, {.units = "nat"});
//     const Figure figure = must(resolveFigure(view::lines("loss").series(view::series("loss")).toJson(), arrays));

#include <cmath>
#include <latent/view/kinds.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/figures/resolve.hpp"

namespace latent::engine::figures {

/// The value, or a failed test with the sentence.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return *std::move(result);
}

struct Words {
    std::string units = {}, label = {};
    std::vector<std::string> categories = {};
    std::vector<std::int64_t> steps = {};
    std::optional<double> rest = {};
};

template <class T>
constexpr DType dtypeOf() {
    if constexpr (std::is_same_v<T, float>) return DType::F32;
    if constexpr (std::is_same_v<T, std::int32_t>) return DType::I32;
    if constexpr (std::is_same_v<T, std::int64_t>) return DType::I64;
    if constexpr (std::is_same_v<T, std::uint8_t>) return DType::U8;
    if constexpr (std::is_same_v<T, std::uint16_t>) return DType::U16;
    return DType::F64;
}

template <class T>
void put(ArraySet& set, const std::string& name, std::vector<std::string> dims, Shape shape,
         const std::vector<T>& values, Words words = {}) {
    auto array = std::make_shared<LoadedArray>();
    array->name = name;
    array->units = words.units;
    array->label = words.label;
    array->categories = words.categories;
    array->steps = words.steps;
    array->rest = words.rest;
    array->dims = std::move(dims);
    array->values = {dtypeOf<T>(), std::move(shape),
                     std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))};
    set.put(std::move(array));
}

/// 0, 1, 2, … in the shape's size, times `scale`.
inline std::vector<double> counting(std::size_t count, double scale = 1) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = scale * static_cast<double>(i);
    return values;
}

template <class Body, class View>
Body bodyOf(const View& view, const ArraySet& arrays, const Cursors& cursors = {},
            const ResolveOptions& options = {}) {
    return std::get<Body>(must(resolveFigure(view.toJson(), arrays, cursors, options)).body);
}

/// The sentence of a refusal; empty when there was none.
inline std::string refusalOf(const nlohmann::json& view, const ArraySet& arrays, const Cursors& cursors = {},
                             const ResolveOptions& options = {}) {
    const auto figure = resolveFigure(view, arrays, cursors, options);
    return figure ? std::string() : figure.error().message;
}

}  // namespace latent::engine::figures

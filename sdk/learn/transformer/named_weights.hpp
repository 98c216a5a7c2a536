// SPDX-License-Identifier: Apache-2.0
#pragma once
// Between a model's weights and the tensors of a safetensors file, by name: shared by the transformer's and
// the U-Net's files. Internal.
#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <string>

#include "latent/learn/safetensors.hpp"

namespace latent::learn::detail {

[[noreturn]] inline void refuseArchitecture(const SafeTensors& file, const std::string& why) {
    throw RunError("'" + file.path.string() + "' holds another architecture: " + why + ".");
}

inline std::string sizesOf(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
    return "[" + text + "]";
}

/// Every tensor of the model from the file's one of that name. `leave(name)` is asked about each other tensor
/// of the file and throws where it must not be there.
template <class Weights, class Shape, class Leave>
Weights namedWeights(const SafeTensors& file, const Shape& shape, const Leave& leave) {
    // As many parameters as the file has elements, before anything is allocated for them.
    if (static_cast<double>(shape.parameterCount()) * sizeof(float) > static_cast<double>(file.bytes.size()))
        refuseArchitecture(file, "it has " + std::to_string(file.bytes.size() / sizeof(float)) +
                                     " elements where " + std::to_string(shape.parameterCount()) +
                                     " are needed");
    Weights weights(shape);
    for (const auto& tensor : weights.tensors()) {
        const auto found = file.tensors.find(tensor.name);
        if (found == file.tensors.end()) refuseArchitecture(file, "it has no '" + tensor.name + "'");
        if (found->second.shape != tensor.shape)
            refuseArchitecture(file, "'" + tensor.name + "' is " + sizesOf(found->second.shape) + ", not " +
                                         sizesOf(tensor.shape));
        const std::vector<float> values = file.floats(tensor.name);
        if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
            throw RunError("The tensor '" + tensor.name + "' of '" + file.path.string() +
                           "' holds values that are not finite.");
        std::copy(values.begin(), values.end(),
                  weights.flat().begin() + static_cast<std::ptrdiff_t>(tensor.offset));
    }
    for (const auto& [name, tensor] : file.tensors)
        if (std::none_of(weights.tensors().begin(), weights.tensors().end(),
                         [&](const auto& own) { return own.name == name; }))
            leave(name, weights);
    return weights;
}

/// Views of all tensors, in the model's order.
template <class Weights>
std::vector<NamedFloats> namedFloats(const Weights& weights) {
    std::vector<NamedFloats> all;
    for (const auto& tensor : weights.tensors())
        all.push_back({tensor.name, tensor.shape, weights.flat().subspan(tensor.offset, tensor.size)});
    return all;
}

}  // namespace latent::learn::detail

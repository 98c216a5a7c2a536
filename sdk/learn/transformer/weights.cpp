// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/transformer/weights.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

namespace latent::learn::transformer {

Weights::Weights(const Shape& shape)
    : m_shape(shape),
      m_tensors(std::make_shared<const std::vector<Tensor>>(tensorsOf(shape))),
      m_size(m_tensors->back().offset + m_tensors->back().size),
      m_data((m_size + kPanel - 1) / kPanel * kPanel) {}

const Tensor& Weights::find(std::string_view name) const {
    for (const Tensor& tensor : *m_tensors)
        if (tensor.name == name) return tensor;
    throw UsageError("This transformer has no tensor '" + std::string(name) + "'.");
}

std::span<float> Weights::view(std::string_view name) {
    const Tensor& tensor = find(name);
    return flat().subspan(tensor.offset, tensor.size);
}

std::span<const float> Weights::view(std::string_view name) const {
    const Tensor& tensor = find(name);
    return flat().subspan(tensor.offset, tensor.size);
}

Weights initialise(const Shape& shape, std::uint64_t seed) {
    Weights weights(shape);
    for (const Tensor& tensor : weights.tensors()) {
        const std::span<float> values = weights.flat().subspan(tensor.offset, tensor.size);
        if (tensor.shape.size() == 1) {
            std::fill(values.begin(), values.end(), tensor.name.ends_with(".weight") ? 1.0F : 0.0F);
            continue;
        }
        const double deviation = tensor.name.ends_with("c_proj.weight") ? 0.02 / std::sqrt(2.0 * shape.layers) : 0.02;
        RandomStream(seed, tensor.name).fillNormal(values, deviation);
    }
    return weights;
}

}  // namespace latent::learn::transformer

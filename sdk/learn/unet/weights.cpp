// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/unet/weights.hpp"

#include <algorithm>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/random.hpp>

#include "layout.hpp"

namespace latent::learn::unet {

Weights::Weights(const Shape& shape)
    : m_shape(shape),
      m_tensors(std::make_shared<const std::vector<Tensor>>(tensorsOf(shape))),
      m_data(m_tensors->back().offset + m_tensors->back().size) {}

const Tensor& Weights::find(std::string_view name) const {
    for (const Tensor& tensor : *m_tensors)
        if (tensor.name == name) return tensor;
    throw UsageError("This U-Net has no tensor '" + std::string(name) + "'.");
}

std::span<float> Weights::view(std::string_view name) {
    const Tensor& tensor = find(name);
    return flat().subspan(tensor.offset, tensor.size);
}

std::span<const float> Weights::view(std::string_view name) const {
    const Tensor& tensor = find(name);
    return flat().subspan(tensor.offset, tensor.size);
}

Weights initialise(const Shape& shape, std::uint64_t seed, double scale) {
    Weights weights(shape);
    double bound = 0;  // of the map whose weight came last: its bias follows
    for (const Tensor& tensor : weights.tensors()) {
        const std::span<float> values = weights.flat().subspan(tensor.offset, tensor.size);
        const bool isNorm = tensor.name.find("norm") != std::string::npos;
        if (isNorm) {
            std::fill(values.begin(), values.end(), tensor.name.ends_with(".weight") ? 1.0F : 0.0F);
            continue;
        }
        if (tensor.shape.size() > 1) {
            // torch's fan_in is what follows the first axis, also of a transposed convolution.
            const double fanIn = static_cast<double>(tensor.size) / static_cast<double>(tensor.shape.front());
            const bool startsAtZero =
                tensor.name.find(".conv2.") != std::string::npos || tensor.name.starts_with("output.conv.");
            bound = startsAtZero ? 0.0 : scale / std::sqrt(fanIn);
        }
        if (bound > 0) RandomStream(seed, tensor.name).fillUniform(values, -bound, bound);
    }
    return weights;
}

}  // namespace latent::learn::unet

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights of a U-Net: one flat buffer of floats in the layout of PyTorch, with a named view of each tensor.
//
// A plain value that owns its memory; copy it freely, do not write to one that another thread reads.
//
//     Weights w = initialise(shape, seed);
//     std::span<float> first = w.view("input.weight");                  // [widths[0], channels, 3, 3]
//     writeWeights("model.safetensors", w);                             // weights_file.hpp

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "latent/learn/unet/shape.hpp"

namespace latent::learn::unet {

class Weights {
  public:
    /// All zero. Throws UsageError when the shape is not valid.
    explicit Weights(const Shape& shape);

    const Shape& shape() const { return m_shape; }
    const std::vector<Tensor>& tensors() const { return *m_tensors; }

    std::span<float> flat() { return m_data; }
    std::span<const float> flat() const { return m_data; }
    /// Elements of one tensor, row-major. Throws UsageError when there is none of that name.
    std::span<float> view(std::string_view name);
    std::span<const float> view(std::string_view name) const;

  private:
    const Tensor& find(std::string_view name) const;

    Shape m_shape;
    std::shared_ptr<const std::vector<Tensor>> m_tensors;
    std::vector<float> m_data;
};

/// As torch's defaults: U(±1/√fan_in) for weights and biases of maps, norms 1 and 0; conv2 of each block and the last convolution 0.
/// `scale` multiplies all that are drawn (init_scale of arXiv 2406.19370). Each tensor draws from a stream of its own. Throws UsageError.
Weights initialise(const Shape& shape, std::uint64_t seed, double scale = 1.0);

}  // namespace latent::learn::unet

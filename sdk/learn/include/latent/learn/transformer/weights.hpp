// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights of a transformer: one flat buffer of floats, with a named view of each tensor.
//
// Names and shapes are those of nanoGPT's state_dict ("transformer.h.0.attn.c_attn.weight" [3·width, width]). A plain value that
// owns its memory; copy it freely, do not write to one that another thread reads.
//
//     Weights w = initialise(shape, seed);
//     std::span<float> wte = w.view("transformer.wte.weight");          // [inputs, width], row-major
//     for (const Tensor& t : w.tensors()) std::printf("%s %zu\n", t.name.c_str(), t.size);
//     writeWeights("model.safetensors", w);                             // weights_file.hpp

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "latent/learn/aligned.hpp"
#include "latent/learn/transformer/shape.hpp"

namespace latent::learn::transformer {

class Weights {
  public:
    /// All zero. Throws UsageError when the shape is not valid.
    explicit Weights(const Shape& shape);

    const Shape& shape() const { return m_shape; }
    const std::vector<Tensor>& tensors() const { return *m_tensors; }

    std::span<float> flat() { return {m_data.data(), m_size}; }
    std::span<const float> flat() const { return {m_data.data(), m_size}; }
    /// Elements of one tensor, row-major. Throws UsageError when there is none of that name.
    std::span<float> view(std::string_view name);
    std::span<const float> view(std::string_view name) const;

  private:
    const Tensor& find(std::string_view name) const;

    Shape m_shape;
    std::shared_ptr<const std::vector<Tensor>> m_tensors;
    std::size_t m_size;
    AlignedFloats m_data;
};

/// As the paper: linear maps and embeddings N(0, 0.02²), both c_proj.weight N(0, 0.02²/(2·layers)), biases 0, layer norms 1 and 0.
/// Each tensor draws from a stream of its own, so that it does not depend on the others. Throws UsageError.
Weights initialise(const Shape& shape, std::uint64_t seed);

}  // namespace latent::learn::transformer

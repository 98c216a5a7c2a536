// SPDX-License-Identifier: Apache-2.0
#pragma once
// The decoder transformer of transformer/shape.hpp as LibTorch operations, with the same weights under the same names: the oracle of
// the hand-written kernels, and what runs on a GPU.
//
// Parameters are leaves that require gradients, in the order of Weights::tensors(), so that the flat gradient of a Trainer and theirs
// lie alike. Attention is at::scaled_dot_product_attention. Double precision on the CPU makes an oracle that rounding does not blur;
// float32 is what one trains in. One thread at a time. Throws UsageError where a batch has not two dimensions or is longer than the
// context. Tokens are not looked at: one beyond the vocabulary is LibTorch's error, and targets that are all below 0 give no number.
//
//     learn::TorchTransformer net(weights, torch::dtype(torch::kFloat64));             // or torch::device(torch::kCUDA)
//     learn::AdamW optimiser(net.parameters(), {.learning_rate = 6e-4, .beta2 = .95, .weight_decay = .1});
//     torch::Tensor loss = net.loss(tokens.slice(1, 0, length), tokens.slice(1, 1));   // int64 [batch, length]
//     loss.backward(); learn::clipGradientNorm(net.parameters(), .01); optimiser.step(); optimiser.zeroGradients();
//     writeWeights("model.safetensors", net.weights());

#include <map>
#include <string>
#include <vector>

#include "latent/learn/torch/torch.hpp"
#include "latent/learn/transformer/weights.hpp"

namespace latent::learn {

class TorchTransformer {
  public:
    /// Copies the weights; `where` gives device and type, by default float32 on the CPU.
    explicit TorchTransformer(const transformer::Weights& weights,
                              const torch::TensorOptions& where = torch::dtype(torch::kFloat32));

    const transformer::Shape& shape() const { return m_shape; }
    /// int64 [batch, length] → logits [batch, length, vocabulary].
    torch::Tensor logits(const torch::Tensor& tokens) const;
    /// Mean cross-entropy (nats) over all targets that are not below 0; both int64 [batch, length].
    torch::Tensor loss(const torch::Tensor& inputs, const torch::Tensor& targets) const;
    const std::vector<torch::Tensor>& parameters() const { return m_parameters; }
    /// A copy in float32, for files and for models of the CPU.
    transformer::Weights weights() const;

  private:
    const torch::Tensor& at(const std::string& name) const { return m_parameters[m_places.at(name)]; }
    torch::Tensor optional(const std::string& name) const;
    torch::Tensor normed(const torch::Tensor& x, const std::string& name) const;
    torch::Tensor linear(const torch::Tensor& x, const std::string& name) const;
    torch::Tensor attention(const torch::Tensor& x, const std::string& layer) const;
    torch::Tensor rotated(const torch::Tensor& x) const;

    transformer::Shape m_shape;
    std::vector<torch::Tensor> m_parameters;
    std::map<std::string, std::size_t> m_places;
    torch::Tensor m_cosine, m_sine;  // [context, head width / 2]; only with rotary positions
};

}  // namespace latent::learn

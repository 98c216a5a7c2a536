// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/torch/transformer.hpp"

#include <latent/error.hpp>

namespace latent::learn {
namespace {

constexpr double kNormEpsilon = 1e-5;

}  // namespace

TorchTransformer::TorchTransformer(const transformer::Weights& weights, const torch::TensorOptions& where)
    : m_shape(weights.shape()) {
    for (const transformer::Tensor& tensor : weights.tensors()) {
        const auto view = weights.view(tensor.name);
        torch::Tensor values = torch::empty(tensor.shape, torch::kFloat32);
        std::copy(view.begin(), view.end(), values.data_ptr<float>());
        m_places[tensor.name] = m_parameters.size();
        m_parameters.push_back(values.to(where).requires_grad_(true));
    }
    if (m_shape.positions != transformer::Positions::Rotary) return;
    const int half = m_shape.headWidth() / 2;
    const torch::TensorOptions exact = torch::dtype(torch::kFloat64);
    const torch::Tensor speed =
        torch::pow(m_shape.rotaryBase, torch::arange(half, exact) * (-2.0 / m_shape.headWidth()));
    const torch::Tensor angle = torch::outer(torch::arange(m_shape.context, exact), speed);
    m_cosine = angle.cos().to(where);
    m_sine = angle.sin().to(where);
}

torch::Tensor TorchTransformer::optional(const std::string& name) const {
    const auto found = m_places.find(name);
    return found == m_places.end() ? torch::Tensor() : m_parameters[found->second];
}

torch::Tensor TorchTransformer::normed(const torch::Tensor& x, const std::string& name) const {
    return torch::layer_norm(x, {m_shape.width}, at(name + ".weight"), optional(name + ".bias"),
                             kNormEpsilon);
}

torch::Tensor TorchTransformer::linear(const torch::Tensor& x, const std::string& name) const {
    return torch::linear(x, at(name + ".weight"), optional(name + ".bias"));
}

/// Turns the pairs (2i, 2i + 1) of [batch, heads, length, head width] by position · base^(−2i / head width).
torch::Tensor TorchTransformer::rotated(const torch::Tensor& x) const {
    const torch::Tensor cosine = m_cosine.slice(0, 0, x.size(2)), sine = m_sine.slice(0, 0, x.size(2)),
                        even = x.slice(-1, 0, c10::nullopt, 2), odd = x.slice(-1, 1, c10::nullopt, 2);
    return torch::stack({even * cosine - odd * sine, even * sine + odd * cosine}, -1).flatten(-2);
}

torch::Tensor TorchTransformer::attention(const torch::Tensor& x, const std::string& layer) const {
    const std::int64_t batch = x.size(0), length = x.size(1);
    std::vector<torch::Tensor> parts = linear(x, layer + "attn.c_attn").chunk(3, -1);
    for (torch::Tensor& part : parts)
        part = part.view({batch, length, m_shape.heads, m_shape.headWidth()}).transpose(1, 2);
    if (m_shape.positions == transformer::Positions::Rotary)
        parts[0] = rotated(parts[0]), parts[1] = rotated(parts[1]);
    const torch::Tensor mixed = at::scaled_dot_product_attention(parts[0], parts[1], parts[2], c10::nullopt,
                                                                 /*dropout_p=*/0.0, /*is_causal=*/true);
    return linear(mixed.transpose(1, 2).reshape({batch, length, m_shape.width}), layer + "attn.c_proj");
}

torch::Tensor TorchTransformer::logits(const torch::Tensor& tokens) const {
    if (tokens.dim() != 2 || tokens.size(1) > m_shape.context)
        throw UsageError(
            "A batch of tokens has two dimensions, and no sequence is longer than the context, " +
            std::to_string(m_shape.context) + ".");
    torch::Tensor x = torch::embedding(at("transformer.wte.weight"), tokens);
    if (m_shape.positions == transformer::Positions::Learned)
        x = x + at("transformer.wpe.weight").slice(0, 0, tokens.size(1));
    for (int i = 0; i < m_shape.layers; ++i) {
        const std::string layer = "transformer.h." + std::to_string(i) + ".";
        x = x + attention(normed(x, layer + "ln_1"), layer);
        if (m_shape.hidden() == 0) continue;
        const torch::Tensor hidden = linear(normed(x, layer + "ln_2"), layer + "mlp.c_fc");
        x = x + linear(torch::gelu(hidden), layer + "mlp.c_proj");
    }
    const torch::Tensor head = m_shape.tiedHead ? at("transformer.wte.weight").slice(0, 0, m_shape.vocabulary)
                                                : at("lm_head.weight");
    return torch::linear(normed(x, "transformer.ln_f"), head);
}

torch::Tensor TorchTransformer::loss(const torch::Tensor& inputs, const torch::Tensor& targets) const {
    const torch::Tensor all = logits(inputs).flatten(0, 1), wanted = targets.flatten();
    const torch::Tensor counted = wanted >= 0;
    const torch::Tensor each = at::cross_entropy_loss(all, wanted.clamp_min(0), {}, at::Reduction::None);
    return (each * counted).sum() / counted.sum();
}

transformer::Weights TorchTransformer::weights() const {
    transformer::Weights copy(m_shape);
    for (const auto& [name, place] : m_places) {
        const torch::Tensor values = m_parameters[place]
                                         .detach()
                                         .to(torch::TensorOptions(torch::kFloat32).device(torch::kCPU))
                                         .contiguous();
        std::copy_n(values.data_ptr<float>(), values.numel(), copy.view(name).begin());
    }
    return copy;
}

}  // namespace latent::learn

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The weights of a decoder as tensors on a device. Internal to this folder.

#include <latent/learn/torch/torch.hpp>
#include <vector>

#include "decoder/weights.hpp"

namespace icl_graphs {

struct TorchNorm {
    torch::Tensor weight, bias;  ///< float32 [width]; bias undefined: RMSNorm
};
struct TorchLinear {
    torch::Tensor weight, bias;  ///< [outputs, inputs], [outputs]; bias undefined: none
};
struct TorchLayer {
    TorchNorm attentionNorm, mlpNorm;
    TorchLinear query, key, value, output, gate, up, down;  ///< gate undefined but for SwiGLU
};
struct TorchWeights {
    torch::Tensor embedding;  ///< [vocabulary, width]
    torch::Tensor positions;  ///< [context, width]; GPT-2 only
    std::vector<TorchLayer> layers;
    TorchNorm finalNorm;
    torch::Tensor head;  ///< [vocabulary, width]; the embedding itself where they are tied

    /// Unpacked to `type` on the device; norms stay float32.
    static TorchWeights of(const DecoderWeights& weights, torch::Device device, torch::ScalarType type);
};

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// One forward pass of a decoder over one text, as LibTorch operations. Internal to this folder.
//
// In bfloat16, weights, the inputs and outputs of linear maps, keys, values, attention's probabilities and what it gives are rounded. The
// residual stream, norms, rotary turns, softmax, sums of products and logits are float32.

#include <span>
#include <vector>

#include "decoder/language_model.hpp"
#include "decoder_torch/torch_weights.hpp"

namespace icl_graphs {

class TorchPass {
  public:
    TorchPass(const DecoderConfig& config, const TorchWeights& weights, std::span<const int> tokens,
              const DecoderRun& run);
    /// False when keepGoing ended it.
    bool go();

  private:
    struct Cache {
        torch::Tensor keys, values;  ///< [kvHeads, tokens, headWidth]
    };

    int layers() const { return m_run.blocksOf(c.layers); }
    torch::TensorOptions where(torch::ScalarType type) const;
    /// x, or what the callback made of its copy on the host. x: [rows, columns].
    torch::Tensor handed(const std::function<void(const Block&)>& to, int layer,
                         const torch::Tensor& x) const;
    void handResidual(int layer);
    void embed();
    torch::Tensor normed(const TorchNorm& norm) const;
    torch::Tensor linear(const TorchLinear& map, const torch::Tensor& x) const;
    torch::Tensor turned(const torch::Tensor& x) const;
    torch::Tensor attended(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v) const;
    torch::Tensor attendedWithScores(int layer, const torch::Tensor& q, const torch::Tensor& k,
                                     const torch::Tensor& v) const;
    torch::Tensor feedForward(const TorchLayer& layer, const torch::Tensor& x) const;
    void block(int l);
    void predict(const torch::Tensor& x) const;

    const DecoderConfig& c;
    const TorchWeights& w;
    const DecoderRun& m_run;
    torch::Device m_device;
    torch::ScalarType m_type;
    std::int64_t m_total, m_chunk, m_first = 0, m_rows = 0;
    torch::Tensor m_tokens;          // int64 [tokens]
    torch::Tensor m_cosine, m_sine;  // float32 [tokens, pairs]
    torch::Tensor
        m_visible;  // which keys each query of the chunk sees, bool [rows, keys]; undefined in the first chunk
    torch::Tensor m_x;  // residual stream, float32 [rows, width]
    std::vector<Cache> m_cache;
};

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// A decoder language model as experiments see it: hidden states of every layer, next-token probabilities, attention, and edits in between.
// In chunks of tokens over a cache of keys and values, so that neither logits nor attention of a whole text are ever in memory. What does
// the arithmetic is not seen from here: kernels on the CPU (decoder.hpp) or LibTorch on a device (decoder_torch/).
//
//     DecoderRun run;
//     run.selected = tokensOfWords;                                   // logits wanted for these only
//     run.residual = [&](const Block& b) { if (b.layer == 12) pool(b); };
//     run.predictions = [&](const Predictions& p) { … };
//     model.forward(tokens, run);

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "decoder/weights.hpp"

namespace icl_graphs {

/// Activations of consecutive tokens [rows, columns], a row every `stride` floats. Where a callback receives it, it may be changed.
struct Block {
    int layer;  ///< residual: 0 after the embedding, i after block i; heads: the block, from 0
    int first;  ///< position of the first row
    int rows, columns;
    std::ptrdiff_t stride;
    float* data;

    std::span<float> row(int r) const { return {data + r * stride, static_cast<std::size_t>(columns)}; }
};
struct Predictions {
    int first, rows;
    const float* logSumExp;  ///< over the whole vocabulary [rows]
    const float* selected;   ///< logits of DecoderRun::selected [rows, selected]
    const float* logits;     ///< all [rows, vocabulary], null unless asked for
};
/// Attention of one head: rows queries beginning at position `first`, over keys 0 … keys − 1; a row every `stride` floats.
struct AttentionBlock {
    int layer, head, first, rows, keys;
    std::ptrdiff_t stride;
    const float* probability;
};

struct DecoderRun {
    int threads = 1;
    int chunk = 512;                 ///< tokens at a time
    int lastLayer = -1;              ///< stop after so many blocks, without predictions; −1: all
    std::vector<int> selected = {};  ///< tokens whose logits are wanted
    bool allLogits = false;
    std::function<void(const Block&)> residual =
        {};                                ///< the residual stream; changes go on into later layers
    std::vector<int> residualLayers = {};  ///< residual is called for these only; empty: for all
    std::function<void(const Block&)> heads =
        {};                            ///< output of all heads, side by side, before the output projection
    std::vector<int> headBlocks = {};  ///< heads is called for these only; empty: for all
    std::function<void(const Block&)> final = {};  ///< after the last norm
    std::function<void(const Predictions&)> predictions = {};
    std::function<void(const AttentionBlock&)> attention = {};  ///< called from several threads at once
    std::function<bool()> keepGoing = {};                       ///< asked between layers; false ends the pass

    /// Blocks that are computed, of a model with so many.
    int blocksOf(int all) const { return lastLayer < 0 ? all : std::min(lastLayer, all); }
    /// Tokens at a time, of a text with so many.
    int chunkOf(int length) const { return std::min(std::max(chunk, 1), length); }
    bool wantsResidual(int layer) const { return residual && wants(residualLayers, layer); }
    bool wantsHeads(int block) const { return heads && wants(headBlocks, block); }

  private:
    static bool wants(const std::vector<int>& chosen, int one);
};

class LanguageModel {
  public:
    virtual ~LanguageModel() = default;
    virtual const DecoderConfig& config() const = 0;
    /// Throws std::invalid_argument with a sentence for tokens that are not in the vocabulary, and for more tokens than learned positions.
    /// False when keepGoing ended it.
    virtual bool forward(std::span<const int> tokens, const DecoderRun& run) const = 0;
};

/// What forward() refuses: throws std::invalid_argument with a sentence.
void checkTokens(const DecoderConfig& config, std::span<const int> tokens, const DecoderRun& run);

}  // namespace icl_graphs

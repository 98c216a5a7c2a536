// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a decoder transformer looks like, in numbers: the pre-LN architecture of nanoGPT, with its options.
//
//     x = wte[token] (+ wpe[position])                                              [length, width]
//     x += c_proj(attention(c_attn(ln_1(x))));   x += c_proj(gelu(c_fc(ln_2(x))))   for each layer
//     logits = lm_head(ln_f(x))                                                     [length, vocabulary]
//
// GELU is the exact one (erf), layer norms have ε = 1e-5, attention is causal and scaled by 1/√(width/heads). Rotary positions
// (Su et al., arXiv 2104.09864) turn the pairs (2i, 2i+1) of queries and keys by position·base^(-2i/head_width) and replace
// learned ones. The defaults are those of arXiv 2412.01003. A plain value; any thread.
//
//     Shape shape{.vocabulary = 10, .context = 512, .width = 64, .heads = 4, .layers = 2};
//     if (const auto wrong = shape.validate(); !wrong.empty()) throw latent::UsageError(wrong.front());
//     shape.parameterCount();                          // 100736
//     shape.flopsPerStep(128, 512);                    // 9.26e10

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace latent::learn::transformer {

enum class Positions { Rotary, Learned };

struct Shape {
    int vocabulary = 10;  ///< tokens that are predicted
    int inputVocabulary =
        0;              ///< tokens that are read; 0: the same. Two-token input over k states reads k² + k
    int context = 512;  ///< longest sequence
    int width = 64;     ///< of the residual stream; a multiple of `heads`
    int heads = 4;
    int layers = 2;
    double mlpRatio = 4;  ///< hidden width / width; 0: layers have no MLP and no ln_2
    Positions positions = Positions::Rotary;
    double rotaryBase = 10'000;
    bool bias = true;      ///< of linear maps and layer norms; the head has none
    bool tiedHead = true;  ///< lm_head is (the first `vocabulary` rows of) wte

    bool operator==(const Shape&) const = default;

    /// One sentence for each thing that is wrong; empty: the shape can be built.
    std::vector<std::string> validate() const;

    int inputs() const { return inputVocabulary > 0 ? inputVocabulary : vocabulary; }
    int headWidth() const { return width / heads; }
    int hidden() const { return static_cast<int>(mlpRatio * width + 0.5); }  ///< of the MLP; 0: none
    std::int64_t parameterCount() const;                                     ///< a tied head counts once

    /// Forward operations of one sequence as the paper counts its budget: layers·(6 l d² + 4 l² d + 3 h l² + 2 l d² + 4 l d² r),
    /// without the head, attention counted as if not causal.
    double flopsPerSequence(int length) const;
    /// 3 · batch · flopsPerSequence: a backward pass counts as two forward ones.
    double flopsPerStep(int batch, int length) const { return 3.0 * batch * flopsPerSequence(length); }
};

/// A named tensor of the model and where it lies in the flat buffer: names and shapes of nanoGPT's state_dict.
struct Tensor {
    std::string name;                 ///< "transformer.h.0.attn.c_attn.weight"
    std::vector<std::int64_t> shape;  ///< [out, in] for linear maps, as torch.nn.Linear
    std::size_t offset;               ///< in floats
    std::size_t size;                 ///< in floats

    int rows() const { return shape.size() == 2 ? static_cast<int>(shape[0]) : 1; }
    int columns() const { return static_cast<int>(shape.back()); }
};

/// All tensors in the order of the flat buffer, without gaps. Throws UsageError when the shape is not valid.
std::vector<Tensor> tensorsOf(const Shape& shape);

}  // namespace latent::learn::transformer

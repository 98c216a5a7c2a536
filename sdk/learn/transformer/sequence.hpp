// SPDX-License-Identifier: Apache-2.0
#pragma once
// One sequence through the network and back: the buffers that stay in a core's cache, and the order of the kernels. One thread
// owns one; the packed weights are shared. Internal.
//
//     Sequence s(packed, 128);
//     s.forward(inputs, {});
//     double nats = s.loss(targets, 1.0F / (64 * 128), nullptr);
//     s.backward(inputs, gradient);                                 // adds to the padded buffer
#include <vector>

#include "packed.hpp"

namespace latent::learn::transformer::detail {

/// What to note, and what to change, on the way forward; null: nothing.
struct Watch {
    float* attention = nullptr;  ///< [layers, heads, length, length]
    float* hidden = nullptr;     ///< [layers + 1, length, width]
    double* headSums = nullptr;  ///< [layers, heads, head width] += Σ over positions of each head's output
    const float* replacement = nullptr;  ///< [layers, heads, head width]: what an ablated head gives
    const bool* ablated = nullptr;       ///< [layers, heads]
};

class Sequence {
  public:
    Sequence(const Packed& packed, int length);

    int length() const { return m_length; }
    /// inputs [length] → the final layer norm.
    void forward(const std::int32_t* inputs, const Watch& watch);
    /// → logits [length, logitStride()] of the last forward.
    const float* logits();
    int logitStride() const { return m_logitStride; }
    /// Σ over positions of −log softmax(logits)[target] (target < 0: not counted), and factor times its gradient for backward().
    /// each [length], when not null, gets the summands.
    double loss(const std::int32_t* targets, float factor, float* each);
    /// Adds the gradient of what loss() gave to `gradient`, in the padded layout.
    void backward(const std::int32_t* inputs, float* gradient);

  private:
    struct Normed {
        AlignedFloats standard, out, inverse;
    };
    struct Kept {  // of one layer, from forward for backward
        Normed norm1, norm2;
        AlignedFloats q, k, v;           // [heads, length rounded up, head width rounded up]
        AlignedFloats largest, inverse;  // [heads, length]
        AlignedFloats mixed;             // attention output before c_proj
        AlignedFloats hidden, slope;     // gelu and its derivative
    };

    AlignedFloats rows(int stride) const {
        return AlignedFloats(static_cast<std::size_t>(roundUpToPanel(m_length)) *
                             static_cast<std::size_t>(stride));
    }
    Normed normed() const {
        return {rows(m_stride), rows(m_stride),
                AlignedFloats(static_cast<std::size_t>(roundUpToPanel(m_length)))};
    }
    Product forwardProduct(const PackedLinear& map, const float* x, int stride) const;
    Product backwardProduct(const PackedLinear& map, const float* dout, int stride) const;
    void normForward(const NormSlots& slots, Normed& to);
    void normBackward(const NormSlots& slots, const Normed& from, float* gradient);
    void linearBackward(const LinearSlots& slots, const float* dout, int outStride, const float* in,
                        int inStride, float* gradient);
    Head head(Kept& kept, int number);
    void embed(const std::int32_t* inputs);
    void attentionForward(std::size_t layer, const Watch& watch);
    void attentionBackward(std::size_t layer, float* gradient);
    void mlpForward(std::size_t layer);
    void mlpBackward(std::size_t layer, float* gradient);
    void noteHead(std::size_t layer, int number, const Watch& watch);
    void noteHidden(std::size_t layer, const Watch& watch);

    const Packed* m_packed;
    const Layout* m_layout;
    const Kernels* m_kernels;
    int m_length, m_headWidth, m_headFloats;
    int m_stride, m_qkvStride, m_hiddenStride, m_logitStride;
    std::vector<Kept> m_kept;
    Normed m_last;
    AlignedFloats m_x;               // the residual stream; on the way back its gradient
    AlignedFloats m_qkv;             // [length, 3·width], and its gradient
    AlignedFloats m_wide;            // gradient of the hidden activation
    AlignedFloats m_narrow;          // gradients [length, width] on their way to a norm
    AlignedFloats m_dq, m_dk, m_dv;  // of one head
    AlignedFloats m_keysAcross, m_valuesAcross, m_headGradient, m_scores, m_slopes;
    AlignedFloats m_logits;
    std::vector<float> m_rowLargest, m_rowSum;
};

}  // namespace latent::learn::transformer::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Self-attention over the pixels of the deepest maps: y = x + out(softmax(q·kᵀ/√width)·v) with q, k, v = qkv(norm(x)). Internal.
#include "feature.hpp"
#include "packed.hpp"

namespace latent::learn::unet::detail {

class Attention {
  public:
    Attention(const Packed& packed, Store& store, int group, bool training, Feature x, Feature dx, Feature y,
              Feature dy);
    void forward(int images);
    /// dx = dy + the gradient through the attention.
    void backward(int images, float* gradient);

  private:
    /// right [pixels, head width] of one head, rows `stride` apart, as the right operand of two products.
    void across(const float* right, std::ptrdiff_t stride,
                float* to) const;  ///< of ·rightᵀ: panels over pixels
    void along(const float* right, std::ptrdiff_t stride,
               float* to) const;  ///< of ·right: panels over the head's width
    void product(const float* left, std::ptrdiff_t stride, int depth, const float* panels, int count,
                 float* out, std::ptrdiff_t outStride) const;
    /// to [pixels, head width] = leftᵀ·right with left [pixels, pixels], through panels.
    void outer(const float* left, const float* right, std::ptrdiff_t stride, float* to,
               std::ptrdiff_t toStride);
    Norm norm(int images) const;
    void heads(int image);
    void headsBack(int image);

    const Packed* m_packed;
    const AttentionSlots* m_slots;
    const Kernels* m_kernels;
    int m_groups, m_heads, m_headWidth, m_pixels, m_stride;  // of rows of scores
    float m_factor;
    Feature m_x, m_dx, m_y, m_dy, m_normed, m_qkv, m_dqkv, m_mixed, m_dmixed, m_dnormed;
    float *m_statistics, *m_probabilities, *m_scores, *m_panels, *m_rows, *m_outer;
};

}  // namespace latent::learn::unet::detail

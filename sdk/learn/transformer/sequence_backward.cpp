// SPDX-License-Identifier: Apache-2.0
#include "sequence.hpp"

namespace latent::learn::transformer::detail {

/// The gradients of a map's weight and bias.
void Sequence::linearBackward(const LinearSlots& slots, const float* dout, int outStride, const float* in,
                              int inStride, float* gradient) {
    m_kernels->outerAdd(
        {dout, outStride, slots.weight.rows, in, inStride, slots.weight.stride / kPanel, m_length},
        gradient + slots.weight.padded, slots.weight.stride, gradient + slots.bias.padded);
}

/// From m_narrow through the norm into m_x.
void Sequence::normBackward(const NormSlots& slots, const Normed& from, float* gradient) {
    m_kernels->normBackward({m_length, m_layout->shape.width, m_stride, m_packed->vector(slots.scale),
                             m_packed->vector(slots.shift)},
                            m_narrow.data(), from.standard.data(), from.inverse.data(), m_x.data(),
                            gradient + slots.scale.padded, gradient + slots.shift.padded);
}

void Sequence::mlpBackward(std::size_t layer, float* gradient) {
    const LayerSlots& slots = m_layout->layers[layer];
    Kept& kept = m_kept[layer];
    linearBackward(slots.down, m_x.data(), m_stride, kept.hidden.data(), m_hiddenStride, gradient);
    m_kernels->productTimes(backwardProduct(m_packed->linear(slots.down), m_x.data(), m_stride),
                            kept.slope.data(), m_wide.data(), m_hiddenStride);
    linearBackward(slots.up, m_wide.data(), m_hiddenStride, kept.norm2.out.data(), m_stride, gradient);
    m_kernels->product(backwardProduct(m_packed->linear(slots.up), m_wide.data(), m_hiddenStride), nullptr,
                       m_narrow.data(), m_stride);
    normBackward(slots.norm2, kept.norm2, gradient);
}

void Sequence::attentionBackward(std::size_t layer, float* gradient) {
    const Shape& shape = m_layout->shape;
    const LayerSlots& slots = m_layout->layers[layer];
    Kept& kept = m_kept[layer];
    linearBackward(slots.out, m_x.data(), m_stride, kept.mixed.data(), m_stride, gradient);
    m_kernels->product(backwardProduct(m_packed->linear(slots.out), m_x.data(), m_stride), nullptr,
                       m_narrow.data(), m_stride);
    for (int h = 0; h < shape.heads; ++h) {
        const int column = h * m_headWidth;
        m_kernels->attentionBackward(head(kept, h), kept.mixed.data() + column, m_narrow.data() + column,
                                     m_stride, m_dq.data(), m_dk.data(), m_dv.data());
        float* to = m_qkv.data() + column;
        m_kernels->mergeHead(m_dq.data(), m_length, m_headWidth, m_packed->queryCosine(),
                             m_packed->querySine(), to, m_qkvStride);
        m_kernels->mergeHead(m_dk.data(), m_length, m_headWidth, m_packed->keyCosine(), m_packed->keySine(),
                             to + shape.width, m_qkvStride);
        m_kernels->mergeHead(m_dv.data(), m_length, m_headWidth, nullptr, nullptr, to + 2 * shape.width,
                             m_qkvStride);
    }
    linearBackward(slots.qkv, m_qkv.data(), m_qkvStride, kept.norm1.out.data(), m_stride, gradient);
    m_kernels->product(backwardProduct(m_packed->linear(slots.qkv), m_qkv.data(), m_qkvStride), nullptr,
                       m_narrow.data(), m_stride);
    normBackward(slots.norm1, kept.norm1, gradient);
}

void Sequence::backward(const std::int32_t* inputs, float* gradient) {
    const Slot& head = m_layout->head;
    m_kernels->outerAdd({m_logits.data(), m_logitStride, head.rows, m_last.out.data(), m_stride,
                         head.stride / kPanel, m_length},
                        gradient + head.padded, head.stride, nullptr);
    m_kernels->product(backwardProduct(m_packed->head(), m_logits.data(), m_logitStride), nullptr,
                       m_narrow.data(), m_stride);
    for (std::size_t i = 0; i < m_x.size(); i += kPanel)  // the last norm adds to nothing
        for (std::size_t c = 0; c < kPanel; ++c) m_x[i + c] = 0.0F;
    normBackward(m_layout->norm, m_last, gradient);
    for (std::size_t layer = m_kept.size(); layer-- > 0;) {
        if (m_layout->shape.hidden() > 0) mlpBackward(layer, gradient);
        attentionBackward(layer, gradient);
    }
    const Slot &tokens = m_layout->tokens, &positions = m_layout->positions;
    for (std::size_t t = 0; t < static_cast<std::size_t>(m_length); ++t) {
        const float* dx = m_x.data() + t * static_cast<std::size_t>(m_stride);
        const auto stride = static_cast<std::size_t>(tokens.stride);
        m_kernels->addTo(stride, gradient + tokens.padded + static_cast<std::size_t>(inputs[t]) * stride, dx);
        if (positions.exists) m_kernels->addTo(stride, gradient + positions.padded + t * stride, dx);
    }
}

}  // namespace latent::learn::transformer::detail

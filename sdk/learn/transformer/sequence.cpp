// SPDX-License-Identifier: Apache-2.0
// Buffers, and what both directions use.
#include "sequence.hpp"

namespace latent::learn::transformer::detail {
namespace {

/// Columns in whole panels, and one more where a column of eight or more would else fall into few sets of the cache.
int strideFor(int columns) {
    const int panels = roundUpToPanel(columns) / kPanel;
    return (panels >= 8 && panels % 4 == 0 ? panels + 1 : panels) * kPanel;
}

}  // namespace

Sequence::Sequence(const Packed& packed, int length)
    : m_packed(&packed),
      m_layout(&packed.layout()),
      m_kernels(&packed.kernels()),
      m_length(length),
      m_headWidth(m_layout->shape.headWidth()),
      m_headFloats(roundUpToPanel(length) * roundUpToPanel(m_headWidth)),
      m_stride(strideFor(m_layout->shape.width)),
      m_qkvStride(strideFor(3 * m_layout->shape.width)),
      m_hiddenStride(strideFor(m_layout->shape.hidden())),
      m_logitStride(strideFor(m_layout->shape.vocabulary)),
      m_last(normed()),
      m_x(rows(m_stride)),
      m_qkv(rows(m_qkvStride)),
      m_wide(rows(m_hiddenStride)),
      m_narrow(rows(m_stride)),
      m_logits(rows(m_logitStride)),
      m_rowLargest(static_cast<std::size_t>(length)),
      m_rowSum(static_cast<std::size_t>(length)) {
    const Shape& shape = m_layout->shape;
    const auto headFloats = static_cast<std::size_t>(m_headFloats);
    const std::size_t heads = static_cast<std::size_t>(shape.heads), all = heads * headFloats;
    const std::size_t rowsOfHeads = heads * static_cast<std::size_t>(length);
    for (int i = 0; i < shape.layers; ++i) {
        Kept kept{normed(),
                  {},
                  AlignedFloats(all),
                  AlignedFloats(all),
                  AlignedFloats(all),
                  AlignedFloats(rowsOfHeads),
                  AlignedFloats(rowsOfHeads),
                  rows(m_stride),
                  {},
                  {}};
        if (shape.hidden() > 0) {
            kept.norm2 = normed();
            kept.hidden = rows(m_hiddenStride);
            kept.slope = rows(m_hiddenStride);
        }
        m_kept.push_back(std::move(kept));
    }
    for (AlignedFloats* buffer : {&m_dq, &m_dk, &m_dv, &m_keysAcross, &m_valuesAcross, &m_headGradient})
        *buffer = AlignedFloats(headFloats);
    for (AlignedFloats* buffer : {&m_scores, &m_slopes})
        *buffer = AlignedFloats(static_cast<std::size_t>(kQueryBlock) *
                                static_cast<std::size_t>(scoreStride(length)));
}

Product Sequence::forwardProduct(const PackedLinear& map, const float* x, int stride) const {
    return {x,           stride,
            m_length,    map.in,
            map.forward, static_cast<std::ptrdiff_t>(map.in) * kPanel,
            kPanel,      roundUpToPanel(map.out) / kPanel};
}

Product Sequence::backwardProduct(const PackedLinear& map, const float* dout, int stride) const {
    return {dout,         stride,
            m_length,     map.out,
            map.backward, static_cast<std::ptrdiff_t>(map.out) * kPanel,
            kPanel,       roundUpToPanel(map.in) / kPanel};
}

Head Sequence::head(Kept& kept, int number) {
    const std::size_t at = static_cast<std::size_t>(number) * static_cast<std::size_t>(m_headFloats);
    const std::size_t row = static_cast<std::size_t>(number) * static_cast<std::size_t>(m_length);
    return {m_length,           m_headWidth,         kept.q.data() + at,        kept.k.data() + at,
            kept.v.data() + at, m_keysAcross.data(), m_valuesAcross.data(),     m_headGradient.data(),
            m_scores.data(),    m_slopes.data(),     kept.largest.data() + row, kept.inverse.data() + row};
}

}  // namespace latent::learn::transformer::detail

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "sequence.hpp"

namespace latent::learn::transformer::detail {

void Sequence::embed(const std::int32_t* inputs) {
    const auto width = static_cast<std::size_t>(m_layout->shape.width);
    const float* tokens = m_packed->rows(m_layout->tokens);
    const float* positions = m_layout->positions.exists ? m_packed->rows(m_layout->positions) : nullptr;
    for (std::size_t t = 0; t < static_cast<std::size_t>(m_length); ++t) {
        float* x = m_x.data() + t * static_cast<std::size_t>(m_stride);
        const float* token = tokens + static_cast<std::size_t>(inputs[t]) * width;
        std::copy_n(token, width, x);
        if (positions)
            for (std::size_t c = 0; c < width; ++c) x[c] += positions[t * width + c];
    }
}

void Sequence::normForward(const NormSlots& slots, Normed& to) {
    m_kernels->normForward({m_length, m_layout->shape.width, m_stride, m_packed->vector(slots.scale),
                            m_packed->vector(slots.shift)},
                           m_x.data(), to.standard.data(), to.out.data(), to.inverse.data());
}

void Sequence::attentionForward(std::size_t layer, const Watch& watch) {
    const Shape& shape = m_layout->shape;
    const LayerSlots& slots = m_layout->layers[layer];
    Kept& kept = m_kept[layer];
    normForward(slots.norm1, kept.norm1);
    const PackedLinear qkv = m_packed->linear(slots.qkv);
    m_kernels->product(forwardProduct(qkv, kept.norm1.out.data(), m_stride), qkv.bias, m_qkv.data(),
                       m_qkvStride);
    for (int h = 0; h < shape.heads; ++h) {
        const std::size_t at = static_cast<std::size_t>(h) * static_cast<std::size_t>(m_headFloats);
        const float* columns = m_qkv.data() + h * m_headWidth;
        m_kernels->splitHead(columns, m_qkvStride, m_length, m_headWidth, m_packed->queryCosine(),
                             m_packed->querySine(), kept.q.data() + at);
        m_kernels->splitHead(columns + shape.width, m_qkvStride, m_length, m_headWidth, m_packed->keyCosine(),
                             m_packed->keySine(), kept.k.data() + at);
        m_kernels->splitHead(columns + 2 * shape.width, m_qkvStride, m_length, m_headWidth, nullptr, nullptr,
                             kept.v.data() + at);
        float* map = nullptr;
        if (watch.attention)
            map = watch.attention +
                  (layer * static_cast<std::size_t>(shape.heads) + static_cast<std::size_t>(h)) *
                      static_cast<std::size_t>(m_length) * static_cast<std::size_t>(m_length);
        m_kernels->attentionForward(head(kept, h), kept.mixed.data() + h * m_headWidth, m_stride, map);
        noteHead(layer, h, watch);
    }
    const PackedLinear out = m_packed->linear(slots.out);
    m_kernels->productAdd(forwardProduct(out, kept.mixed.data(), m_stride), out.bias, m_x.data(), m_stride);
}

void Sequence::noteHead(std::size_t layer, int number, const Watch& watch) {
    const std::size_t index =
        layer * static_cast<std::size_t>(m_layout->shape.heads) + static_cast<std::size_t>(number);
    const auto width = static_cast<std::size_t>(m_headWidth);
    float* columns = m_kept[layer].mixed.data() + number * m_headWidth;
    if (watch.headSums)
        for (int t = 0; t < m_length; ++t)
            for (std::size_t c = 0; c < width; ++c)
                watch.headSums[index * width + c] += static_cast<double>(
                    columns[static_cast<std::ptrdiff_t>(t) * m_stride + static_cast<std::ptrdiff_t>(c)]);
    if (watch.ablated && watch.ablated[index])
        for (int t = 0; t < m_length; ++t)
            std::copy_n(watch.replacement + index * width, width,
                        columns + static_cast<std::ptrdiff_t>(t) * m_stride);
}

void Sequence::noteHidden(std::size_t layer, const Watch& watch) {
    if (!watch.hidden) return;
    const auto width = static_cast<std::size_t>(m_layout->shape.width),
               length = static_cast<std::size_t>(m_length);
    for (std::size_t t = 0; t < length; ++t)
        std::copy_n(m_x.data() + t * static_cast<std::size_t>(m_stride), width,
                    watch.hidden + (layer * length + t) * width);
}

void Sequence::mlpForward(std::size_t layer) {
    const LayerSlots& slots = m_layout->layers[layer];
    Kept& kept = m_kept[layer];
    normForward(slots.norm2, kept.norm2);
    const PackedLinear up = m_packed->linear(slots.up), down = m_packed->linear(slots.down);
    m_kernels->productGelu(forwardProduct(up, kept.norm2.out.data(), m_stride), up.bias, kept.hidden.data(),
                           kept.slope.data(), m_hiddenStride);
    m_kernels->productAdd(forwardProduct(down, kept.hidden.data(), m_hiddenStride), down.bias, m_x.data(),
                          m_stride);
}

void Sequence::forward(const std::int32_t* inputs, const Watch& watch) {
    embed(inputs);
    noteHidden(0, watch);
    for (std::size_t layer = 0; layer < m_kept.size(); ++layer) {
        attentionForward(layer, watch);
        if (m_layout->shape.hidden() > 0) mlpForward(layer);
        noteHidden(layer + 1, watch);
    }
    normForward(m_layout->norm, m_last);
}

const float* Sequence::logits() {
    const PackedLinear head = m_packed->head();
    m_kernels->product(forwardProduct(head, m_last.out.data(), m_stride), nullptr, m_logits.data(),
                       m_logitStride);
    return m_logits.data();
}

double Sequence::loss(const std::int32_t* targets, float factor, float* each) {
    logits();
    m_kernels->crossEntropy(m_logits.data(), m_logitStride, m_length, m_layout->shape.vocabulary, targets,
                            factor, m_rowLargest.data(), m_rowSum.data());
    double total = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(m_length); ++t) {
        const float nats = targets[t] < 0 ? 0.0F : m_rowLargest[t] + std::log(m_rowSum[t]);
        if (each) each[t] = nats;
        total += static_cast<double>(nats);
    }
    return total;
}

}  // namespace latent::learn::transformer::detail

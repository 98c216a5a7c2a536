// SPDX-License-Identifier: Apache-2.0
#include "conditioner.hpp"

#include <algorithm>
#include <cmath>

namespace latent::learn::unet::detail {
namespace {

constexpr double kLongest = 1e4, kTimeScale = 1000;  // of the sinusoids, as the paper's code

}  // namespace

Conditioner::Rows Conditioner::make(int width) const {
    Rows rows;
    rows.stride = roundUpToPanel(width);
    const std::size_t count = sized(rows.stride) * sized(m_rows);
    rows.value = rows.slope = rows.gradient = AlignedFloats(count);
    return rows;
}

Conditioner::Conditioner(const Packed& packed, int rows)
    : m_packed(&packed),
      m_layout(&packed.layout()),
      m_kernels(&packed.kernels()),
      m_rows(rows),
      m_vectors(sized(rows) * sized(m_layout->vectorWidth)),
      m_dvectors(sized(rows) * sized(m_layout->vectorWidth)) {
    const Shape& s = m_layout->shape;
    m_sinusoids = make(s.sinusoids);
    m_time0 = make(s.timeWidth);
    m_time2 = make(s.timeWidth);
    if (s.conditions > 0) m_conditions = make(s.conditions);
    if (s.conditions > 0 && s.conditioning == Conditioning::CommonLinear) {
        m_embed0 = make(s.embeddingWidth);
        m_embed2 = make(s.embeddingWidth);
    }
    const auto add = [&](const BlockSlots& slots) {
        BlockRows block{&slots, make(slots.outs), {}, {}, {}};
        if (s.conditioning == Conditioning::SeparateMlps) block.time2 = make(slots.outs);
        if (s.conditions > 0) block.condition0 = make(slots.outs);
        if (s.conditions > 0 && s.conditioning == Conditioning::SeparateMlps)
            block.condition2 = make(slots.outs);
        m_blocks.push_back(std::move(block));
    };
    for (const auto& level : m_layout->down)
        for (const BlockSlots& slots : level) add(slots);
    for (const BlockSlots& slots : m_layout->middle) add(slots);
    for (const auto& level : m_layout->up)
        for (const BlockSlots& slots : level) add(slots);
    const int half = s.sinusoids / 2;
    for (int j = 0; j < half; ++j)
        m_frequency.push_back(kTimeScale *
                              std::pow(kLongest, half > 1 ? -static_cast<double>(j) / (half - 1) : 0.0));
}

void Conditioner::product(const Rows& in, const Map& map, int n, Rows& out, bool gelu) const {
    const Matrix& m = map.weight;
    Convolution c{};
    c.images = c.height = 1;
    c.width = n;
    c.in = {in.value.data(), {in.stride, 0, 0}, 1, m.ins, {}};
    c.weights = m_packed->at(m);
    c.bias = m_packed->at(map.bias);
    c.out = out.value.data();
    c.outStep = {out.stride, 0, 0};
    c.panels = m.panels();
    m_kernels->convolve(c);
    if (gelu) m_kernels->gelu(sized(n) * sized(out.stride), out.value.data(), out.slope.data());
}

/// out.gradient is that of the output of the GELU (if any); it is changed to that before.
void Conditioner::productBack(const Rows& in, const Map& map, int n, Rows& out, bool gelu, float* gradient,
                              Rows* dinTo, bool add) const {
    const Matrix& m = map.weight;
    if (gelu) m_kernels->multiply(sized(n) * sized(out.stride), out.gradient.data(), out.slope.data());
    WeightGradient w{};
    w.images = w.height = 1;
    w.width = n;
    w.in = {in.value.data(), {in.stride, 0, 0}, 1, m.ins, {}};
    w.dout = out.gradient.data();
    w.step = {out.stride, 0, 0};
    w.panels = m.panels();
    w.gradient = gradient + m.packed;
    m_kernels->weightGradient(w);
    m_kernels->pixelSums(1, 1, n, m.panels(), out.gradient.data(), w.step, gradient + map.bias.packed, 0);
    if (!dinTo) return;
    Convolution c{};
    c.images = c.height = 1;
    c.width = n;
    c.in = {out.gradient.data(), {out.stride, 0, 0}, 1, m.outs, {}};
    c.weights = m_packed->backward(m);
    c.out = dinTo->gradient.data();
    c.outStep = {dinTo->stride, 0, 0};
    if (add) {
        c.add = c.out;
        c.addStep = c.outStep;
    }
    c.panels = m.backwardPanels();
    m_kernels->convolve(c);
}

void Conditioner::embedTimes(const float* times, int n) {
    const std::size_t half = m_frequency.size();
    for (int i = 0; i < n; ++i) {
        float* row = m_sinusoids.value.data() + sized(i) * sized(m_sinusoids.stride);
        for (std::size_t j = 0; j < half; ++j) {
            const double angle = static_cast<double>(times[i]) * m_frequency[j];
            row[j] = static_cast<float>(std::sin(angle));
            row[half + j] = static_cast<float>(std::cos(angle));
        }
    }
    product(m_sinusoids, m_layout->time0, n, m_time0, true);
    product(m_time0, m_layout->time2, n, m_time2, true);
    for (BlockRows& block : m_blocks) {
        const bool mlp = m_layout->shape.conditioning == Conditioning::SeparateMlps;
        product(m_time2, block.slots->time0, n, block.time0, mlp);
        if (mlp) product(block.time0, block.slots->time2, n, block.time2, true);
    }
}

/// Leaves the latents in condition2 of the blocks or in m_embed2.
void Conditioner::embedConditions(const float* conditions, int n) {
    const Shape& s = m_layout->shape;
    if (s.conditions == 0) return;
    for (int i = 0; i < n; ++i)
        std::copy_n(conditions + sized(i) * sized(s.conditions), s.conditions,
                    m_conditions.value.data() + sized(i) * sized(m_conditions.stride));
    if (s.conditioning == Conditioning::CommonLinear) {
        product(m_conditions, m_layout->embed0, n, m_embed0, true);
        product(m_embed0, m_layout->embed2, n, m_embed2, false);
        return;
    }
    for (BlockRows& block : m_blocks) {
        product(m_conditions, block.slots->condition0, n, block.condition0, true);
        product(block.condition0, block.slots->condition2, n, block.condition2, true);
    }
}

void Conditioner::embed(const float* conditions, int n, float* latent) {
    embedConditions(conditions, n);
    const Shape& s = m_layout->shape;
    for (int i = 0; i < n && s.conditions > 0; ++i) {
        if (s.conditioning == Conditioning::CommonLinear) {
            std::copy_n(m_embed2.value.data() + sized(i) * sized(m_embed2.stride), s.embeddingWidth,
                        latent + sized(i) * sized(s.embeddingWidth));
            continue;
        }
        for (const BlockRows& block : m_blocks)
            std::copy_n(block.condition2.value.data() + sized(i) * sized(block.condition2.stride),
                        block.slots->outs,
                        latent + sized(i) * sized(m_layout->vectorWidth) + block.slots->vectorAt);
    }
}

/// The vectors from the time part, the given latents (null: those of embedConditions) and the bias of conv1.
void Conditioner::addUp(const float* latent, int n) {
    const Shape& s = m_layout->shape;
    const bool mlp = s.conditioning == Conditioning::SeparateMlps;
    if (!mlp && s.conditions > 0) {
        if (latent)
            for (int i = 0; i < n; ++i)
                std::copy_n(latent + sized(i) * sized(s.embeddingWidth), s.embeddingWidth,
                            m_embed2.value.data() + sized(i) * sized(m_embed2.stride));
        for (BlockRows& block : m_blocks)
            product(m_embed2, block.slots->condition0, n, block.condition0, false);
    }
    for (const BlockRows& block : m_blocks) {
        const float* bias = m_packed->at(block.slots->conv1.bias);
        const Rows &time = mlp ? block.time2 : block.time0,
                   &condition = mlp ? block.condition2 : block.condition0;
        for (int i = 0; i < n; ++i) {
            const std::size_t at = sized(i) * sized(m_layout->vectorWidth) + sized(block.slots->vectorAt),
                              row = sized(i) * sized(time.stride);
            const float* given = s.conditions == 0 ? nullptr
                                 : mlp && latent   ? latent + at
                                                   : condition.value.data() + row;
            for (int c = 0; c < block.slots->outs; ++c)
                m_vectors[at + sized(c)] = bias[c] + (time.value[row + sized(c)] + (given ? given[c] : 0.0F));
        }
    }
}

void Conditioner::forward(const float* times, const float* latent, int n) {
    embedTimes(times, n);
    addUp(latent, n);
}

void Conditioner::forwardFrom(const float* times, const float* conditions, int n) {
    embedTimes(times, n);
    embedConditions(conditions, n);
    addUp(nullptr, n);
}

void Conditioner::backward(int n, float* gradient, float* dtimes) {
    const Shape& s = m_layout->shape;
    const bool mlp = s.conditioning == Conditioning::SeparateMlps;
    bool first = true;
    for (BlockRows& block : m_blocks) {
        const BlockSlots& slots = *block.slots;
        Rows &time = mlp ? block.time2 : block.time0, &condition = mlp ? block.condition2 : block.condition0;
        for (int i = 0; i < n; ++i) {
            const float* from = m_dvectors.data() + sized(i) * sized(m_layout->vectorWidth) + slots.vectorAt;
            float* bias = gradient + slots.conv1.bias.packed;
            for (int c = 0; c < slots.outs; ++c) bias[c] += from[c];
            std::copy_n(from, slots.outs, time.gradient.data() + sized(i) * sized(time.stride));
            if (s.conditions > 0)
                std::copy_n(from, slots.outs, condition.gradient.data() + sized(i) * sized(condition.stride));
        }
        if (mlp) productBack(block.time0, slots.time2, n, block.time2, true, gradient, &block.time0, false);
        productBack(m_time2, slots.time0, n, block.time0, mlp, gradient, &m_time2, !first);
        if (s.conditions > 0 && mlp) {
            productBack(block.condition0, slots.condition2, n, block.condition2, true, gradient,
                        &block.condition0, false);
            productBack(m_conditions, slots.condition0, n, block.condition0, true, gradient, nullptr, false);
        } else if (s.conditions > 0) {
            productBack(m_embed2, slots.condition0, n, block.condition0, false, gradient, &m_embed2, !first);
        }
        first = false;
    }
    if (s.conditions > 0 && !mlp) {
        productBack(m_embed0, m_layout->embed2, n, m_embed2, false, gradient, &m_embed0, false);
        productBack(m_conditions, m_layout->embed0, n, m_embed0, true, gradient, nullptr, false);
    }
    productBack(m_time0, m_layout->time2, n, m_time2, true, gradient, &m_time0, false);
    productBack(m_sinusoids, m_layout->time0, n, m_time0, true, gradient, dtimes ? &m_sinusoids : nullptr,
                false);
    if (!dtimes) return;
    const std::size_t half = m_frequency.size();
    for (int i = 0; i < n; ++i) {
        const std::size_t row = sized(i) * sized(m_sinusoids.stride);
        double sum = 0;
        for (std::size_t j = 0; j < half; ++j) {
            const double sine = static_cast<double>(m_sinusoids.value[row + j]),
                         cosine = static_cast<double>(m_sinusoids.value[row + half + j]);
            sum += m_frequency[j] * (cosine * static_cast<double>(m_sinusoids.gradient[row + j]) -
                                     sine * static_cast<double>(m_sinusoids.gradient[row + half + j]));
        }
        dtimes[i] = static_cast<float>(sum);
    }
}

}  // namespace latent::learn::unet::detail

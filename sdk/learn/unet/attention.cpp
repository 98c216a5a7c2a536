// SPDX-License-Identifier: Apache-2.0
#include "attention.hpp"

#include <algorithm>
#include <cmath>

#include "network.hpp"

namespace latent::learn::unet::detail {
Attention::Attention(const Packed& packed, Store& store, int group, bool training, Feature x, Feature dx,
                     Feature y, Feature dy)
    : m_packed(&packed),
      m_slots(&packed.layout().attention),
      m_kernels(&packed.kernels()),
      m_groups(packed.layout().shape.groups),
      m_heads(packed.layout().shape.heads),
      m_headWidth(x.channels / m_heads),
      m_pixels(x.height * x.width),
      m_stride(roundUpToPanel(m_pixels)),
      m_factor(1.0F / std::sqrt(static_cast<float>(m_headWidth))),
      m_x(x),
      m_dx(dx),
      m_y(y),
      m_dy(dy) {
    const auto dense = [&](int channels) { return store.dense(x.height, x.width, channels); };
    m_normed = dense(x.channels);
    m_qkv = dense(3 * x.channels);
    m_mixed = dense(x.channels);
    m_statistics = store.floats(sized(2 * x.channels) * sized(group));
    const std::size_t map = sized(m_pixels) * sized(m_stride);
    m_probabilities = store.floats(map * sized(m_heads) * sized(training ? group : 1));
    m_panels = store.floats(sized(m_stride) * sized(m_headWidth));
    m_rows = store.floats(sized(m_stride) * sized(m_headWidth));
    m_scores = m_outer = nullptr;
    if (!training) return;
    m_dqkv = dense(3 * x.channels);
    m_dmixed = dense(x.channels);
    m_dnormed = dense(x.channels);
    m_scores = store.floats(map);
    m_outer = store.floats(sized(m_stride) * sized(m_headWidth));
}

void Attention::across(const float* right, std::ptrdiff_t stride, float* to) const {
    for (int p = 0; p < m_pixels; ++p)
        std::copy_n(right + p * stride, m_headWidth,
                    m_rows + sized(p) * sized(m_headWidth));  // the rest stays zero
    for (int p = 0; p < m_stride; p += kPanel)
        for (int d = 0; d < m_headWidth; d += kPanel)
            m_kernels->transpose(m_rows + sized(p) * sized(m_headWidth) + d, m_headWidth,
                                 to + sized(p) * sized(m_headWidth) + sized(d) * kPanel, kPanel);
}

void Attention::along(const float* right, std::ptrdiff_t stride, float* to) const {
    for (int d = 0; d < m_headWidth; d += kPanel)
        for (int p = 0; p < m_pixels; ++p)
            std::copy_n(right + p * stride + d, kPanel,
                        to + (sized(d / kPanel) * sized(m_pixels) + sized(p)) * kPanel);
}

void Attention::product(const float* left, std::ptrdiff_t stride, int depth, const float* panels, int count,
                        float* out, std::ptrdiff_t outStride) const {
    Convolution c{};
    c.images = c.height = 1;
    c.width = m_pixels;
    c.in = {left, {stride, 0, 0}, 1, depth, {}};
    c.weights = panels;
    c.out = out;
    c.outStep = {outStride, 0, 0};
    c.panels = count;
    m_kernels->convolve(c);
}

void Attention::outer(const float* left, const float* right, std::ptrdiff_t stride, float* to,
                      std::ptrdiff_t toStride) {
    std::fill_n(m_outer, sized(m_pixels) * sized(m_headWidth), 0.0F);
    m_kernels->weightGradient({1,
                               1,
                               m_pixels,
                               {left, {m_stride, 0, 0}, 1, m_pixels, {}},
                               right,
                               {stride, 0, 0},
                               m_headWidth / kPanel,
                               m_outer});
    for (int d = 0; d < m_headWidth; d += kPanel)
        for (int p = 0; p < m_pixels; ++p)
            std::copy_n(m_outer + (sized(d / kPanel) * sized(m_pixels) + sized(p)) * kPanel, kPanel,
                        to + p * toStride + d);
}

Norm Attention::norm(int images) const {
    return {images,
            m_x.height,
            m_x.width,
            m_x.channels,
            m_groups,
            kNormEpsilon,
            m_packed->at(m_slots->norm.scale),
            m_packed->at(m_slots->norm.shift),
            m_x.data,
            m_x.step,
            m_statistics,
            true};
}

void Attention::heads(int image) {
    const std::size_t map = sized(m_pixels) * sized(m_stride);
    const bool keeps = m_scores != nullptr;
    for (int h = 0; h < m_heads; ++h) {
        const float* q = m_qkv.data + image * m_qkv.step.image + h * m_headWidth;
        const float *k = q + m_x.channels, *v = k + m_x.channels;
        float* p = m_probabilities + sized((keeps ? image : 0) * m_heads + h) * map;
        across(k, m_qkv.step.pixel, m_panels);
        product(q, m_qkv.step.pixel, m_headWidth, m_panels, m_stride / kPanel, p, m_stride);
        m_kernels->softmaxRows(m_pixels, m_pixels, m_stride, m_factor, p);
        along(v, m_qkv.step.pixel, m_panels);
        product(p, m_stride, m_pixels, m_panels, m_headWidth / kPanel,
                m_mixed.data + image * m_mixed.step.image + h * m_headWidth, m_mixed.step.pixel);
    }
}

void Attention::headsBack(int image) {
    const std::size_t map = sized(m_pixels) * sized(m_stride);
    for (int h = 0; h < m_heads; ++h) {
        const std::ptrdiff_t at = image * m_qkv.step.image + h * m_headWidth, c = m_x.channels,
                             step = m_qkv.step.pixel;
        const float *q = m_qkv.data + at, *k = q + c, *v = k + c;
        float *dq = m_dqkv.data + at, *dk = dq + c, *dv = dk + c;
        const float* dmixed = m_dmixed.data + image * m_dmixed.step.image + h * m_headWidth;
        const float* p = m_probabilities + sized(image * m_heads + h) * map;
        outer(p, dmixed, m_dmixed.step.pixel, dv, step);
        across(v, step, m_panels);
        product(dmixed, m_dmixed.step.pixel, m_headWidth, m_panels, m_stride / kPanel, m_scores, m_stride);
        m_kernels->softmaxBackward(m_pixels, m_pixels, m_stride, m_factor, p, m_scores);
        along(k, step, m_panels);
        product(m_scores, m_stride, m_pixels, m_panels, m_headWidth / kPanel, dq, step);
        outer(m_scores, q, step, dk, step);
    }
}

void Attention::forward(int images) {
    m_kernels->normForward(norm(images), m_normed.data, m_normed.step, nullptr);
    Convolution c{};
    c.images = images;
    c.height = m_x.height;
    c.width = m_x.width;
    c.in = m_normed.pixels();
    c.weights = m_packed->at(m_slots->qkv.weight);
    c.bias = m_packed->at(m_slots->qkv.bias);
    c.out = m_qkv.data;
    c.outStep = m_qkv.step;
    c.panels = m_slots->qkv.weight.panels();
    m_kernels->convolve(c);
    for (int i = 0; i < images; ++i) heads(i);
    c.in = m_mixed.pixels();
    c.weights = m_packed->at(m_slots->out.weight);
    c.bias = m_packed->at(m_slots->out.bias);
    c.out = m_y.data;
    c.outStep = m_y.step;
    c.add = m_x.data;
    c.addStep = m_x.step;
    c.panels = m_slots->out.weight.panels();
    m_kernels->convolve(c);
}

void Attention::backward(int images, float* gradient) {
    const auto mapBack = [&](const Map& map, const Feature& in, const Feature& dout, const Feature& din) {
        m_kernels->weightGradient({images, m_x.height, m_x.width, in.pixels(), dout.data, dout.step,
                                   map.weight.panels(), gradient + map.weight.packed});
        m_kernels->pixelSums(images, m_x.height, m_x.width, map.weight.panels(), dout.data, dout.step,
                             gradient + map.bias.packed, 0);
        Convolution c{};
        c.images = images;
        c.height = m_x.height;
        c.width = m_x.width;
        c.in = dout.pixels();
        c.weights = m_packed->backward(map.weight);
        c.out = din.data;
        c.outStep = din.step;
        c.panels = map.weight.backwardPanels();
        m_kernels->convolve(c);
    };
    mapBack(m_slots->out, m_mixed, m_dy, m_dmixed);
    for (int i = 0; i < images; ++i) headsBack(i);
    mapBack(m_slots->qkv, m_normed, m_dqkv, m_dnormed);
    m_kernels->normBackward(norm(images), m_dnormed.data, nullptr, m_dy.data, m_dy.step, m_dx.data, m_dx.step,
                            gradient + m_slots->norm.scale.packed, gradient + m_slots->norm.shift.packed);
}

}  // namespace latent::learn::unet::detail

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "attention.hpp"
#include "network.hpp"

namespace latent::learn::unet::detail {
namespace {

Convolution over(const Feature& out, int images) {
    Convolution c{};
    c.images = images;
    c.height = out.height;
    c.width = out.width;
    c.out = out.data;
    c.outStep = out.step;
    c.panels = roundUpToPanel(out.channels) / kPanel;
    return c;
}

}  // namespace

void Network::forward(const Block& b, int images, const float* vectors) const {
    const BlockSlots& s = *b.slots;
    m_kernels->normForward(norm(s.norm1, b.x, b.n1, images), b.a1.data, b.a1.step, b.n1.slope);
    pad(b.a1, images);
    Convolution c = over(b.h, images);
    c.in = b.a1.neighbours();
    c.weights = m_packed->at(s.conv1.weight);
    c.bias = vectors + s.vectorAt;  // the bias of conv1 is in it
    c.biasImage = m_layout->vectorWidth;
    m_kernels->convolve(c);
    m_kernels->normForward(norm(s.norm2, b.h, b.n2, images), b.a2.data, b.a2.step, b.n2.slope);
    pad(b.a2, images);
    c = over(b.y, images);
    c.in = b.a2.neighbours();
    c.weights = m_packed->at(s.conv2.weight);
    c.bias = m_packed->at(s.conv2.bias);
    if (!s.hasSkip) {
        c.add = b.x.data;
        c.addStep = b.x.step;
        m_kernels->convolve(c);
        return;
    }
    alignas(64) float both[2048];  // the widest level
    for (int i = 0; i < s.outs; ++i) both[i] = c.bias[i] + m_packed->at(s.skip.bias)[i];
    c.bias = both;
    c.in2 = b.x.pixels();
    c.weights2 = m_packed->at(s.skip.weight);
    m_kernels->convolve(c);
}

void Network::down(const Map& map, const Feature& from, const Feature& to, int images) const {
    Convolution c = over(to, images);
    c.in = from.squares();
    c.weights = m_packed->at(map.weight);
    c.bias = m_packed->at(map.bias);
    m_kernels->convolve(c);
}

void Network::grow(const Map& map, const Feature& from, const Feature& to, int images) const {
    const std::size_t each = map.weight.packedFloats() / sized(map.weight.taps);
    for (int tap = 0; tap < map.weight.taps; ++tap) {
        Convolution c = over(to.corner(tap), images);
        c.in = from.pixels();
        c.weights = m_packed->at(map.weight) + sized(tap) * each;
        c.bias = m_packed->at(map.bias);
        m_kernels->convolve(c);
    }
}

void Network::forward(int images, const float* z, const float* vectors, float* out) {
    const Shape& s = m_layout->shape;
    const std::size_t row = sized(s.width) * sized(s.channels);
    for (int i = 0; i < images; ++i)
        for (int y = 0; y < s.height; ++y)
            std::copy_n(z + (sized(i) * sized(s.height) + sized(y)) * row, row,
                        m_input.data + i * m_input.step.image + y * m_input.step.row);
    pad(m_input, images);
    Convolution c = over(m_first, images);
    c.in = m_input.neighbours();
    c.weights = m_packed->at(m_layout->input.weight);
    c.bias = m_packed->at(m_layout->input.bias);
    m_kernels->convolve(c);
    const std::size_t levels = s.widths.size();
    for (std::size_t l = 0; l < levels; ++l) {
        for (const Block& b : m_down[l]) forward(b, images, vectors);
        if (l + 1 < levels) down(m_layout->pool[l], m_down[l].back().y, m_pooled[l], images);
    }
    forward(m_middle[0], images, vectors);
    if (m_attention) m_attention->forward(images);
    forward(m_middle[1], images, vectors);
    for (std::size_t l = levels; l-- > 0;) {
        for (const Block& b : m_up[l]) forward(b, images, vectors);
        if (l > 0) grow(m_layout->grow[l], m_up[l].back().y, m_wide[l - 1].slice(0, s.widths[l]), images);
    }
    m_kernels->normForward(norm(m_layout->outputNorm, m_last, m_outputNorm, images), m_activated.data,
                           m_activated.step, m_outputNorm.slope);
    pad(m_activated, images);
    c = over(m_result, images);
    c.in = m_activated.neighbours();
    c.weights = m_packed->at(m_layout->output.weight);
    c.bias = m_packed->at(m_layout->output.bias);
    m_kernels->convolve(c);
    const std::size_t pixels = sized(images) * sized(s.height) * sized(s.width);
    for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t ch = 0; ch < sized(s.channels); ++ch)
            out[p * sized(s.channels) + ch] =
                z[p * sized(s.channels) + ch] + m_result.data[p * sized(m_result.channels) + ch];
}

}  // namespace latent::learn::unet::detail

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "attention.hpp"
#include "network.hpp"

namespace latent::learn::unet::detail {
namespace {

void addTo(const Feature& to, const Feature& from, int images) {
    for (int i = 0; i < images; ++i)
        for (int y = 0; y < to.height; ++y)
            for (int x = 0; x < to.width; ++x) {
                float* a = to.data + i * to.step.image + y * to.step.row + x * to.step.pixel;
                const float* b = from.data + i * from.step.image + y * from.step.row + x * from.step.pixel;
                for (int c = 0; c < to.channels; ++c) a[c] += b[c];
            }
}

}  // namespace

/// Adds the gradient of a map's weight and bias.
void Network::mapGradient(const Map& map, const Window& in, const Feature& dout, int images,
                          float* gradient) const {
    const int panels = map.weight.panels();
    m_kernels->weightGradient(
        {images, dout.height, dout.width, in, dout.data, dout.step, panels, gradient + map.weight.packed});
    m_kernels->pixelSums(images, dout.height, dout.width, panels, dout.data, dout.step,
                         gradient + map.bias.packed, 0);
}

void Network::backward(const Block& b, int images, float* gradient, float* dvectors) {
    const BlockSlots& s = *b.slots;
    const int height = b.x.height, width = b.x.width;
    pad(b.dy, images);
    mapGradient(s.conv2, b.a2.neighbours(), b.dy, images, gradient);
    const Feature da2 = scratch(0, height, width, s.outs), dh = scratch(1, height, width, s.outs);
    Convolution c{};
    c.images = images;
    c.height = height;
    c.width = width;
    c.in = b.dy.neighbours();
    c.weights = m_packed->backward(s.conv2.weight);
    c.out = da2.data;
    c.outStep = da2.step;
    c.panels = s.conv2.weight.backwardPanels();
    m_kernels->convolve(c);
    m_kernels->normBackward(norm(s.norm2, b.h, b.n2, images), da2.data, b.n2.slope, nullptr, {}, dh.data,
                            dh.step, gradient + s.norm2.scale.packed, gradient + s.norm2.shift.packed);
    pad(dh, images);
    for (int i = 0; i < images; ++i)
        std::fill_n(dvectors + sized(i) * sized(m_layout->vectorWidth) + sized(s.vectorAt), s.outs, 0.0F);
    m_kernels->pixelSums(images, height, width, s.outs / kPanel, dh.data, dh.step, dvectors + s.vectorAt,
                         m_layout->vectorWidth);
    m_kernels->weightGradient({images, height, width, b.a1.neighbours(), dh.data, dh.step,
                               s.conv1.weight.panels(), gradient + s.conv1.weight.packed});
    const Feature da1 = scratch(0, height, width, s.ins);
    c.in = dh.neighbours();
    c.weights = m_packed->backward(s.conv1.weight);
    c.out = da1.data;
    c.outStep = da1.step;
    c.panels = s.conv1.weight.backwardPanels();
    m_kernels->convolve(c);
    const Feature* add = &b.dy;
    if (s.hasSkip) {
        mapGradient(s.skip, b.x.pixels(), b.dy, images, gradient);
        c.in = b.dy.pixels();
        c.weights = m_packed->backward(s.skip.weight);
        c.out = b.dx.data;
        c.outStep = b.dx.step;
        c.panels = s.skip.weight.backwardPanels();
        m_kernels->convolve(c);
        add = &b.dx;
    } else if (b.keepsGradient) {
        addTo(b.dx, b.dy, images);
        add = &b.dx;
    }
    m_kernels->normBackward(norm(s.norm1, b.x, b.n1, images), da1.data, b.n1.slope, add->data, add->step,
                            b.dx.data, b.dx.step, gradient + s.norm1.scale.packed,
                            gradient + s.norm1.shift.packed);
}

/// The gradient of what was pooled is added to what has come to it from the other side of the net.
void Network::downBack(const Map& map, const Feature& from, const Feature& dfrom, const Feature& dto,
                       int images, float* gradient) const {
    mapGradient(map, from.squares(), dto, images, gradient);
    const std::size_t each = map.weight.backwardFloats() / sized(map.weight.taps);
    for (int tap = 0; tap < map.weight.taps; ++tap) {
        const Feature to = dfrom.corner(tap);
        Convolution c{};
        c.images = images;
        c.height = to.height;
        c.width = to.width;
        c.in = dto.pixels();
        c.weights = m_packed->backward(map.weight) + sized(tap) * each;
        c.out = to.data;
        c.outStep = to.step;
        c.add = to.data;
        c.addStep = to.step;
        c.panels = map.weight.backwardPanels();
        m_kernels->convolve(c);
    }
}

void Network::growBack(const Map& map, const Feature& from, const Feature& dfrom, const Feature& dto,
                       int images, float* gradient) const {
    const std::size_t each = map.weight.packedFloats() / sized(map.weight.taps);
    for (int tap = 0; tap < map.weight.taps; ++tap) {
        const Feature corner = dto.corner(tap);
        m_kernels->weightGradient({images, corner.height, corner.width, from.pixels(), corner.data,
                                   corner.step, map.weight.panels(),
                                   gradient + map.weight.packed + sized(tap) * each});
    }
    m_kernels->pixelSums(images, dto.height, dto.width, map.weight.panels(), dto.data, dto.step,
                         gradient + map.bias.packed, 0);
    Convolution c{};
    c.images = images;
    c.height = dfrom.height;
    c.width = dfrom.width;
    c.in = dto.squares();
    c.weights = m_packed->backward(map.weight);
    c.out = dfrom.data;
    c.outStep = dfrom.step;
    c.panels = map.weight.backwardPanels();
    m_kernels->convolve(c);
}

void Network::backward(int images, const float* error, float* gradient, float* dvectors, float* dz) {
    const Shape& s = m_layout->shape;
    const std::size_t channels = sized(s.channels);
    for (int i = 0; i < images; ++i)
        for (int y = 0; y < s.height; ++y)
            for (int x = 0; x < s.width; ++x) {
                const float* from =
                    error + ((sized(i) * sized(s.height) + sized(y)) * sized(s.width) + sized(x)) * channels;
                std::copy_n(
                    from, channels,
                    m_error.data + i * m_error.step.image + y * m_error.step.row + x * m_error.step.pixel);
                std::copy_n(from, channels,
                            m_errorPanel.data + i * m_errorPanel.step.image + y * m_errorPanel.step.row +
                                x * m_errorPanel.step.pixel);
            }
    pad(m_error, images);
    mapGradient(m_layout->output, m_activated.neighbours(), m_errorPanel, images, gradient);
    const Feature da = scratch(0, s.height, s.width, m_last.channels);
    Convolution c{};
    c.images = images;
    c.height = s.height;
    c.width = s.width;
    c.in = m_error.neighbours();
    c.weights = m_packed->backward(m_layout->output.weight);
    c.out = da.data;
    c.outStep = da.step;
    c.panels = m_layout->output.weight.backwardPanels();
    m_kernels->convolve(c);
    const NormSlots& n = m_layout->outputNorm;
    m_kernels->normBackward(norm(n, m_last, m_outputNorm, images), da.data, m_outputNorm.slope, nullptr, {},
                            m_dlast.data, m_dlast.step, gradient + n.scale.packed, gradient + n.shift.packed);
    const std::size_t levels = s.widths.size();
    const auto all = [&](const std::vector<Block>& blocks) {
        for (std::size_t j = blocks.size(); j-- > 0;) backward(blocks[j], images, gradient, dvectors);
    };
    for (std::size_t l = 0; l < levels; ++l) {
        if (l > 0) {
            const Block& last = m_up[l].back();
            growBack(m_layout->grow[l], last.y, last.dy, m_dwide[l - 1].slice(0, s.widths[l]), images,
                     gradient);
        }
        all(m_up[l]);
    }
    backward(m_middle[1], images, gradient, dvectors);
    if (m_attention) m_attention->backward(images, gradient);
    backward(m_middle[0], images, gradient, dvectors);
    for (std::size_t l = levels; l-- > 0;) {
        if (l + 1 < levels)
            downBack(m_layout->pool[l], m_down[l].back().y, m_down[l].back().dy, m_dpooled[l], images,
                     gradient);
        all(m_down[l]);
    }
    mapGradient(m_layout->input, m_input.neighbours(), m_dfirst, images, gradient);
    if (!dz) return;
    pad(m_dfirst, images);
    c.in = m_dfirst.neighbours();
    c.weights = m_packed->backward(m_layout->input.weight);
    c.out = m_result.data;
    c.outStep = m_result.step;
    c.panels = m_layout->input.weight.backwardPanels();
    m_kernels->convolve(c);
    const std::size_t pixels = sized(images) * sized(s.height) * sized(s.width);
    for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t ch = 0; ch < channels; ++ch)
            dz[p * channels + ch] =
                error[p * channels + ch] + m_result.data[p * sized(m_result.channels) + ch];
}

}  // namespace latent::learn::unet::detail

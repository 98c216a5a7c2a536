// SPDX-License-Identifier: Apache-2.0
// Buffers of a network and how its maps are connected.
#include <algorithm>
#include <memory>

#include "attention.hpp"
#include "network.hpp"

namespace latent::learn::unet::detail {
namespace {

/// Convolutions whose weights do not stay in the second cache go over several images for each pass through them.
int groupFor(const Layout& layout) {
    constexpr std::size_t kCached = std::size_t{1} << 17;  // floats
    constexpr int kPixels = 256;
    std::size_t largest = 0;
    for (const Matrix& m : layout.matrices) largest = std::max(largest, m.packedFloats());
    if (largest <= kCached) return 1;
    const int side = 1 << (layout.shape.levels() - 1),
              pixels = layout.shape.height / side * (layout.shape.width / side);
    return std::clamp(kPixels / std::max(1, pixels), 1, 8);
}

}  // namespace

Network::~Network() = default;

Network::Network(const Packed& packed, bool training)
    : m_packed(&packed),
      m_layout(&packed.layout()),
      m_kernels(&packed.kernels()),
      m_training(training),
      m_circular(packed.layout().shape.padding == Padding::Circular),
      m_group(groupFor(packed.layout())),
      m_store(m_group) {
    build();
}

/// In training every map is its own; else maps of one size and purpose share theirs.
Feature Network::scratch(int kind, int height, int width, int channels) {
    const auto key = std::tuple(kind, height, width, channels);
    if (const auto found = m_scratch.find(key); found != m_scratch.end()) return found->second;
    return m_scratch[key] =
               kind == 0 ? m_store.dense(height, width, channels) : m_store.bordered(height, width, channels);
}

Network::Normed Network::normed(const Feature& x) {
    Normed n;
    n.statistics = m_store.floats(sized(2 * x.channels) * sized(m_group));
    if (m_training) n.slope = m_store.floats(x.denseFloats() * sized(m_group));
    return n;
}

Network::Block Network::block(const BlockSlots& slots, Feature x, Feature dx, Feature y, Feature dy) {
    Block b{&slots, x, dx, y, dy, {}, {}, {}, {}, {}, false};
    if (m_training) {
        b.a1 = m_store.bordered(x.height, x.width, slots.ins);
        b.a2 = m_store.bordered(x.height, x.width, slots.outs);
        b.h = m_store.dense(x.height, x.width, slots.outs);
    } else {
        b.a1 = b.a2 = scratch(1, x.height, x.width, slots.outs);
        if (slots.ins != slots.outs) b.a1 = scratch(1, x.height, x.width, slots.ins);
        b.h = scratch(0, x.height, x.width, slots.outs);
    }
    b.n1 = normed(x);
    b.n2 = normed(b.h);
    return b;
}

void Network::build() {
    const Shape& s = m_layout->shape;
    const std::size_t levels = s.widths.size();
    const auto gradient = [&](const Feature& f) {
        return m_training ? m_store.bordered(f.height, f.width, f.channels) : Feature{};
    };
    const auto part = [](const Feature& f, int first, int count) {
        return f.data ? f.slice(first, count) : f;
    };
    m_input = m_store.bordered(s.height, s.width, s.channels);
    m_first = m_store.dense(s.height, s.width, s.widths[0]);
    m_dfirst = gradient(m_first);
    std::vector<int> below(levels);  // channels that come up
    for (std::size_t l = 0; l < levels; ++l) {
        below[l] = s.widths[std::min(l + 1, levels - 1)];
        m_wide.push_back(m_store.dense(s.height >> l, s.width >> l, below[l] + s.widths[l]));
        m_dwide.push_back(gradient(m_wide.back()));
    }
    Feature x = m_first, dx = m_dfirst;
    m_down.resize(levels);
    m_up.resize(levels);
    m_pooled.resize(levels);
    m_dpooled.resize(levels);
    for (std::size_t l = 0; l < levels; ++l) {
        for (int j = 0; j < s.blocks; ++j) {
            const bool last = j + 1 == s.blocks;
            const Feature y =
                last ? m_wide[l].slice(below[l], s.widths[l]) : m_store.dense(x.height, x.width, s.widths[l]);
            const Feature dy = last ? part(m_dwide[l], below[l], s.widths[l]) : gradient(y);
            m_down[l].push_back(block(m_layout->down[l][sized(j)], x, dx, y, dy));
            x = y;
            dx = dy;
        }
        if (l + 1 == levels) break;
        m_pooled[l] = m_store.dense(x.height / 2, x.width / 2, s.widths[l]);
        m_dpooled[l] = gradient(m_pooled[l]);
        x = m_pooled[l];
        dx = m_dpooled[l];
    }
    const int deepest = s.widths.back();
    const Feature m0 = m_store.dense(x.height, x.width, deepest), dm0 = gradient(m0);
    m_middle.push_back(block(m_layout->middle[0], x, dx, m0, dm0));
    m_middle.front().keepsGradient = true;
    Feature m1 = m0, dm1 = dm0;
    if (s.attention) {
        m1 = m_store.dense(x.height, x.width, deepest);
        dm1 = gradient(m1);
        m_attention = std::make_unique<Attention>(*m_packed, m_store, m_group, m_training, m0, dm0, m1, dm1);
    }
    m_middle.push_back(block(m_layout->middle[1], m1, dm1, m_wide.back().slice(0, deepest),
                             part(m_dwide.back(), 0, deepest)));
    for (std::size_t l = levels; l-- > 0;) {
        x = m_wide[l];
        dx = m_dwide[l];
        for (int j = 0; j < s.blocks; ++j) {
            const Feature y = m_store.dense(x.height, x.width, s.widths[l]), dy = gradient(y);
            m_up[l].push_back(block(m_layout->up[l][sized(j)], x, dx, y, dy));
            x = y;
            dx = dy;
        }
    }
    m_last = x;
    m_dlast = dx;
    m_outputNorm = normed(m_last);
    m_activated = m_training ? m_store.bordered(s.height, s.width, m_last.channels)
                             : scratch(1, s.height, s.width, m_last.channels);
    m_result = m_store.dense(s.height, s.width, roundUpToPanel(s.channels));
    if (!m_training) return;
    m_error = m_store.bordered(s.height, s.width, s.channels);
    m_errorPanel = m_store.dense(s.height, s.width, roundUpToPanel(s.channels));
}

Norm Network::norm(const NormSlots& slots, const Feature& x, const Normed& n, int images) const {
    return {images,
            x.height,
            x.width,
            x.channels,
            m_layout->shape.groups,
            kNormEpsilon,
            m_packed->at(slots.scale),
            m_packed->at(slots.shift),
            x.data,
            x.step,
            n.statistics,
            false};
}

void Network::pad(const Feature& f, int images) const {
    if (m_circular) f.wrap(images);
}

}  // namespace latent::learn::unet::detail

// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <latent/error.hpp>

namespace latent::learn::unet::detail {
namespace {

/// Gives out places in the order of the state_dict.
class Builder {
  public:
    explicit Builder(Layout& layout) : m_layout(layout) {}

    Vector vector(const std::string& name, int size) {
        const Vector v{m_layout.flatFloats, m_layout.packedFloats, size};
        tensor(name, {size});
        m_layout.packedFloats += sized(roundUpToPanel(size));
        m_layout.vectors.push_back(v);
        return v;
    }
    NormSlots norm(const std::string& name, int size) {
        return {vector(name + ".weight", size), vector(name + ".bias", size)};
    }
    /// `side` 0: a linear map.
    Map map(const std::string& name, int ins, int outs, int side, Order order = Order::Window,
            bool inFirst = false) {
        Matrix m;
        m.flat = m_layout.flatFloats;
        m.packed = m_layout.packedFloats;
        m.backward = m_layout.backwardFloats;
        m.taps = side > 0 ? side * side : 1;
        m.ins = ins;
        m.outs = outs;
        m.order = order;
        m.inFirst = inFirst;
        std::vector<std::int64_t> shape =
            inFirst ? std::vector<std::int64_t>{ins, outs} : std::vector<std::int64_t>{outs, ins};
        if (side > 0) shape.insert(shape.end(), {side, side});
        tensor(name + ".weight", shape);
        m_layout.packedFloats += m.packedFloats();
        m_layout.backwardFloats += m.backwardFloats();
        m_layout.matrices.push_back(m);
        return {m, vector(name + ".bias", outs)};
    }
    BlockSlots block(const std::string& name, int ins, int outs) {
        const Shape& s = m_layout.shape;
        BlockSlots b;
        b.ins = ins;
        b.outs = outs;
        b.vectorAt = m_layout.vectorWidth;
        m_layout.vectorWidth += outs;
        b.norm1 = norm(name + ".norm1", ins);
        b.conv1 = map(name + ".conv1", ins, outs, 3);
        b.norm2 = norm(name + ".norm2", outs);
        b.conv2 = map(name + ".conv2", outs, outs, 3);
        if (s.conditioning == Conditioning::SeparateMlps) {
            b.time0 = map(name + ".time.0", s.timeWidth, outs, 0);
            b.time2 = map(name + ".time.2", outs, outs, 0);
            if (s.conditions > 0) {
                b.condition0 = map(name + ".condition.0", s.conditions, outs, 0);
                b.condition2 = map(name + ".condition.2", outs, outs, 0);
            }
        } else {
            b.time0 = map(name + ".time", s.timeWidth, outs, 0);
            if (s.conditions > 0) b.condition0 = map(name + ".condition", s.embeddingWidth, outs, 0);
        }
        b.hasSkip = ins != outs;
        if (b.hasSkip) b.skip = map(name + ".skip", ins, outs, 1);
        return b;
    }

  private:
    void tensor(const std::string& name, const std::vector<std::int64_t>& shape) {
        std::size_t size = 1;
        for (const std::int64_t n : shape) size *= static_cast<std::size_t>(n);
        m_layout.tensors.push_back({name, shape, m_layout.flatFloats, size});
        m_layout.flatFloats += size;
    }
    Layout& m_layout;
};

}  // namespace

std::size_t Matrix::flatAt(int tap, int in, int out) const {
    const std::size_t pair =
        inFirst ? sized(in) * sized(outs) + sized(out) : sized(out) * sized(ins) + sized(in);
    return flat + pair * sized(taps) + sized(tap);
}

std::size_t Matrix::packedAt(int tap, int in, int out) const {
    const std::size_t panel = sized(out / kPanel);
    const std::size_t block =
        order == Order::Window ? panel * sized(taps) + sized(tap) : sized(tap) * sized(panels()) + panel;
    return packed + (block * sized(ins) + sized(in)) * kPanel + sized(out % kPanel);
}

std::size_t Matrix::backwardAt(int tap, int in, int out) const {
    const std::size_t panel = sized(in / kPanel);
    std::size_t block = 0;
    if (order == Order::Scatter)
        block = panel * sized(taps) + sized(tap);  // what was scattered is gathered
    else if (taps == 4)
        block = sized(tap) * sized(backwardPanels()) + panel;  // and the other way round
    else
        block = panel * sized(taps) + sized(taps - 1 - tap);  // mirrored; a single tap stays
    return backward + (block * sized(outs) + sized(out)) * kPanel + sized(in % kPanel);
}

Layout::Layout(const Shape& given) : shape(given) {
    if (const auto wrong = shape.validate(); !wrong.empty()) throw UsageError(wrong.front());
    Builder build(*this);
    const int levels = shape.levels();
    const auto level = [](const char* kind, int l) { return std::string(kind) + "." + std::to_string(l); };
    input = build.map("input", shape.channels, shape.widths[0], 3);
    time0 = build.map("time.0", shape.sinusoids, shape.timeWidth, 0);
    time2 = build.map("time.2", shape.timeWidth, shape.timeWidth, 0);
    if (shape.conditioning == Conditioning::CommonLinear && shape.conditions > 0) {
        embed0 = build.map("embed.0", shape.conditions, shape.embeddingWidth, 0);
        embed2 = build.map("embed.2", shape.embeddingWidth, shape.embeddingWidth, 0);
    }
    pool.resize(sized(levels));
    grow.resize(sized(levels));
    down.resize(sized(levels));
    up.resize(sized(levels));
    int width = shape.widths[0];
    for (int l = 0; l < levels; ++l) {
        const int w = shape.widths[sized(l)];
        for (int j = 0; j < shape.blocks; ++j)
            down[sized(l)].push_back(
                build.block(level("down", l) + "." + std::to_string(j), j == 0 ? width : w, w));
        if (l + 1 < levels) pool[sized(l)] = build.map(level("pool", l), w, w, 2);
        width = w;
    }
    middle[0] = build.block("middle.0", width, width);
    if (shape.attention) {
        attention.norm = build.norm("attention.norm", width);
        attention.qkv = build.map("attention.qkv", width, 3 * width, 1);
        attention.out = build.map("attention.out", width, width, 1);
    }
    middle[1] = build.block("middle.1", width, width);
    for (int l = levels - 1; l >= 0; --l) {
        const int w = shape.widths[sized(l)];
        for (int j = 0; j < shape.blocks; ++j)
            up[sized(l)].push_back(
                build.block(level("up", l) + "." + std::to_string(j), j == 0 ? width + w : w, w));
        if (l > 0) grow[sized(l)] = build.map(level("grow", l), w, w, 2, Order::Scatter, true);
        width = w;
    }
    outputNorm = build.norm("output.norm", width);
    output = build.map("output.conv", width, shape.channels, 3);
}

void Layout::pack(const float* flat, float* packed) const {
    for (const Vector& v : vectors)
        for (int i = 0; i < v.size; ++i) packed[v.packed + sized(i)] = flat[v.flat + sized(i)];
    for (const Matrix& m : matrices)
        for (int out = 0; out < m.outs; ++out)
            for (int in = 0; in < m.ins; ++in)
                for (int tap = 0; tap < m.taps; ++tap)
                    packed[m.packedAt(tap, in, out)] = flat[m.flatAt(tap, in, out)];
}

void Layout::unpack(const float* packed, float* flat) const {
    for (const Vector& v : vectors)
        for (int i = 0; i < v.size; ++i) flat[v.flat + sized(i)] = packed[v.packed + sized(i)];
    for (const Matrix& m : matrices)
        for (int out = 0; out < m.outs; ++out)
            for (int in = 0; in < m.ins; ++in)
                for (int tap = 0; tap < m.taps; ++tap)
                    flat[m.flatAt(tap, in, out)] = packed[m.packedAt(tap, in, out)];
}

}  // namespace latent::learn::unet::detail

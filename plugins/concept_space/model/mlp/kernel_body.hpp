// SPDX-License-Identifier: Apache-2.0
#pragma once
// The body of the kernels, written once over a `Lanes` policy (latent/learn/simd/lanes_*.hpp: how sixteen floats
// are held and multiplied) and included by one translation unit per instruction set. Internal to kernels_*.cpp.
//
// All products are tiles of R rows by one panel (latent/learn/simd/tiles.hpp). Everything is in an unnamed namespace
// and always inlined: code compiled with wide instructions must never be merged by the linker with the same template
// of another unit.

#include <cstddef>
#include <latent/learn/simd/tiles.hpp>

#include "kernels.hpp"
#include "panels.hpp"

namespace concept_space::mlp::detail {
namespace {

using latent::learn::simd::accumulate;
using latent::learn::simd::Broadcast;
using latent::learn::simd::tileRows;

/// One tile of in·W for output panel j: rows first … first+R-1, started from the bias.
template <class L, int R>
[[gnu::always_inline]] inline void productTile(typename L::Row (&acc)[R][1], const Product& p, int first, int j,
                                               int weightStride) {
    const typename L::Row start = p.bias ? L::load(p.bias + j * kPanel) : L::zero();
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) acc[r][0] = start;
    const float* a = p.in + static_cast<std::size_t>(first) * kPanel;
    const float* b =
        p.weights + static_cast<std::size_t>(j) * static_cast<std::size_t>(weightStride) * kPanel;
    int left = p.fanIn;
    for (; left >= kPanel; left -= kPanel) {
        accumulate<L, R, 1, Broadcast::Rows>(acc, a, kPanel, b, 0, kPanel, kPanel);
        a += static_cast<std::size_t>(p.batch) * kPanel;
        b += kPanel * kPanel;
    }
    if (left > 0) accumulate<L, R, 1, Broadcast::Rows>(acc, a, kPanel, b, 0, kPanel, left);
}

/// Runs epilogue(acc row, offset of that row in an [batch, fan_out] activation) over the whole product.
template <class L, class Epilogue, class AfterRows>
[[gnu::always_inline]] inline void product(const Product& p, Epilogue epilogue, AfterRows afterRows) {
    const int weightStride = roundUpToPanel(p.fanIn);
    const int panels = roundUpToPanel(p.fanOut) / kPanel;
    tileRows<L::kMaxRows>(p.batch, [&]<int R>(int first) {
        for (int j = 0; j < panels; ++j) {
            typename L::Row acc[R][1];
            productTile<L, R>(acc, p, first, j, weightStride);
            const std::size_t at = (static_cast<std::size_t>(j) * static_cast<std::size_t>(p.batch) +
                                    static_cast<std::size_t>(first)) *
                                   kPanel;
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r) epilogue(acc[r][0], at + static_cast<std::size_t>(r * kPanel));
        }
        afterRows();
    });
}

template <class L>
void forward(const Product& p, float* out, bool relu) {
    using Row = typename L::Row;
    if (relu)
        product<L>(
            p, [&](Row acc, std::size_t at) { L::store(out + at, L::rectify(acc)); }, [] {});
    else
        product<L>(
            p, [&](Row acc, std::size_t at) { L::store(out + at, acc); }, [] {});
}

template <class L>
double residual(const Product& p, const float* target, float scale, float* out) {
    using Row = typename L::Row;
    double total = 0;
    Row squares = L::zero();
    product<L>(
        p,
        [&](Row acc, std::size_t at) {
            const Row r = L::subtract(acc, L::load(target + at));
            squares = L::squareAdd(squares, r);
            L::store(out + at, L::scale(r, scale));
        },
        [&] {
            total += static_cast<double>(L::sum(squares));
            squares = L::zero();
        });
    return total;
}

template <class L>
void backward(const Product& p, const float* gate, float* out) {
    using Row = typename L::Row;
    if (gate)
        product<L>(
            p, [&](Row acc, std::size_t at) { L::store(out + at, L::gate(acc, L::load(gate + at))); }, [] {});
    else
        product<L>(
            p, [&](Row acc, std::size_t at) { L::store(out + at, acc); }, [] {});
}

/// One row of sixteen parameters by the rule.
template <class L>
[[gnu::always_inline]] inline void applyRule(typename L::Row gradient, float* w, float* velocity,
                                             const SgdRule& rule) {
    const typename L::Row old = L::load(w);
    if (rule.decay != 0.0F) gradient = L::addScaled(gradient, old, rule.decay);
    if (velocity) {
        gradient = L::addScaled(gradient, L::load(velocity), rule.momentum);
        L::store(velocity, gradient);
    }
    L::store(w, L::addScaled(old, gradient, -rule.rate));
}

/// Σ over the batch of one panel of the gradient, in four chains.
template <class L>
[[gnu::always_inline]] inline typename L::Row columnSums(const float* g, int batch) {
    typename L::Row s[4] = {L::zero(), L::zero(), L::zero(), L::zero()};
    int b = 0;
    for (; b + 4 <= batch; b += 4)
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) s[c] = L::add(s[c], L::load(g + (b + c) * kPanel));
    for (; b < batch; ++b) s[0] = L::add(s[0], L::load(g + b * kPanel));
    return L::add(L::add(s[0], s[1]), L::add(s[2], s[3]));
}

template <class L>
void update(const Outer& o, const LayerWeights& layer, const LayerVelocity& velocity, const SgdRule& rule) {
    const std::size_t activationPanel = static_cast<std::size_t>(o.batch) * kPanel;
    const int inPanels = roundUpToPanel(o.fanIn) / kPanel;
    const int outPanels = roundUpToPanel(o.fanOut) / kPanel;
    constexpr std::size_t kBlock = kPanel * kPanel;
    for (int j = 0; j < outPanels; ++j) {
        const float* g = o.gradient + static_cast<std::size_t>(j) * activationPanel;
        if (layer.bias)
            applyRule<L>(columnSums<L>(g, o.batch), layer.bias + j * kPanel,
                         velocity.bias ? velocity.bias + j * kPanel : nullptr, rule);
        for (int i = 0; i < inPanels; ++i) {
            const float* a = o.in + static_cast<std::size_t>(i) * activationPanel;
            const std::size_t block = static_cast<std::size_t>(j * inPanels + i) * kBlock;
            float* w = layer.weights + block;
            float* v = velocity.weights ? velocity.weights + block : nullptr;
            const int rows = o.fanIn - i * kPanel < kPanel ? o.fanIn - i * kPanel : kPanel;
            tileRows<L::kMaxRows>(rows, [&]<int R>(int first) {
                typename L::Row acc[R][1];
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r) acc[r][0] = L::zero();
                accumulate<L, R, 1, Broadcast::Columns>(acc, a + first, kPanel, g, 0, kPanel, o.batch);
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r)
                    applyRule<L>(acc[r][0], w + (first + r) * kPanel, v ? v + (first + r) * kPanel : nullptr,
                                 rule);
            });
            if (layer.transposed)
                L::transpose(w, layer.transposed + static_cast<std::size_t>(i * outPanels + j) * kBlock);
        }
    }
}

template <class L>
constexpr Kernels makeKernels(const char* name) {
    return {name, forward<L>, residual<L>, backward<L>, update<L>};
}

}  // namespace
}  // namespace concept_space::mlp::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Products with what follows them fused into the store, over a Lanes policy. Internal to kernels_*.cpp.
#include <latent/learn/simd/functions.hpp>
#include <latent/learn/simd/tiles.hpp>

#include "kernels.hpp"

namespace latent::learn::transformer::detail {
namespace {

using simd::accumulate;
using simd::Broadcast;
using simd::tileRows;

/// Calls body.template operator()<C>(panel) for groups of panels: of MaxPanels, and the last one alone where that does not fit.
template <int MaxPanels, class Body>
[[gnu::always_inline]] inline void groupPanels(int panels, Body body) {
    int j = 0;
    for (; j + MaxPanels <= panels; j += MaxPanels) body.template operator()<MaxPanels>(j);
    if constexpr (MaxPanels > 1)
        for (; j < panels; ++j) body.template operator()<1>(j);
}

/// Computes each tile from the bias and hands it to finish(acc, first row, first panel).
template <class L, class Finish>
[[gnu::always_inline]] inline void tiles(const Product& p, const float* bias, Finish finish) {
    // Panels outside: a group of the right operand stays in the first cache while the rows go by.
    groupPanels<L::kMaxPanels>(p.panels, [&]<int C>(int panel) {
        tileRows<L::kMaxRows>(p.rows, [&]<int R>(int first) {
            typename L::Row acc[R][C];
#pragma GCC unroll 4
            for (int c = 0; c < C; ++c) {
                const typename L::Row start = bias ? L::load(bias + (panel + c) * kPanel) : L::zero();
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r) acc[r][c] = start;
            }
            accumulate<L, R, C, Broadcast::Rows>(
                acc, p.left + static_cast<std::ptrdiff_t>(first) * p.leftStride, p.leftStride,
                p.right + panel * p.panelStep, p.panelStep, p.rowStep, p.depth);
            finish.template operator()<R, C>(acc, first, panel);
        });
    });
}

/// Calls body(row of the tile, panel of the tile, offset in the output).
template <int R, int C, class Body>
[[gnu::always_inline]] inline void eachOf(int first, int panel, int stride, Body body) {
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c)
            body(r, c, static_cast<std::ptrdiff_t>(first + r) * stride + (panel + c) * kPanel);
}

template <class L>
void product(const Product& p, const float* bias, float* out, int stride) {
    tiles<L>(p, bias, [&]<int R, int C>(typename L::Row(&acc)[R][C], int first, int panel) {
        eachOf<R, C>(first, panel, stride,
                     [&](int r, int c, std::ptrdiff_t at) { L::store(out + at, acc[r][c]); });
    });
}

template <class L>
void productAdd(const Product& p, const float* bias, float* out, int stride) {
    tiles<L>(p, bias, [&]<int R, int C>(typename L::Row(&acc)[R][C], int first, int panel) {
        eachOf<R, C>(first, panel, stride, [&](int r, int c, std::ptrdiff_t at) {
            L::store(out + at, L::add(acc[r][c], L::load(out + at)));
        });
    });
}

template <class L>
void productTimes(const Product& p, const float* factor, float* out, int stride) {
    tiles<L>(p, nullptr, [&]<int R, int C>(typename L::Row(&acc)[R][C], int first, int panel) {
        eachOf<R, C>(first, panel, stride, [&](int r, int c, std::ptrdiff_t at) {
            L::store(out + at, L::multiply(acc[r][c], L::load(factor + at)));
        });
    });
}

template <class L>
void productGelu(const Product& p, const float* bias, float* out, float* slope, int stride) {
    using Row = typename L::Row;
    tiles<L>(p, bias, [&]<int R, int C>(Row(&acc)[R][C], int first, int panel) {
        // Through the first cache, so that the function is not unrolled for each accumulator.
        eachOf<R, C>(first, panel, stride,
                     [&](int r, int c, std::ptrdiff_t at) { L::store(out + at, acc[r][c]); });
        for (int r = 0; r < R; ++r)
            for (int c = 0; c < C; ++c) {
                const std::ptrdiff_t at =
                    static_cast<std::ptrdiff_t>(first + r) * stride + (panel + c) * kPanel;
                const Row x = L::load(out + at);
                const simd::Normal<L> n = simd::normal<L>(x);
                L::store(out + at, L::multiply(x, n.below));
                L::store(slope + at, L::multiplyAdd(x, n.density, n.below));
            }
    });
}

template <class L>
void outerAdd(const Outer& o, float* gradient, int stride, float* sums) {
    using Row = typename L::Row;
    groupPanels<L::kMaxPanels>(o.panels, [&]<int C>(int panel) {
        tileRows<L::kMaxRows>(o.outs, [&]<int R>(int first) {
            Row acc[R][C];
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) acc[r][c] = L::zero();
            accumulate<L, R, C, Broadcast::Columns>(acc, o.left + first, o.leftStride,
                                                    o.right + panel * kPanel, kPanel, o.rightStride, o.rows);
            eachOf<R, C>(first, panel, stride, [&](int r, int c, std::ptrdiff_t at) {
                L::store(gradient + at, L::add(acc[r][c], L::load(gradient + at)));
            });
        });
    });
    if (!sums) return;
    groupPanels<4>((o.outs + kPanel - 1) / kPanel, [&]<int C>(int panel) {
        Row acc[C];
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c) acc[c] = L::load(sums + (panel + c) * kPanel);
        for (int r = 0; r < o.rows; ++r)
#pragma GCC unroll 4
            for (int c = 0; c < C; ++c)
                acc[c] = L::add(acc[c], L::load(o.left + static_cast<std::ptrdiff_t>(r) * o.leftStride +
                                                (panel + c) * kPanel));
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c) L::store(sums + (panel + c) * kPanel, acc[c]);
    });
}

}  // namespace
}  // namespace latent::learn::transformer::detail

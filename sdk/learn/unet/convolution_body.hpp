// SPDX-License-Identifier: Apache-2.0
#pragma once
// Convolutions as blocked products without an im2col buffer, over a Lanes policy. Internal to kernels_*.cpp.
//
// A tile is R pixels by C panels of sixteen output channels, whose sums stay in registers while the taps go by. Neighbouring pixels of a row
// share what they read, so that the first cache serves all nine taps.
#include <latent/learn/simd/functions.hpp>
#include <latent/learn/simd/tiles.hpp>

#include "kernels.hpp"

namespace latent::learn::unet::detail {
namespace {

/// Calls body.template operator()<R>(first) for tiles of nearly equal length R ≤ Max that cover 0 … n-1.
template <int Max, class Body>
[[gnu::always_inline]] inline void evenTiles(int n, Body body) {
    const int tiles = (n + Max - 1) / Max;
    for (int i = 0, first = 0; i < tiles; ++i) {
        const int length = (n - first) / (tiles - i);
        const auto choose = [&]<int R>(const auto& self) -> void {
            if constexpr (R >= 1) {
                if (length == R)
                    body.template operator()<R>(first);
                else
                    self.template operator()<R - 1>(self);
            }
        };
        choose.template operator()<Max>(choose);
        first += length;
    }
}

/// Calls body.template operator()<C>(panel) for groups of panels.
template <int Max, class Body>
[[gnu::always_inline]] inline void panelGroups(int panels, Body body) {
    int j = 0;
    for (; j + Max <= panels; j += Max) body.template operator()<Max>(j);
    if constexpr (Max > 1)
        for (; j < panels; ++j) body.template operator()<1>(j);
}

/// acc[r][c] += Σ over taps and depth; pixel r of the tile lies in row r / Across.
template <class L, int R, int C, int Across>
[[gnu::always_inline]] inline void sumWindow(typename L::Row (&acc)[R][C], const Window& w,
                                             const float* first, const float* weights,
                                             std::ptrdiff_t panelStep) {
    const std::ptrdiff_t pixel = w.step.pixel, row = w.step.row;
    for (int t = 0; t < w.taps; ++t) {
        const float* a = first + w.tap[t];
        for (int k = 0; k < w.depth; ++k, ++a, weights += kPanel) {
            typename L::Row panel[C];
#pragma GCC unroll 4
            for (int c = 0; c < C; ++c) panel[c] = L::load(weights + c * panelStep);
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r) {
                const float* scalar = a + (r % Across) * pixel + (r / Across) * row;
                if constexpr (C == 1) {
                    L::multiplyAdd(acc[r][0], scalar, panel[0]);
                } else {
                    const typename L::Row s = L::broadcast(*scalar);
#pragma GCC unroll 4
                    for (int c = 0; c < C; ++c) acc[r][c] = L::multiplyAdd(s, panel[c], acc[r][c]);
                }
            }
        }
    }
}

template <class L, int R, int C, int Across>
[[gnu::always_inline]] inline void convolveTile(const Convolution& v, int panel, int image, int y, int x) {
    using Row = typename L::Row;
    const auto at = [&](const Strides& s) { return image * s.image + y * s.row + x * s.pixel; };
    Row acc[R][C];
    const float* bias = v.bias ? v.bias + image * v.biasImage + panel * kPanel : nullptr;
    const float* add = v.add ? v.add + at(v.addStep) + panel * kPanel : nullptr;
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c) {
            acc[r][c] = add ? L::load(add + (r % Across) * v.addStep.pixel + (r / Across) * v.addStep.row +
                                      c * kPanel)
                            : L::zero();
            if (bias) acc[r][c] = L::add(acc[r][c], L::load(bias + c * kPanel));
        }
    const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(v.in.taps) * v.in.depth * kPanel;
    sumWindow<L, R, C, Across>(acc, v.in, v.in.data + at(v.in.step), v.weights + panel * step, step);
    if (v.in2.depth > 0) {
        const std::ptrdiff_t step2 = static_cast<std::ptrdiff_t>(v.in2.taps) * v.in2.depth * kPanel;
        sumWindow<L, R, C, Across>(acc, v.in2, v.in2.data + at(v.in2.step), v.weights2 + panel * step2,
                                   step2);
    }
    float* out = v.out + at(v.outStep) + panel * kPanel;
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c)
            L::store(out + (r % Across) * v.outStep.pixel + (r / Across) * v.outStep.row + c * kPanel,
                     acc[r][c]);
}

template <class L>
void convolve(const Convolution& v) {
    // Panels outside: their weights stay in the cache while the pixels go by.
    panelGroups<L::kMaxPanels>(v.panels, [&]<int C>(int panel) {
        for (int image = 0; image < v.images; ++image) {
            int y = 0;
            // Narrow maps: two rows make one tile.
            if constexpr (L::kMaxRows >= 8) {
                if (v.width == 4)
                    for (; y + 2 <= v.height; y += 2) convolveTile<L, 8, C, 4>(v, panel, image, y, 0);
            }
            for (; y < v.height; ++y)
                evenTiles<L::kMaxRows>(
                    v.width, [&]<int R>(int x) { convolveTile<L, R, C, R>(v, panel, image, y, x); });
        }
    });
}

template <class L>
void weightGradient(const WeightGradient& v) {
    using Row = typename L::Row;
    const std::ptrdiff_t rows = static_cast<std::ptrdiff_t>(v.in.taps) * v.in.depth;
    panelGroups<L::kMaxPanels>(v.panels, [&]<int C>(int panel) {
        for (int t = 0; t < v.in.taps; ++t)
            evenTiles<L::kMaxRows>(v.in.depth, [&]<int R>(int first) {
                float* gradient =
                    v.gradient +
                    (panel * rows + static_cast<std::ptrdiff_t>(t) * v.in.depth + first) * kPanel;
                Row acc[R][C];
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                    for (int c = 0; c < C; ++c)
                        acc[r][c] = L::load(gradient + c * rows * kPanel + r * kPanel);
                for (int image = 0; image < v.images; ++image)
                    for (int y = 0; y < v.height; ++y)
                        simd::accumulate<L, R, C, simd::Broadcast::Columns>(
                            acc,
                            v.in.data + image * v.in.step.image + y * v.in.step.row + v.in.tap[t] + first,
                            v.in.step.pixel, v.dout + image * v.step.image + y * v.step.row + panel * kPanel,
                            kPanel, v.step.pixel, v.width);
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                    for (int c = 0; c < C; ++c)
                        L::store(gradient + c * rows * kPanel + r * kPanel, acc[r][c]);
            });
    });
}

template <class L>
void pixelSums(int images, int height, int width, int panels, const float* map, const Strides& s, float* sums,
               std::ptrdiff_t step) {
    for (int image = 0; image < images; ++image)
        for (int p = 0; p < panels; ++p) {
            float* to = sums + image * step + p * kPanel;
            typename L::Row total = L::load(to);
            for (int y = 0; y < height; ++y) {
                const float* from = map + image * s.image + y * s.row + p * kPanel;
                typename L::Row row = L::zero();
                for (int x = 0; x < width; ++x) row = L::add(row, L::load(from + x * s.pixel));
                total = L::add(total, row);
            }
            L::store(to, total);
        }
}

}  // namespace
}  // namespace latent::learn::unet::detail

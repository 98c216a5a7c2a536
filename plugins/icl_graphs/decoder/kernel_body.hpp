// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernels over a Lanes policy. All in unnamed namespaces: see latent/learn/simd/lanes_portable.hpp.
#include <latent/learn/simd/functions.hpp>
#include <latent/learn/simd/tiles.hpp>

#include "decoder/kernels.hpp"

namespace icl_graphs {
namespace {

namespace simd = latent::learn::simd;
using latent::learn::kPanel;

constexpr int kBlock = 32;  // weights of a quantised block
constexpr int kChain = 64;  // products that are summed one after the other
constexpr int kStretch = 4 * kChain;

float unpackHalf(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16,
                        rest = static_cast<std::uint32_t>(bits & 0x7FFFU) << 13;
    const float scaled = __builtin_bit_cast(float, rest) * 0x1p112F;
    const std::uint32_t magnitude =
        (bits & 0x7C00U) == 0x7C00U ? rest | 0x7F800000U : __builtin_bit_cast(std::uint32_t, scaled);
    return __builtin_bit_cast(float, sign | magnitude);
}
std::uint16_t halfAt(const std::byte* p) {
    std::uint16_t bits;
    __builtin_memcpy(&bits, p, sizeof bits);
    return bits;
}

void unpackRow(Storage storage, const std::byte* from, int n, float* to) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(from);
    switch (storage) {
        case Storage::F32:
            __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(float));
            return;
        case Storage::F16:
            for (int i = 0; i < n; ++i) to[i] = unpackHalf(halfAt(from + 2 * i));
            return;
        case Storage::BF16:
            for (int i = 0; i < n; ++i)
                to[i] = __builtin_bit_cast(float, static_cast<std::uint32_t>(halfAt(from + 2 * i)) << 16);
            return;
        case Storage::Q8_0:
            for (int b = 0; b < n; b += kBlock, bytes += 34, to += kBlock) {
                const float scale = unpackHalf(halfAt(reinterpret_cast<const std::byte*>(bytes)));
                for (int i = 0; i < kBlock; ++i)
                    to[i] = scale * static_cast<float>(static_cast<std::int8_t>(bytes[2 + i]));
            }
            return;
        case Storage::Q4_0:
            for (int b = 0; b < n; b += kBlock, bytes += 18, to += kBlock) {
                const float scale = unpackHalf(halfAt(reinterpret_cast<const std::byte*>(bytes)));
                for (int i = 0; i < kBlock / 2; ++i) {
                    to[i] = scale * static_cast<float>((bytes[2 + i] & 15) - 8);
                    to[i + kBlock / 2] = scale * static_cast<float>((bytes[2 + i] >> 4) - 8);
                }
            }
            return;
        case Storage::Q4_1:
            for (int b = 0; b < n; b += kBlock, bytes += 20, to += kBlock) {
                const float scale = unpackHalf(halfAt(reinterpret_cast<const std::byte*>(bytes))),
                            least = unpackHalf(halfAt(reinterpret_cast<const std::byte*>(bytes + 2)));
                for (int i = 0; i < kBlock / 2; ++i) {
                    to[i] = scale * static_cast<float>(bytes[4 + i] & 15) + least;
                    to[i + kBlock / 2] = scale * static_cast<float>(bytes[4 + i] >> 4) + least;
                }
            }
            return;
    }
}

template <class L>
void packPanel(const float* rows, std::ptrdiff_t stride, int n, float* panel) {
    int k = 0;
    for (; k + kPanel <= n; k += kPanel)
        L::transpose(rows + k, static_cast<int>(stride), panel + static_cast<std::ptrdiff_t>(k) * kPanel,
                     kPanel);
    for (; k < n; ++k)
        for (int j = 0; j < kPanel; ++j)
            panel[static_cast<std::ptrdiff_t>(k) * kPanel + j] = rows[j * stride + k];
}

template <class L, int C>
[[gnu::always_inline]] inline void productPanels(const float* left, std::ptrdiff_t leftStride, int rows,
                                                 const float* right, std::ptrdiff_t panelStep,
                                                 std::ptrdiff_t rowStep, int depth, bool first, float* out,
                                                 std::ptrdiff_t outStride) {
    simd::tileRows<L::kMaxRows>(rows, [&]<int R>(int row) {
        // Sums of kChain products each, and then the sum of these: the rounding of a long chain grows with its length.
        for (int from = 0; from < depth; from += kChain) {
            typename L::Row acc[R][C];
#pragma GCC unroll 4
            for (int c = 0; c < C; ++c)
#pragma GCC unroll 16
                for (int r = 0; r < R; ++r) acc[r][c] = L::zero();
            simd::accumulate<L, R, C, simd::Broadcast::Rows>(acc, left + row * leftStride + from, leftStride,
                                                             right + from * rowStep, panelStep, rowStep,
                                                             depth - from < kChain ? depth - from : kChain);
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) {
                    float* to = out + (row + r) * outStride + c * kPanel;
                    L::store(to, first && from == 0 ? acc[r][c] : L::add(L::load(to), acc[r][c]));
                }
        }
    });
}

/// In stretches of the depth that leave the panels in the first cache while all rows pass.
template <class L>
void product(const float* left, std::ptrdiff_t leftStride, int rows, const float* right,
             std::ptrdiff_t panelStep, std::ptrdiff_t rowStep, int panels, int depth, float* out,
             std::ptrdiff_t outStride) {
    for (int from = 0; from < depth; from += kStretch) {
        const int stretch = depth - from < kStretch ? depth - from : kStretch;
        int p = 0;
        for (; p + L::kMaxPanels <= panels; p += L::kMaxPanels)
            productPanels<L, L::kMaxPanels>(left + from, leftStride, rows,
                                            right + p * panelStep + from * rowStep, panelStep, rowStep,
                                            stretch, from == 0, out + p * kPanel, outStride);
        if constexpr (L::kMaxPanels > 1)
            for (; p < panels; ++p)
                productPanels<L, 1>(left + from, leftStride, rows, right + p * panelStep + from * rowStep,
                                    panelStep, rowStep, stretch, from == 0, out + p * kPanel, outStride);
    }
}

/// y = (x − mean)·weight/√(mean square + ε) + bias; without a bias (RMSNorm) the mean is not taken away. Sums in double, in sixteen lanes.
inline void normalise(const float* x, int n, const float* weight, const float* bias, double epsilon,
                      float* y) {
    const auto sum = [x, n](auto term) {
        double lanes[kPanel] = {};
        int i = 0;
        for (; i + kPanel <= n; i += kPanel)
            for (int j = 0; j < kPanel; ++j) lanes[j] += term(static_cast<double>(x[i + j]));
        double all = 0;
        for (const double lane : lanes) all += lane;
        for (; i < n; ++i) all += term(static_cast<double>(x[i]));
        return all;
    };
    const double mean = bias ? sum([](double v) { return v; }) / n : 0,
                 square = sum([mean](double v) { return (v - mean) * (v - mean); }) / n;
    const float shift = static_cast<float>(mean),
                scale = static_cast<float>(1 / __builtin_sqrt(square + epsilon));
    if (bias)
        for (int i = 0; i < n; ++i) y[i] = (x[i] - shift) * scale * weight[i] + bias[i];
    else
        for (int i = 0; i < n; ++i) y[i] = x[i] * scale * weight[i];
}

inline void turn(float* head, const float* cosine, const float* sine, int pairs) {
    float* other = head + pairs;
    for (int i = 0; i < pairs; ++i) {
        const float a = head[i], b = other[i];
        head[i] = a * cosine[i] - b * sine[i];
        other[i] = b * cosine[i] + a * sine[i];
    }
}

inline void addRow(const float* from, int n, float* to) {
    for (int i = 0; i < n; ++i) to[i] += from[i];
}

template <class L>
float largestOf(const float* row, int n) {
    typename L::Row most = L::broadcast(row[0]);
    int i = 0;
    for (; i + kPanel <= n; i += kPanel) most = L::max(most, L::load(row + i));
    float largest = L::largest(most);
    for (; i < n; ++i) largest = row[i] > largest ? row[i] : largest;
    return largest;
}

template <class L>
void softmax(float* row, int n, int padded, float scale) {
    const float largest = largestOf<L>(row, n) * scale;  // scale is above 0
    typename L::Row sum = L::zero();
    for (int i = 0; i < padded; i += kPanel) {
        const typename L::Row e =
            simd::exponential<L>(L::addScaled(L::broadcast(-largest), L::load(row + i), scale));
        const typename L::Row kept = i + kPanel <= n ? e
                                     : i < n         ? L::keepFirst(e, n - i, L::zero())
                                                     : L::zero();
        L::store(row + i, kept);
        sum = L::add(sum, kept);
    }
    const float inverse = 1.0F / L::sum(sum);
    for (int i = 0; i < n; i += kPanel) L::store(row + i, L::scale(L::load(row + i), inverse));
}

template <class L>
typename L::Row sigmoid(typename L::Row x) {
    const typename L::Row one = L::broadcast(1.0F);
    const typename L::Row e = simd::exponential<L>(L::scale(L::absolute(x), -1.0F));  // never overflows
    return L::choose(x, L::divide(one, L::add(one, e)), L::divide(e, L::add(one, e)));
}
template <class L>
void siluTimes(float* gate, const float* up, int n) {
    for (int i = 0; i < n; i += kPanel) {
        const typename L::Row x = L::load(gate + i);
        L::store(gate + i, L::multiply(L::multiply(x, sigmoid<L>(x)), L::load(up + i)));
    }
}
template <class L>
void gelu(float* x, int n) {
    for (int i = 0; i < n; i += kPanel) {
        const typename L::Row v = L::load(x + i);
        L::store(x + i, L::multiply(v, simd::normal<L>(v).below));
    }
}
template <class L>
void geluTanh(float* x, int n) {
    for (int i = 0; i < n; i += kPanel) {  // ½(1 + tanh u) = sigmoid(2u), u = √(2/π)(x + 0.044715 x³)
        const typename L::Row v = L::load(x + i), cubic = L::multiply(v, L::multiply(v, v));
        L::store(
            x + i,
            L::multiply(v, sigmoid<L>(L::scale(L::addScaled(v, cubic, 0.044715F), 2.0F * 0.7978845608F))));
    }
}

template <class L>
void logSum(const float* row, int n, float* largest, float* sum) {
    *largest = largestOf<L>(row, n);
    typename L::Row all = L::zero();
    const typename L::Row shift = L::broadcast(-*largest);
    for (int i = 0; i < n; i += kPanel) {
        const typename L::Row e = simd::exponential<L>(L::add(L::load(row + i), shift));
        all = L::add(all, i + kPanel <= n ? e : L::keepFirst(e, n - i, L::zero()));
    }
    *sum = L::sum(all);
}

template <class L>
constexpr DecoderKernels makeDecoderKernels() {
    return {unpackRow,  packPanel<L>, product<L>, normalise,   turn,     addRow,
            softmax<L>, siluTimes<L>, gelu<L>,    geluTanh<L>, logSum<L>};
}

}  // namespace
}  // namespace icl_graphs

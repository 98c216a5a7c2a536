// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bodies of the kernels over a Lanes policy (latent/learn/simd). Included by one translation unit per instruction set; in an
// unnamed namespace and always inlined, for the reason that lanes_portable.hpp gives.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <latent/learn/aligned.hpp>

#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows::detail {
namespace {

using latent::learn::kPanel;

template <class L, int R>
[[gnu::always_inline]] inline void dots(const float* z, std::size_t channels, const float* w, float* out) {
    typename L::Row sum[R];
    for (int r = 0; r < R; ++r) sum[r] = L::zero();
    std::size_t c = 0;
    for (; c + kPanel <= channels; c += kPanel) {
        const typename L::Row v = L::loadUnaligned(w + c);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r)
            sum[r] =
                L::multiplyAdd(L::loadUnaligned(z + static_cast<std::size_t>(r) * channels + c), v, sum[r]);
    }
    if (c < channels) {
        const int left = static_cast<int>(channels - c);
        const typename L::Row v = L::loadFirst(w + c, left);
        for (int r = 0; r < R; ++r)
            sum[r] =
                L::multiplyAdd(L::loadFirst(z + static_cast<std::size_t>(r) * channels + c, left), v, sum[r]);
    }
    for (int r = 0; r < R; ++r) out[r] = L::sum(sum[r]);
}

template <class L>
void margins(const float* z, std::size_t rows, std::size_t channels, const float* w, float* out) {
    std::size_t r = 0;
    for (; r + 4 <= rows; r += 4) dots<L, 4>(z + r * channels, channels, w, out + r);
    for (; r < rows; ++r) dots<L, 1>(z + r * channels, channels, w, out + r);
}

template <class L, int R>
[[gnu::always_inline]] inline void pullRows(const float* z, std::size_t channels, const float* residual,
                                            float* gradient) {
    typename L::Row s[R];
    for (int r = 0; r < R; ++r) s[r] = L::broadcast(residual[r]);
    std::size_t c = 0;
    for (; c + kPanel <= channels; c += kPanel) {
        typename L::Row sum = L::loadUnaligned(gradient + c);
#pragma GCC unroll 8
        for (int r = 0; r < R; ++r)
            sum = L::multiplyAdd(s[r], L::loadUnaligned(z + static_cast<std::size_t>(r) * channels + c), sum);
        L::storeUnaligned(gradient + c, sum);
    }
    for (; c < channels; ++c)
        for (int r = 0; r < R; ++r)
            gradient[c] += residual[r] * z[static_cast<std::size_t>(r) * channels + c];
}

template <class L>
void pull(const float* z, std::size_t rows, std::size_t channels, const float* residual, float* gradient) {
    std::size_t r = 0;
    for (; r + 8 <= rows; r += 8) pullRows<L, 8>(z + r * channels, channels, residual + r, gradient);
    for (; r < rows; ++r) pullRows<L, 1>(z + r * channels, channels, residual + r, gradient);
}

/// Both operands are packed into panels of sixteen channels first: rows of a cube lie a power of two apart, and a column of
/// tiles would fall into one set of the first cache.
template <class L>
void gram(const float* z, std::size_t rows, std::size_t channels, const float* weight, float* out,
          float* scratch) {
    constexpr int R = L::kMaxPanels == 2
                          ? 8
                          : 4;  // rows of a tile; 8 × 2 accumulators of 32 registers, or 4 × 2 halves of 16
    const std::size_t panels = (channels + kPanel - 1) / kPanel, padded = panels * kPanel;
    float *plain = scratch, *weighted = scratch + rows * padded;
    for (std::size_t j = 0; j < panels; ++j)
        for (std::size_t r = 0; r < rows; ++r) {
            const std::size_t width = std::min<std::size_t>(kPanel, channels - j * kPanel);
            float* to = plain + (j * rows + r) * kPanel;
            float* scaled = weighted + (j * rows + r) * kPanel;
            for (std::size_t c = 0; c < kPanel; ++c) {
                to[c] = c < width ? z[r * channels + j * kPanel + c] : 0.0F;
                scaled[c] = to[c] * weight[r];
            }
        }
    for (std::size_t i = 0; i < panels; ++i)
        for (std::size_t half = 0; half < kPanel; half += R)
            for (std::size_t j = 0; j <= i; j += 2) {
                const bool two = j + 1 <= i;
                typename L::Row sum[R][2];
                for (int r = 0; r < R; ++r) sum[r][0] = sum[r][1] = L::zero();
                const float* a = weighted + i * rows * kPanel + half;
                const float* b0 = plain + j * rows * kPanel;
                const float* b1 = two ? b0 + rows * kPanel : b0;
                for (std::size_t k = 0; k < rows; ++k, a += kPanel, b0 += kPanel, b1 += kPanel) {
                    const typename L::Row x0 = L::loadUnaligned(b0), x1 = L::loadUnaligned(b1);
#pragma GCC unroll 8
                    for (int r = 0; r < R; ++r) {
                        const typename L::Row s = L::broadcast(a[r]);
                        sum[r][0] = L::multiplyAdd(s, x0, sum[r][0]);
                        sum[r][1] = L::multiplyAdd(s, x1, sum[r][1]);
                    }
                }
                for (int r = 0; r < R; ++r) {
                    float* to = out + (i * kPanel + half + static_cast<std::size_t>(r)) * padded + j * kPanel;
                    L::storeUnaligned(to, L::add(L::loadUnaligned(to), sum[r][0]));
                    if (two) L::storeUnaligned(to + kPanel, L::add(L::loadUnaligned(to + kPanel), sum[r][1]));
                }
            }
}

/// The sum of squares and K products of (x − mean); the spectrum stays in the first cache between the passes.
template <class L, int K>
[[gnu::always_inline]] inline float centred(const float* x, std::size_t channels, float mean,
                                            const float* basis, float* out) {
    typename L::Row square = L::zero(), sum[K == 0 ? 1 : K], centre = L::broadcast(mean);
    for (int k = 0; k < K; ++k) sum[k] = L::zero();
    std::size_t c = 0;
    for (; c + kPanel <= channels; c += kPanel) {
        const typename L::Row d = L::subtract(L::loadUnaligned(x + c), centre);
        square = L::squareAdd(square, d);
#pragma GCC unroll 8
        for (int k = 0; k < K; ++k)
            sum[k] = L::multiplyAdd(d, L::loadUnaligned(basis + static_cast<std::size_t>(k) * channels + c),
                                    sum[k]);
    }
    float squares = L::sum(square);
    for (int k = 0; k < K; ++k) out[k] = L::sum(sum[k]);
    for (; c < channels; ++c) {
        const float d = x[c] - mean;
        squares += d * d;
        for (int k = 0; k < K; ++k) out[k] += d * basis[static_cast<std::size_t>(k) * channels + c];
    }
    return squares;
}

template <class L>
[[gnu::always_inline]] inline float meanOf(const float* x, std::size_t channels) {
    typename L::Row s0 = L::zero(), s1 = L::zero();
    std::size_t c = 0;
    for (; c + 2 * kPanel <= channels; c += 2 * kPanel) {
        s0 = L::add(s0, L::loadUnaligned(x + c));
        s1 = L::add(s1, L::loadUnaligned(x + c + kPanel));
    }
    float total = L::sum(L::add(s0, s1));
    for (; c < channels; ++c) total += x[c];
    return total / static_cast<float>(channels);
}

template <class L>
void means(const float* x, std::size_t rows, std::size_t channels, float* out) {
    for (std::size_t r = 0; r < rows; ++r) out[r] = meanOf<L>(x + r * channels, channels);
}

template <class L>
void project(const float* x, std::size_t rows, std::size_t channels, const float* basis, std::size_t count,
             float* out) {
    for (std::size_t r = 0; r < rows; ++r, x += channels, out += 2 + count) {
        const float mean = meanOf<L>(x, channels);
        float squares = 0;
        std::size_t k = 0;
        if (count == 0) squares = centred<L, 0>(x, channels, mean, basis, out + 2);
        for (; k + 4 <= count; k += 4)
            squares = centred<L, 4>(x, channels, mean, basis + k * channels, out + 2 + k);
        for (; k < count; ++k) squares = centred<L, 1>(x, channels, mean, basis + k * channels, out + 2 + k);
        out[0] = mean;
        out[1] = std::sqrt(squares / static_cast<float>(channels));
    }
}

/// Variance of a feature at coverage a, and its derivative.
template <class L>
[[gnu::always_inline]] inline void variance(bool squared, typename L::Row a, float e, typename L::Row& v,
                                            typename L::Row& slope) {
    using Row = typename L::Row;
    const Row one = L::broadcast(1.0F), rest = L::subtract(one, a);
    if (squared) {
        const Row ae = L::scale(a, e);
        v = L::multiplyAdd(rest, rest, L::multiply(a, ae));
        slope = L::scale(L::subtract(ae, rest), 2.0F);
    } else {
        v = L::addScaled(rest, a, e);
        slope = L::broadcast(e - 1.0F);
    }
}

/// Sixteen pixels at once. After the grid the minimum lies within one step; Fisher scoring finds it, halving the bracket
/// where it would leave it.
template <class L>
[[gnu::always_inline]] inline void coveragePanel(const CoverageTable& t, const float* p, std::size_t stride,
                                                 float* outA, float* outSigma, float* outRatio) {
    using Row = typename L::Row;
    constexpr float kStep = 1.0F / (kCoverageGrid - 1);
    constexpr int kPolish = 8;
    Row x[kMaxFeatures];
    for (int k = 0; k < t.features; ++k) x[k] = L::loadUnaligned(p + static_cast<std::size_t>(k) * stride);
    Row best = L::broadcast(3e38F), a = L::zero(), lit = L::zero();
    for (int j = 0; j < kCoverageGrid; ++j) {
        const float at = static_cast<float>(j) * kStep;
        Row f = L::broadcast(t.logVariance[j]);
        for (int k = 0; k < t.features; ++k) {
            const Row d = L::subtract(x[k], L::broadcast(at * t.g[k]));
            f = L::multiplyAdd(L::multiply(d, d), L::broadcast(t.inverse[j][k]), f);
        }
        if (j == 0) lit = f;
        const Row gain = L::subtract(best, f);
        a = L::choose(gain, L::broadcast(at), a);
        best = L::choose(gain, f, best);
    }
    const Row low = L::max(L::zero(), L::subtract(a, L::broadcast(kStep)));
    const Row high = L::subtract(
        L::zero(), L::max(L::broadcast(-1.0F), L::subtract(L::broadcast(-kStep), a)));  // min(1, a + step)
    const auto score = [&](Row at, Row& slope, Row& information) {
        slope = information = L::zero();
        for (int k = 0; k < t.features; ++k) {
            Row v, dv;
            variance<L>(t.squared, at, t.e[k], v, dv);
            const Row inverse = L::divide(L::broadcast(1.0F), v), d = L::subtract(x[k], L::scale(at, t.g[k]));
            const Row r = L::multiply(d, inverse), relative = L::multiply(dv, inverse);
            // d/da of ½ [d²/v + log v] = −g d/v − ½ d² v'/v² + ½ v'/v
            slope = L::subtract(slope, L::scale(r, t.g[k]));
            slope = L::addScaled(slope, L::multiply(L::multiply(r, r), dv), -0.5F);
            slope = L::addScaled(slope, relative, 0.5F);
            information = L::addScaled(information, inverse, t.g[k] * t.g[k]);
            information = L::addScaled(information, L::multiply(relative, relative), 0.5F);
        }
    };
    Row slope, information, left = low, right = high;
    for (int i = 0; i < kPolish; ++i) {
        score(a, slope, information);
        right = L::choose(slope, a, right);
        left = L::choose(L::subtract(L::zero(), slope), a, left);
        const Row middle = L::scale(L::add(left, right), 0.5F),
                  next = L::subtract(a, L::divide(slope, L::max(information, L::broadcast(1e-12F))));
        // Inside the bracket by the scoring step, else by halving.
        a = L::choose(L::subtract(next, left), L::choose(L::subtract(right, next), next, middle), middle);
    }
    score(a, slope, information);
    L::storeUnaligned(outA, a);
    L::storeUnaligned(
        outSigma, L::divide(L::broadcast(1.0F), L::squareRoot(L::max(information, L::broadcast(1e-12F)))));
    L::storeUnaligned(outRatio, L::subtract(lit, best));
}

template <class L>
void coverage(const CoverageTable& table, const float* p, std::size_t stride, std::size_t pixels, float* a,
              float* sigma, float* ratio) {
    std::size_t i = 0;
    for (; i + kPanel <= pixels; i += kPanel)
        coveragePanel<L>(table, p + i, stride, a + i, sigma + i, ratio + i);
    if (i == pixels) return;
    float rest[kMaxFeatures * kPanel] = {}, out[3 * kPanel];
    const std::size_t left = pixels - i;
    for (int k = 0; k < table.features; ++k)
        std::memcpy(rest + k * kPanel, p + static_cast<std::size_t>(k) * stride + i, left * sizeof(float));
    coveragePanel<L>(table, rest, kPanel, out, out + kPanel, out + 2 * kPanel);
    std::memcpy(a + i, out, left * sizeof(float));
    std::memcpy(sigma + i, out + kPanel, left * sizeof(float));
    std::memcpy(ratio + i, out + 2 * kPanel, left * sizeof(float));
}

template <class L>
void divideByGain(const float* x, std::size_t rows, std::size_t channels, const float* a, const float* gain,
                  float* out) {
    using Row = typename L::Row;
    for (std::size_t r = 0; r < rows; ++r, x += channels, out += channels) {
        if (a[r] == 0.0F) {
            std::memcpy(out, x, channels * sizeof(float));
            continue;
        }
        const Row lit = L::broadcast(1.0F - a[r]), shadow = L::broadcast(a[r]);
        std::size_t c = 0;
        for (; c + kPanel <= channels; c += kPanel)
            L::storeUnaligned(out + c, L::divide(L::loadUnaligned(x + c),
                                                 L::multiplyAdd(shadow, L::loadUnaligned(gain + c), lit)));
        for (; c < channels; ++c) out[c] = x[c] / ((1.0F - a[r]) + a[r] * gain[c]);
    }
}

template <class L>
constexpr Kernels makeKernels(const char* name) {
    return {name, margins<L>, pull<L>, gram<L>, means<L>, project<L>, coverage<L>, divideByGain<L>};
}

}  // namespace
}  // namespace hyperspectral_shadows::detail

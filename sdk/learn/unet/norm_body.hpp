// SPDX-License-Identifier: Apache-2.0
#pragma once
// Group norm with GELU in one pass over the map, forward and backward, over a Lanes policy. Internal to kernels_*.cpp.
#include "convolution_body.hpp"

namespace latent::learn::unet::detail {
namespace {

inline constexpr int kMostChannels = 4096;

/// Sums of x − first pixel and of its square, by channel: one pass that does not cancel where the mean is large.
template <class L>
inline void channelSums(const Norm& n, const float* x, float* shift, float* sums, float* squares) {
    using Row = typename L::Row;
    for (int p = 0; p < n.channels; p += kPanel) {
        const Row from = L::load(x + p);
        Row s = L::zero(), q = L::zero();
        for (int y = 0; y < n.height; ++y) {
            const float* row = x + y * n.xStep.row + p;
            Row rs = L::zero(), rq = L::zero();  // by row first: errors grow with the side, not with the area
            for (int i = 0; i < n.width; ++i) {
                const Row d = L::subtract(L::load(row + i * n.xStep.pixel), from);
                rs = L::add(rs, d);
                rq = L::squareAdd(rq, d);
            }
            s = L::add(s, rs);
            q = L::add(q, rq);
        }
        L::store(shift + p, from);
        L::store(sums + p, s);
        L::store(squares + p, q);
    }
}

/// Mean and inverse deviation of each group, given to each of its channels.
inline void groupStatistics(const Norm& n, const float* shift, const float* sums, const float* squares,
                            float* mean, float* inverse) {
    const int each = n.channels / n.groups;
    const double pixels = static_cast<double>(n.height) * n.width;
    for (int g = 0; g < n.groups; ++g) {
        double m = 0, variance = 0;
        for (int c = g * each; c < (g + 1) * each; ++c)
            m += (static_cast<double>(shift[c]) + static_cast<double>(sums[c]) / pixels) / each;
        for (int c = g * each; c < (g + 1) * each; ++c) {
            const double off = static_cast<double>(shift[c]) - m;
            variance += (static_cast<double>(squares[c]) / pixels +
                         2 * off * static_cast<double>(sums[c]) / pixels + off * off) /
                        each;
        }
        const double i = 1.0 / __builtin_sqrt((variance > 0 ? variance : 0) + static_cast<double>(n.epsilon));
        for (int c = g * each; c < (g + 1) * each; ++c) {
            mean[c] = static_cast<float>(m);
            inverse[c] = static_cast<float>(i);
        }
    }
}

template <class L>
void normForward(const Norm& n, float* out, const Strides& outStep, float* slope) {
    using Row = typename L::Row;
    alignas(64) float shift[kMostChannels], sums[kMostChannels], squares[kMostChannels];
    for (int image = 0; image < n.images; ++image) {
        const float* x = n.x + image * n.xStep.image;
        float *mean = n.statistics + image * 2 * n.channels, *inverse = mean + n.channels;
        channelSums<L>(n, x, shift, sums, squares);
        groupStatistics(n, shift, sums, squares, mean, inverse);
        float* to = out + image * outStep.image;
        float* slopes =
            slope ? slope + static_cast<std::ptrdiff_t>(image) * n.height * n.width * n.channels : nullptr;
        for (int p = 0; p < n.channels; p += kPanel) {
            const Row m = L::load(mean + p), a = L::multiply(L::load(inverse + p), L::load(n.scale + p)),
                      b = L::load(n.shift + p);
            for (int y = 0; y < n.height; ++y) {
                const float* row = x + y * n.xStep.row + p;
                float* toRow = to + y * outStep.row + p;
                float* slopeRow =
                    slopes ? slopes + static_cast<std::ptrdiff_t>(y) * n.width * n.channels + p : nullptr;
                for (int i = 0; i < n.width; ++i) {
                    const Row v = L::multiplyAdd(L::subtract(L::load(row + i * n.xStep.pixel), m), a, b);
                    if (n.plain) {
                        L::store(toRow + i * outStep.pixel, v);
                        continue;
                    }
                    const simd::Normal<L> normal = simd::normal<L>(v);
                    L::store(toRow + i * outStep.pixel, L::multiply(v, normal.below));
                    if (slopeRow)
                        L::store(slopeRow + static_cast<std::ptrdiff_t>(i) * n.channels,
                                 L::multiplyAdd(v, normal.density, normal.below));
                }
            }
        }
    }
}

/// With x̂ the standardised map and g = dout∘slope: dx = 1/σ·(γg − mean(γg) − x̂·mean(γg∘x̂)), means over the group.
template <class L>
void normBackward(const Norm& n, const float* dout, const float* slope, const float* add,
                  const Strides& addStep, float* dx, const Strides& step, float* dscale, float* dshift) {
    using Row = typename L::Row;
    alignas(64) float along[kMostChannels], total[kMostChannels];
    const std::ptrdiff_t dense = static_cast<std::ptrdiff_t>(n.height) * n.width * n.channels;
    const int each = n.channels / n.groups;
    for (int image = 0; image < n.images; ++image) {
        const float* x = n.x + image * n.xStep.image;
        const float *mean = n.statistics + image * 2 * n.channels, *inverse = mean + n.channels;
        const float *d = dout + image * dense, *s = n.plain ? nullptr : slope + image * dense;
        for (int p = 0; p < n.channels; p += kPanel) {
            const Row m = L::load(mean + p);
            Row g = L::zero(), gx = L::zero();
            for (int y = 0; y < n.height; ++y) {
                const float* row = x + y * n.xStep.row + p;
                const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(y) * n.width * n.channels + p;
                Row rg = L::zero(), rx = L::zero();
                for (int i = 0; i < n.width; ++i) {
                    Row v = L::load(d + at + static_cast<std::ptrdiff_t>(i) * n.channels);
                    if (s) v = L::multiply(v, L::load(s + at + static_cast<std::ptrdiff_t>(i) * n.channels));
                    rg = L::add(rg, v);
                    rx = L::multiplyAdd(v, L::subtract(L::load(row + i * n.xStep.pixel), m), rx);
                }
                g = L::add(g, rg);
                gx = L::add(gx, rx);
            }
            gx = L::multiply(gx, L::load(inverse + p));
            L::store(total + p, g);
            L::store(along + p, gx);
            L::store(dshift + p, L::add(L::load(dshift + p), g));
            L::store(dscale + p, L::add(L::load(dscale + p), gx));
        }
        const double count = static_cast<double>(n.height) * n.width * each;
        for (int group = 0; group < n.groups; ++group) {
            double t = 0, a = 0;
            for (int c = group * each; c < (group + 1) * each; ++c) {
                t += static_cast<double>(total[c]) * static_cast<double>(n.scale[c]);
                a += static_cast<double>(along[c]) * static_cast<double>(n.scale[c]);
            }
            for (int c = group * each; c < (group + 1) * each; ++c) {
                const double i = static_cast<double>(inverse[c]);
                total[c] = static_cast<float>(-i * t / count);
                along[c] = static_cast<float>(-i * i * a / count);
            }
        }
        for (int p = 0; p < n.channels; p += kPanel) {
            const Row m = L::load(mean + p), a = L::multiply(L::load(inverse + p), L::load(n.scale + p));
            const Row constant = L::load(total + p), linear = L::load(along + p);
            for (int y = 0; y < n.height; ++y) {
                const float* row = x + y * n.xStep.row + p;
                const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(y) * n.width * n.channels + p;
                const float* addRow = add ? add + image * addStep.image + y * addStep.row + p : nullptr;
                float* to = dx + image * step.image + y * step.row + p;
                for (int i = 0; i < n.width; ++i) {
                    Row v = L::load(d + at + static_cast<std::ptrdiff_t>(i) * n.channels);
                    if (s) v = L::multiply(v, L::load(s + at + static_cast<std::ptrdiff_t>(i) * n.channels));
                    Row r = L::multiplyAdd(
                        v, a,
                        L::multiplyAdd(L::subtract(L::load(row + i * n.xStep.pixel), m), linear, constant));
                    if (addRow) r = L::add(r, L::load(addRow + i * addStep.pixel));
                    L::store(to + i * step.pixel, r);
                }
            }
        }
    }
}

template <class L>
void gelu(std::size_t count, float* x, float* slope) {
    for (std::size_t i = 0; i < count; i += kPanel) {
        const typename L::Row v = L::load(x + i);
        const simd::Normal<L> n = simd::normal<L>(v);
        L::store(x + i, L::multiply(v, n.below));
        if (slope) L::store(slope + i, L::multiplyAdd(v, n.density, n.below));
    }
}

template <class L>
void multiply(std::size_t count, float* a, const float* b) {
    for (std::size_t i = 0; i < count; i += kPanel)
        L::store(a + i, L::multiply(L::load(a + i), L::load(b + i)));
}

template <class L>
void blend(std::size_t count, float* a, const float* b, float keep) {
    for (std::size_t i = 0; i < count; i += kPanel) {
        const typename L::Row from = L::load(b + i);
        L::store(a + i, L::addScaled(from, L::subtract(L::load(a + i), from), keep));
    }
}

template <class L>
void softmaxRows(int rows, int columns, int stride, float factor, float* x) {
    using Row = typename L::Row;
    for (int r = 0; r < rows; ++r, x += stride) {
        Row most = L::broadcast(-3e38F);
        for (int c = 0; c < columns; c += kPanel) {
            const Row v = L::load(x + c);
            most = L::max(most, columns - c >= kPanel ? v : L::keepFirst(v, columns - c, most));
        }
        const Row top = L::broadcast(-L::largest(most));
        Row total = L::zero();
        for (int c = 0; c < columns; c += kPanel) {
            Row e = simd::exponential<L>(L::scale(L::add(L::load(x + c), top), factor));
            if (columns - c < kPanel) e = L::keepFirst(e, columns - c, L::zero());
            L::store(x + c, e);
            total = L::add(total, e);
        }
        const float inverse = 1.0F / L::sum(total);
        for (int c = 0; c < columns; c += kPanel) L::store(x + c, L::scale(L::load(x + c), inverse));
    }
}

template <class L>
void softmaxBackward(int rows, int columns, int stride, float factor, const float* p, float* x) {
    using Row = typename L::Row;
    for (int r = 0; r < rows; ++r, x += stride, p += stride) {
        Row dot = L::zero();
        for (int c = 0; c < columns; c += kPanel) dot = L::multiplyAdd(L::load(x + c), L::load(p + c), dot);
        const Row mean = L::broadcast(L::sum(dot));
        for (int c = 0; c < columns; c += kPanel)
            L::store(x + c, L::scale(L::multiply(L::subtract(L::load(x + c), mean), L::load(p + c)), factor));
    }
}

template <class L>
void transposeBlocks(const float* from, int fromStride, float* to, int toStride) {
    L::transpose(from, fromStride, to, toStride);
}

}  // namespace
}  // namespace latent::learn::unet::detail

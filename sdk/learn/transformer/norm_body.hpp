// SPDX-License-Identifier: Apache-2.0
#pragma once
// Layer norm forward and backward, over a Lanes policy. Internal to kernels_*.cpp.
#include "linear_body.hpp"

namespace latent::learn::transformer::detail {
namespace {

inline constexpr float kNormEpsilon = 1e-5F;

/// Zero in the padding of the last panel.
template <class L>
[[gnu::always_inline]] inline typename L::Row withoutPadding(typename L::Row x, int column, int width) {
    return column + kPanel <= width ? x : L::keepFirst(x, width - column, L::zero());
}

template <class L>
void normForward(const Norm& n, const float* x, float* standard, float* out, float* inverse) {
    using Row = typename L::Row;
    const float perColumn = 1.0F / static_cast<float>(n.width);
    for (int r = 0; r < n.rows; ++r) {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * n.stride;
        Row total = L::zero();
        for (int c = 0; c < n.width; c += kPanel) total = L::add(total, L::load(x + at + c));
        const Row mean = L::broadcast(L::sum(total) * perColumn);
        Row squares = L::zero();
        for (int c = 0; c < n.width; c += kPanel)
            squares =
                L::squareAdd(squares, withoutPadding<L>(L::subtract(L::load(x + at + c), mean), c, n.width));
        const float factor = 1.0F / __builtin_sqrtf(L::sum(squares) * perColumn + kNormEpsilon);
        inverse[r] = factor;
        for (int c = 0; c < n.width; c += kPanel) {
            const Row s =
                L::scale(withoutPadding<L>(L::subtract(L::load(x + at + c), mean), c, n.width), factor);
            L::store(standard + at + c, s);
            L::store(out + at + c, L::multiplyAdd(s, L::load(n.scale + c), L::load(n.shift + c)));
        }
    }
}

/// With g = dout∘scale: dx = (g − mean(g) − standard·mean(g∘standard))·inverse (Ba et al., arXiv 1607.06450).
template <class L>
void normBackward(const Norm& n, const float* dout, const float* standard, const float* inverse, float* dx,
                  float* dscale, float* dshift) {
    using Row = typename L::Row;
    const float perColumn = 1.0F / static_cast<float>(n.width);
    for (int r = 0; r < n.rows; ++r) {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * n.stride;
        Row total = L::zero(), along = L::zero();
        for (int c = 0; c < n.width; c += kPanel) {
            const Row g = L::multiply(L::load(dout + at + c), L::load(n.scale + c));
            total = L::add(total, g);
            along = L::multiplyAdd(g, L::load(standard + at + c), along);
        }
        const float factor = inverse[r];
        const Row mean = L::broadcast(L::sum(total) * perColumn * factor);
        const Row slope = L::broadcast(-L::sum(along) * perColumn * factor);
        for (int c = 0; c < n.width; c += kPanel) {
            const Row g = L::multiply(L::load(dout + at + c), L::load(n.scale + c));
            const Row through =
                L::multiplyAdd(L::load(standard + at + c), slope, L::subtract(L::scale(g, factor), mean));
            L::store(dx + at + c, L::add(L::load(dx + at + c), withoutPadding<L>(through, c, n.width)));
        }
    }
    for (int c = 0; c < n.width; c += kPanel) {
        Row scales = L::load(dscale + c), shifts = L::load(dshift + c);
        for (int r = 0; r < n.rows; ++r) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * n.stride + c;
            const Row g = L::load(dout + at);
            scales = L::multiplyAdd(g, L::load(standard + at), scales);
            shifts = L::add(shifts, g);
        }
        L::store(dscale + c, scales);
        L::store(dshift + c, shifts);
    }
}

}  // namespace
}  // namespace latent::learn::transformer::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Between the columns of an activation and the queries, keys and values of one head, with the rotation on the way; over a Lanes
// policy. Internal to kernels_*.cpp.
#include "linear_body.hpp"

namespace latent::learn::transformer::detail {
namespace {

template <class L>
[[gnu::always_inline]] inline typename L::Row loadColumns(const float* p, int n) {
    return n >= kPanel ? L::loadUnaligned(p) : L::loadFirst(p, n);
}
template <class L>
[[gnu::always_inline]] inline void storeColumns(float* p, typename L::Row x, int n) {
    if (n >= kPanel)
        L::storeUnaligned(p, x);
    else
        L::storeFirst(p, x, n);
}

/// Rotary positions on interleaved pairs (Su et al., arXiv 2104.09864): (a, b) → (a cos − b sin, a sin + b cos); `sine` holds −sin, sin.
template <class L>
void splitHead(const float* from, int stride, int rows, int width, const float* cosine, const float* sine,
               float* to) {
    const int padded = roundUpToPanel(width);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < width; c += kPanel) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * padded + c;
            typename L::Row x = loadColumns<L>(from + static_cast<std::ptrdiff_t>(r) * stride + c, width - c);
            if (cosine)
                x = L::multiplyAdd(L::swapPairs(x), L::load(sine + at), L::multiply(x, L::load(cosine + at)));
            L::store(to + at, x);
        }
}

/// A rotation's transpose is the rotation back.
template <class L>
void mergeHead(const float* from, int rows, int width, const float* cosine, const float* sine, float* to,
               int stride) {
    const int padded = roundUpToPanel(width);
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < width; c += kPanel) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * padded + c;
            typename L::Row x = L::load(from + at);
            if (cosine)
                x = L::subtract(L::multiply(x, L::load(cosine + at)),
                                L::multiply(L::swapPairs(x), L::load(sine + at)));
            storeColumns<L>(to + static_cast<std::ptrdiff_t>(r) * stride + c, x, width - c);
        }
}

/// [rows, width] → panels of sixteen rows, each [width, 16]: the right operand of a product with the transpose.
template <class L>
[[gnu::always_inline]] inline void turnHead(const float* from, int rows, int width, float* to) {
    const int padded = roundUpToPanel(width);
    for (int r = 0; r < rows; r += kPanel)
        for (int c = 0; c < width; c += kPanel)
            L::transpose(from + static_cast<std::ptrdiff_t>(r) * padded + c, padded,
                         to + static_cast<std::ptrdiff_t>(r) * padded + c * kPanel, kPanel);
}

}  // namespace
}  // namespace latent::learn::transformer::detail

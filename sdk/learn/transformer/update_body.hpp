// SPDX-License-Identifier: Apache-2.0
#pragma once
// The loss at one end of a step and the optimiser at the other, over a Lanes policy. Internal to kernels_*.cpp.
#include "linear_body.hpp"

namespace latent::learn::transformer::detail {
namespace {

template <class L>
void crossEntropy(float* logits, int stride, int rows, int vocabulary, const std::int32_t* targets,
                  float factor, float* largest, float* sum) {
    using Row = typename L::Row;
    for (int r = 0; r < rows; ++r) {
        float* row = logits + static_cast<std::ptrdiff_t>(r) * stride;
        const std::int32_t target = targets[r];
        const float chosen = target < 0 ? 0.0F : row[target];
        Row most = L::broadcast(-3e38F);
        for (int c = 0; c < vocabulary; c += kPanel) {
            const Row x = L::load(row + c);
            most = L::max(most, c + kPanel <= vocabulary ? x : L::keepFirst(x, vocabulary - c, most));
        }
        const float top = L::largest(most);
        Row total = L::zero();
        for (int c = 0; c < vocabulary; c += kPanel) {
            Row e = simd::exponential<L>(L::add(L::load(row + c), L::broadcast(-top)));
            if (c + kPanel > vocabulary) e = L::keepFirst(e, vocabulary - c, L::zero());
            L::store(row + c, e);
            total = L::add(total, e);
        }
        sum[r] = L::sum(total);
        largest[r] = top - chosen;
        const float scale = target < 0 ? 0.0F : factor / sum[r];
        for (int c = 0; c < vocabulary; c += kPanel) L::store(row + c, L::scale(L::load(row + c), scale));
        if (target >= 0) row[target] -= factor;
    }
}

template <class L>
void addTo(std::size_t count, float* a, const float* b) {
    for (std::size_t i = 0; i < count; i += kPanel) L::store(a + i, L::add(L::load(a + i), L::load(b + i)));
}

/// In double across blocks: a sum of squares of many small numbers must not lose them.
template <class L>
double sumOfSquares(std::size_t count, const float* a) {
    constexpr std::size_t kBlock = 64 * kPanel;
    double total = 0;
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
        const std::size_t end = count - begin < kBlock ? count : begin + kBlock;
        typename L::Row squares = L::zero();
        for (std::size_t i = begin; i < end; i += kPanel) squares = L::squareAdd(squares, L::load(a + i));
        total += static_cast<double>(L::sum(squares));
    }
    return total;
}

template <class L>
void adamw(std::size_t count, const AdamWStep& s, const float* gradient, float* weights, float* first,
           float* second) {
    using Row = typename L::Row;
    for (std::size_t i = 0; i < count; i += kPanel) {
        const Row g = L::scale(L::load(gradient + i), s.gradientFactor);
        const Row m = L::addScaled(L::scale(L::load(first + i), s.beta1), g, 1.0F - s.beta1);
        const Row v = L::addScaled(L::scale(L::load(second + i), s.beta2), L::multiply(g, g), 1.0F - s.beta2);
        L::store(first + i, m);
        L::store(second + i, v);
        const Row root = L::addScaled(L::broadcast(s.epsilon), L::squareRoot(v), s.inverseRoot);
        L::store(weights + i,
                 L::addScaled(L::scale(L::load(weights + i), s.keep), L::divide(m, root), -s.rate));
    }
}

template <class L>
void pack(const float* from, int rows, int columns, float* to) {
    for (int j = 0; j < columns; j += kPanel)
        for (int r = 0; r < rows; ++r, to += kPanel) {
            const float* p = from + static_cast<std::ptrdiff_t>(r) * columns + j;
            L::store(to, columns - j >= kPanel ? L::loadUnaligned(p) : L::loadFirst(p, columns - j));
        }
}

template <class L>
void packAcross(const float* from, int rows, int columns, float* to) {
    alignas(64) float block[kPanel * kPanel], turned[kPanel * kPanel];
    for (int j = 0; j < rows; j += kPanel)
        for (int k = 0; k < columns; k += kPanel) {
            for (int r = 0; r < kPanel; ++r) {
                const float* p = from + static_cast<std::ptrdiff_t>(j + r) * columns + k;
                typename L::Row x = L::zero();
                if (j + r < rows)
                    x = columns - k >= kPanel ? L::loadUnaligned(p) : L::loadFirst(p, columns - k);
                L::store(block + r * kPanel, x);
            }
            L::transpose(block, turned);
            const int inside = columns - k < kPanel ? columns - k : kPanel;
            for (int c = 0; c < inside; ++c, to += kPanel) L::store(to, L::load(turned + c * kPanel));
        }
}

}  // namespace
}  // namespace latent::learn::transformer::detail

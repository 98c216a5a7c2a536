// SPDX-License-Identifier: Apache-2.0
#pragma once
// The inner loop of every small matrix product: a tile of R rows by C panels of sixteen columns whose accumulators stay in
// registers, while one operand is read as whole panel rows and the other is broadcast element by element.
//
// Over a Lanes policy (lanes_*.hpp). Every output element is one chain of multiply-adds in a fixed order, so a result does
// not depend on how rows are tiled. In an unnamed namespace for the reason given in lanes_portable.hpp.
// No state: threads may share what is read, each accumulates and stores its own.
//
//     tileRows<L::kMaxRows>(rows, [&]<int R>(int first) {
//         typename L::Row acc[R][2] = {};
//         accumulate<L, R, 2, Broadcast::Rows>(acc, a + first * stride, stride, b, panelStep, kPanel, depth);
//     });

#include <cstddef>

#include "latent/learn/aligned.hpp"

namespace latent::learn::simd {
namespace {

/// How the broadcast operand lies: element (r, k) at a[r·stride + k], or transposed at a[r + k·stride].
enum class Broadcast { Rows, Columns };

/// acc[r][c] += Σ_k a(r, k) · b[c·panelStep + k·rowStep … + 15]
template <class L, int R, int C, Broadcast How>
[[gnu::always_inline]] inline void accumulate(typename L::Row (&acc)[R][C], const float* a,
                                              std::ptrdiff_t stride, const float* b, std::ptrdiff_t panelStep,
                                              std::ptrdiff_t rowStep, int depth) {
    for (int k = 0; k < depth; ++k) {
        typename L::Row row[C];
#pragma GCC unroll 4
        for (int c = 0; c < C; ++c) row[c] = L::load(b + c * panelStep);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const float* scalar = How == Broadcast::Rows ? a + r * stride : a + r;
            if constexpr (C == 1) {
                L::multiplyAdd(acc[r][0], scalar, row[0]);
            } else {
                const typename L::Row s = L::broadcast(*scalar);
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) acc[r][c] = L::multiplyAdd(s, row[c], acc[r][c]);
            }
        }
        a += How == Broadcast::Rows ? 1 : stride;
        b += rowStep;
    }
}

/// Calls body.template operator()<R>(first) for tiles covering rows 0 … rows-1: of MaxRows, and of MaxRows-1 where that makes
/// them fit exactly, so that no thin remainder is left.
template <int MaxRows, class Body>
[[gnu::always_inline]] inline void tileRows(int rows, Body body) {
    int first = 0;
    const int remainder = rows % MaxRows;
    int shorter = remainder == 0 ? 0 : MaxRows - remainder;
    if (shorter * (MaxRows - 1) > rows) shorter = 0;
    const int longer = (rows - shorter * (MaxRows - 1)) / MaxRows;
    for (int i = 0; i < longer; ++i, first += MaxRows) body.template operator()<MaxRows>(first);
    if constexpr (MaxRows > 1)
        for (int i = 0; i < shorter; ++i, first += MaxRows - 1) body.template operator()<MaxRows - 1>(first);
    for (; first < rows; ++first) body.template operator()<1>(first);
}

}  // namespace
}  // namespace latent::learn::simd

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Causal attention of one head of one sequence, forward and backward, over a Lanes policy. Internal to kernels_*.cpp.
//
// Scores exist for a block of queries at a time and are made again in the backward pass from the row's largest score and sum, as in
// FlashAttention (Dao et al., arXiv 2205.14135). Products skip what the mask hides, up to a tile; the rest of a tile is zero.
#include "head_body.hpp"

namespace latent::learn::transformer::detail {
namespace {

/// scores [count, …] of queries first … first+count-1 with all keys up to the last of their tile: rows of `a` times `across`.
template <class L>
[[gnu::always_inline]] inline void scoreBlock(const Head& h, const float* a, const float* across, int begin,
                                              int count, float* scores, int stride) {
    const int padded = roundUpToPanel(h.width);
    tileRows<L::kMaxRows>(count, [&]<int R>(int first) {
        groupPanels<L::kMaxPanels>(roundUpToPanel(begin + first + R) / kPanel, [&]<int C>(int panel) {
            typename L::Row acc[R][C];
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) acc[r][c] = L::zero();
            accumulate<L, R, C, Broadcast::Rows>(
                acc, a + static_cast<std::ptrdiff_t>(begin + first) * padded, padded,
                across + static_cast<std::ptrdiff_t>(panel) * kPanel * padded,
                static_cast<std::ptrdiff_t>(padded) * kPanel, kPanel, h.width);
            eachOf<R, C>(first, panel, stride,
                         [&](int r, int c, std::ptrdiff_t at) { L::store(scores + at, acc[r][c]); });
        });
    });
}

/// Rows of weights times right [rows, width]: keys up to the last query of a tile only. finish(acc, first row of the block, panel).
template <class L, class Finish>
[[gnu::always_inline]] inline void mixBlock(const Head& h, const float* weights, int stride,
                                            const float* right, int begin, int count, Finish finish) {
    const int padded = roundUpToPanel(h.width);
    groupPanels<L::kMaxPanels>(padded / kPanel, [&]<int C>(int panel) {
        tileRows<L::kMaxRows>(count, [&]<int R>(int first) {
            typename L::Row acc[R][C];
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) acc[r][c] = L::zero();
            accumulate<L, R, C, Broadcast::Rows>(acc, weights + static_cast<std::ptrdiff_t>(first) * stride,
                                                 stride, right + panel * kPanel, kPanel, padded,
                                                 begin + first + R);
            finish.template operator()<R, C>(acc, first, panel);
        });
    });
}

/// Adds weightsᵀ·rows of the block to out [rows, width]: what queries begin … begin+count-1 send to each key.
template <class L>
[[gnu::always_inline]] inline void spreadBlock(const Head& h, const float* weights, int stride,
                                               const float* rows, int begin, int count, float* out) {
    const int padded = roundUpToPanel(h.width);
    groupPanels<L::kMaxPanels>(padded / kPanel, [&]<int C>(int panel) {
        tileRows<L::kMaxRows>(begin + count, [&]<int R>(int key) {
            typename L::Row acc[R][C];
            float* to = out + static_cast<std::ptrdiff_t>(key) * padded + panel * kPanel;
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) acc[r][c] = L::load(to + r * padded + c * kPanel);
            const int skip = key > begin ? key - begin : 0;  // earlier queries do not see these keys
            accumulate<L, R, C, Broadcast::Columns>(
                acc, weights + static_cast<std::ptrdiff_t>(skip) * stride + key, stride,
                rows + static_cast<std::ptrdiff_t>(begin + skip) * padded + panel * kPanel, kPanel, padded,
                count - skip);
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
                for (int c = 0; c < C; ++c) L::store(to + r * padded + c * kPanel, acc[r][c]);
        });
    });
}

template <class L>
void attentionForward(const Head& h, float* out, int stride, float* map) {
    using Row = typename L::Row;
    const int across = scoreStride(h.rows);
    turnHead<L>(h.k, h.rows, h.width, h.keysAcross);
    for (int begin = 0; begin < h.rows; begin += kQueryBlock) {
        const int count = h.rows - begin < kQueryBlock ? h.rows - begin : kQueryBlock;
        scoreBlock<L>(h, h.q, h.keysAcross, begin, count, h.scores, across);
        for (int r = 0; r < count; ++r) {
            float* row = h.scores + static_cast<std::ptrdiff_t>(r) * across;
            const int keys = begin + r + 1, whole = keys / kPanel * kPanel, rest = keys - whole;
            Row most = L::broadcast(-3e38F);
            for (int j = 0; j < whole; j += kPanel) most = L::max(most, L::load(row + j));
            if (rest > 0) most = L::max(most, L::keepFirst(L::load(row + whole), rest, most));
            const float largest = L::largest(most);
            const Row shift = L::broadcast(-largest);
            Row total = L::zero();
            for (int j = 0; j < whole; j += kPanel) {
                const Row e = simd::exponential<L>(L::add(L::load(row + j), shift));
                L::store(row + j, e);
                total = L::add(total, e);
            }
            int end = whole;
            if (rest > 0) {
                const Row e =
                    L::keepFirst(simd::exponential<L>(L::add(L::load(row + whole), shift)), rest, L::zero());
                L::store(row + whole, e);
                total = L::add(total, e);
                end += kPanel;
            }
            for (; end < begin + count; end += kPanel) L::store(row + end, L::zero());
            h.largest[begin + r] = largest;
            h.inverse[begin + r] = 1.0F / L::sum(total);
            if (map)
                for (int j = 0; j < keys; ++j)
                    map[static_cast<std::ptrdiff_t>(begin + r) * h.rows + j] = row[j] * h.inverse[begin + r];
        }
        mixBlock<L>(
            h, h.scores, across, h.v, begin, count, [&]<int R, int C>(Row(&acc)[R][C], int first, int panel) {
                for (int r = 0; r < R; ++r)
                    for (int c = 0; c < C; ++c)
                        storeColumns<L>(out + static_cast<std::ptrdiff_t>(begin + first + r) * stride +
                                            (panel + c) * kPanel,
                                        L::scale(acc[r][c], h.inverse[begin + first + r]),
                                        h.width - (panel + c) * kPanel);
            });
    }
}

/// With weights P and their gradient P' = dout·vᵀ: the scores' gradient is P∘(P' − Σ dout∘out).
template <class L>
void attentionBackward(const Head& h, const float* out, const float* dout, int stride, float* dq, float* dk,
                       float* dv) {
    using Row = typename L::Row;
    const int padded = roundUpToPanel(h.width), across = scoreStride(h.rows);
    turnHead<L>(h.k, h.rows, h.width, h.keysAcross);
    turnHead<L>(h.v, h.rows, h.width, h.valuesAcross);
    for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(h.rows) * padded; i += kPanel) {
        L::store(dk + i, L::zero());
        L::store(dv + i, L::zero());
    }
    for (int begin = 0; begin < h.rows; begin += kQueryBlock) {
        const int count = h.rows - begin < kQueryBlock ? h.rows - begin : kQueryBlock;
        float means[kQueryBlock];
        for (int r = 0; r < count; ++r) {
            Row sum = L::zero();
            for (int c = 0; c < h.width; c += kPanel) {
                const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(begin + r) * stride + c;
                const Row g = loadColumns<L>(dout + at, h.width - c);
                L::store(h.gradient + static_cast<std::ptrdiff_t>(begin + r) * padded + c, g);
                sum = L::multiplyAdd(g, loadColumns<L>(out + at, h.width - c), sum);
            }
            means[r] = L::sum(sum);
        }
        scoreBlock<L>(h, h.q, h.keysAcross, begin, count, h.scores, across);
        scoreBlock<L>(h, h.gradient, h.valuesAcross, begin, count, h.slopes, across);
        for (int r = 0; r < count; ++r) {
            float* row = h.scores + static_cast<std::ptrdiff_t>(r) * across;
            float* slope = h.slopes + static_cast<std::ptrdiff_t>(r) * across;
            const int keys = begin + r + 1;
            const Row shift = L::broadcast(-h.largest[begin + r]), mean = L::broadcast(-means[r]);
            const float inverse = h.inverse[begin + r];
            int j = 0;
            for (; j < keys; j += kPanel) {
                Row p = L::scale(simd::exponential<L>(L::add(L::load(row + j), shift)), inverse);
                Row s = L::multiply(p, L::add(L::load(slope + j), mean));
                if (j + kPanel > keys) {
                    p = L::keepFirst(p, keys - j, L::zero());
                    s = L::keepFirst(s, keys - j, L::zero());
                }
                L::store(row + j, p);
                L::store(slope + j, s);
            }
            for (; j < begin + count; j += kPanel) {
                L::store(row + j, L::zero());
                L::store(slope + j, L::zero());
            }
        }
        mixBlock<L>(h, h.slopes, across, h.k, begin, count,
                    [&]<int R, int C>(Row(&acc)[R][C], int first, int panel) {
                        eachOf<R, C>(begin + first, panel, padded,
                                     [&](int r, int c, std::ptrdiff_t at) { L::store(dq + at, acc[r][c]); });
                    });
        spreadBlock<L>(h, h.scores, across, h.gradient, begin, count, dv);
        spreadBlock<L>(h, h.slopes, across, h.q, begin, count, dk);
    }
}

}  // namespace
}  // namespace latent::learn::transformer::detail

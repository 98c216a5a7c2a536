// SPDX-License-Identifier: Apache-2.0
// Attention of a pass: a block of queries of one head at a time, over the keys up to its last query only.
#include <algorithm>
#include <cmath>

#include "decoder/pass.hpp"

namespace icl_graphs {

void Pass::store(Cache& cache) {
    const auto turn = [&](float* head, int position) {
        if (c.rotaryWidth == 0) return;
        const auto at = static_cast<std::size_t>(position) * static_cast<std::size_t>(m_rotary.pairs);
        k.turn(head, m_rotary.cosine.data() + at, m_rotary.sine.data() + at, m_rotary.pairs);
    };
    eachSixteen([&](int first, int count, int) {
        for (int r = first; r < first + count; ++r) {
            const int position = m_first + r;
            for (int h = 0; h < c.heads; ++h) turn(m_q.row(r) + h * c.headWidth, position);
            for (int h = 0; h < c.kvHeads; ++h) {
                float* key = m_k.row(r) + h * c.headWidth;
                turn(key, position);
                float* panel = cache.keysOf(h) +
                               static_cast<std::ptrdiff_t>(position / kPanel) * c.headWidth * kPanel +
                               position % kPanel;
                for (int d = 0; d < c.headWidth; ++d) panel[static_cast<std::ptrdiff_t>(d) * kPanel] = key[d];
                std::copy_n(m_v.row(r) + h * c.headWidth, c.headWidth,
                            cache.valuesOf(h) + static_cast<std::ptrdiff_t>(position) * cache.valueStride);
            }
        }
    });
}

void Pass::attend(int layer, Cache& cache) {
    const int blocks = (m_rows + kQueries - 1) / kQueries, keysPadded = roundUpToPanel(m_first + m_rows);
    const float scale = static_cast<float>(1 / std::sqrt(static_cast<double>(c.headWidth)));
    // The long ones first.
    m_team.each(static_cast<std::size_t>(blocks * c.heads), [&](std::size_t piece, int thread) {
        const int b = blocks - 1 - static_cast<int>(piece) / c.heads, h = static_cast<int>(piece) % c.heads,
                  kv = h / c.groupSize();
        const int first = b * kQueries, rows = std::min(kQueries, m_rows - first),
                  keys = m_first + first + rows, padded = roundUpToPanel(keys);
        float *s = m_scores[static_cast<std::size_t>(thread)].data(),
              *mixed = m_mixed[static_cast<std::size_t>(thread)].data();
        k.product(m_q.row(first) + h * c.headWidth, m_q.stride, rows, cache.keysOf(kv),
                  static_cast<std::ptrdiff_t>(c.headWidth) * kPanel, kPanel, padded / kPanel, c.headWidth, s,
                  keysPadded);
        for (int r = 0; r < rows; ++r)
            k.softmax(s + static_cast<std::ptrdiff_t>(r) * keysPadded, m_first + first + r + 1, padded,
                      scale);
        if (m_run.attention) m_run.attention({layer, h, m_first + first, rows, keys, keysPadded, s});
        k.product(s, keysPadded, rows, cache.valuesOf(kv), kPanel, cache.valueStride,
                  cache.valueStride / kPanel, keys, mixed, cache.valueStride);
        for (int r = 0; r < rows; ++r)
            std::copy_n(mixed + static_cast<std::ptrdiff_t>(r) * cache.valueStride, c.headWidth,
                        m_heads.floats.row(first + r) + h * c.headWidth);
    });
}

}  // namespace icl_graphs

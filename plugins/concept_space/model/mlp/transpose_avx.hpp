// SPDX-License-Identifier: Apache-2.0
#pragma once
// Transposes one 16×16 block of floats (both sides contiguous and aligned) in AVX registers. Internal to the
// kernel units that are compiled with AVX; in an unnamed namespace for the reason given in kernel_body.hpp.
#include <immintrin.h>

#include "panels.hpp"

namespace concept_space::mlp::detail {
namespace {

inline void transpose8(const float* src, float* dst) {
    __m256 r[8], t[8];
    // Rows n and n+4 share a register, so that the shuffles below stay inside 128-bit lanes.
    for (int n = 0; n < 4; ++n) {
        r[n] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(src + n * kPanel)),
                                    _mm_load_ps(src + (n + 4) * kPanel), 1);
        r[n + 4] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(src + n * kPanel + 4)),
                                        _mm_load_ps(src + (n + 4) * kPanel + 4), 1);
    }
    for (int h = 0; h < 8; h += 4) {
        t[h] = _mm256_unpacklo_ps(r[h], r[h + 1]);
        t[h + 1] = _mm256_unpackhi_ps(r[h], r[h + 1]);
        t[h + 2] = _mm256_unpacklo_ps(r[h + 2], r[h + 3]);
        t[h + 3] = _mm256_unpackhi_ps(r[h + 2], r[h + 3]);
    }
    for (int h = 0; h < 8; h += 4) {
        _mm256_store_ps(dst + h * kPanel, _mm256_shuffle_ps(t[h], t[h + 2], 0x44));
        _mm256_store_ps(dst + (h + 1) * kPanel, _mm256_shuffle_ps(t[h], t[h + 2], 0xEE));
        _mm256_store_ps(dst + (h + 2) * kPanel, _mm256_shuffle_ps(t[h + 1], t[h + 3], 0x44));
        _mm256_store_ps(dst + (h + 3) * kPanel, _mm256_shuffle_ps(t[h + 1], t[h + 3], 0xEE));
    }
}

inline void transposeBlock(const float* src, float* dst) {
    for (int i = 0; i < kPanel; i += 8)
        for (int j = 0; j < kPanel; j += 8) transpose8(src + i * kPanel + j, dst + j * kPanel + i);
}

}  // namespace
}  // namespace concept_space::mlp::detail

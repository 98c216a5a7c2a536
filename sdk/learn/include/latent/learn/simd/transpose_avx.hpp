// SPDX-License-Identifier: Apache-2.0
#pragma once
// Transposes a 16×16 block of floats (aligned; rows `stride` floats apart) in AVX registers: what lanes_avx2.hpp and
// lanes_avx512.hpp call. In an unnamed namespace for the reason given in lanes_portable.hpp. No state: for any thread.
//
//     latent::learn::simd::transposeBlock(src, 16, dst, 16);

#include <immintrin.h>

#include "latent/learn/aligned.hpp"

namespace latent::learn::simd {
namespace {

inline void transpose8(const float* src, int srcStride, float* dst, int dstStride) {
    __m256 r[8], t[8];
    // Rows n and n+4 share a register, so that the shuffles below stay inside 128-bit lanes.
    for (int n = 0; n < 4; ++n) {
        r[n] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(src + n * srcStride)),
                                    _mm_load_ps(src + (n + 4) * srcStride), 1);
        r[n + 4] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(src + n * srcStride + 4)),
                                        _mm_load_ps(src + (n + 4) * srcStride + 4), 1);
    }
    for (int h = 0; h < 8; h += 4) {
        t[h] = _mm256_unpacklo_ps(r[h], r[h + 1]);
        t[h + 1] = _mm256_unpackhi_ps(r[h], r[h + 1]);
        t[h + 2] = _mm256_unpacklo_ps(r[h + 2], r[h + 3]);
        t[h + 3] = _mm256_unpackhi_ps(r[h + 2], r[h + 3]);
    }
    for (int h = 0; h < 8; h += 4) {
        _mm256_store_ps(dst + h * dstStride, _mm256_shuffle_ps(t[h], t[h + 2], 0x44));
        _mm256_store_ps(dst + (h + 1) * dstStride, _mm256_shuffle_ps(t[h], t[h + 2], 0xEE));
        _mm256_store_ps(dst + (h + 2) * dstStride, _mm256_shuffle_ps(t[h + 1], t[h + 3], 0x44));
        _mm256_store_ps(dst + (h + 3) * dstStride, _mm256_shuffle_ps(t[h + 1], t[h + 3], 0xEE));
    }
}

inline void transposeBlock(const float* src, int srcStride, float* dst, int dstStride) {
    for (int i = 0; i < kPanel; i += 8)
        for (int j = 0; j < kPanel; j += 8)
            transpose8(src + i * srcStride + j, srcStride, dst + j * dstStride + i, dstStride);
}

}  // namespace
}  // namespace latent::learn::simd

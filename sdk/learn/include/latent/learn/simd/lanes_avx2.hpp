// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sixteen floats in two AVX registers. For translation units that are compiled with -mavx2 -mfma and called only where
// hasInstructions(Instructions::Avx2); see lanes_portable.hpp for what each operation does. No state: for any thread.
//
//     using L = latent::learn::simd::Avx2Lanes;
//     L::store(out, L::add(L::load(a), L::load(b)));

#include <immintrin.h>

#include "latent/learn/simd/transpose_avx.hpp"

namespace latent::learn::simd {
namespace {

struct Avx2Lanes {
    struct Row {
        __m256 low, high;
    };
    static constexpr int kMaxRows = 6;  // 6×16 = 12 accumulators, 2 panel registers and a broadcast out of 16
    static constexpr int kMaxPanels = 1;

    static Row zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    static Row broadcast(float s) { return {_mm256_set1_ps(s), _mm256_set1_ps(s)}; }
    static Row load(const float* p) { return {_mm256_load_ps(p), _mm256_load_ps(p + 8)}; }
    static void store(float* p, Row x) {
        _mm256_store_ps(p, x.low);
        _mm256_store_ps(p + 8, x.high);
    }
    static Row loadUnaligned(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
    static void storeUnaligned(float* p, Row x) {
        _mm256_storeu_ps(p, x.low);
        _mm256_storeu_ps(p + 8, x.high);
    }
    static Row loadFirst(const float* p, int n) {
        return {_mm256_maskload_ps(p, first(n)), _mm256_maskload_ps(p + 8, first(n - 8))};
    }
    static void storeFirst(float* p, Row x, int n) {
        _mm256_maskstore_ps(p, first(n), x.low);
        _mm256_maskstore_ps(p + 8, first(n - 8), x.high);
    }
    static Row keepFirst(Row x, int n, Row other) {
        return {_mm256_blendv_ps(other.low, x.low, _mm256_castsi256_ps(first(n))),
                _mm256_blendv_ps(other.high, x.high, _mm256_castsi256_ps(first(n - 8)))};
    }

    static void multiplyAdd(Row& acc, const float* scalar, Row b) {
        const __m256 s = _mm256_broadcast_ss(scalar);
        acc.low = _mm256_fmadd_ps(s, b.low, acc.low);
        acc.high = _mm256_fmadd_ps(s, b.high, acc.high);
    }
    static Row multiplyAdd(Row a, Row b, Row c) {
        return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
    }
    static Row add(Row a, Row b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
    static Row subtract(Row a, Row b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
    static Row multiply(Row a, Row b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
    static Row divide(Row a, Row b) { return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)}; }
    static Row scale(Row a, float s) {
        const __m256 v = _mm256_set1_ps(s);
        return {_mm256_mul_ps(a.low, v), _mm256_mul_ps(a.high, v)};
    }
    static Row addScaled(Row a, Row b, float s) {
        const __m256 v = _mm256_set1_ps(s);
        return {_mm256_fmadd_ps(v, b.low, a.low), _mm256_fmadd_ps(v, b.high, a.high)};
    }
    static Row max(Row a, Row b) { return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)}; }
    static Row absolute(Row a) {
        const __m256 sign = _mm256_set1_ps(-0.0F);
        return {_mm256_andnot_ps(sign, a.low), _mm256_andnot_ps(sign, a.high)};
    }
    static Row squareRoot(Row a) { return {_mm256_sqrt_ps(a.low), _mm256_sqrt_ps(a.high)}; }
    static Row rectify(Row a) {
        const __m256 z = _mm256_setzero_ps();
        return {_mm256_max_ps(z, a.low), _mm256_max_ps(z, a.high)};  // this order keeps NaN
    }
    static Row gate(Row a, Row by) {
        const __m256 z = _mm256_setzero_ps();
        return {_mm256_and_ps(a.low, _mm256_cmp_ps(by.low, z, _CMP_GT_OQ)),
                _mm256_and_ps(a.high, _mm256_cmp_ps(by.high, z, _CMP_GT_OQ))};
    }
    static Row choose(Row by, Row positive, Row other) {
        const __m256 z = _mm256_setzero_ps();
        return {_mm256_blendv_ps(other.low, positive.low, _mm256_cmp_ps(by.low, z, _CMP_GT_OQ)),
                _mm256_blendv_ps(other.high, positive.high, _mm256_cmp_ps(by.high, z, _CMP_GT_OQ))};
    }
    static Row squareAdd(Row acc, Row r) {
        return {_mm256_fmadd_ps(r.low, r.low, acc.low), _mm256_fmadd_ps(r.high, r.high, acc.high)};
    }
    static float sum(Row a) {
        const __m256 t = _mm256_add_ps(a.low, a.high);
        __m128 u = _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
        u = _mm_add_ps(u, _mm_movehl_ps(u, u));
        return _mm_cvtss_f32(_mm_add_ss(u, _mm_shuffle_ps(u, u, 1)));
    }
    static float largest(Row a) {
        const __m256 t = _mm256_max_ps(a.low, a.high);
        __m128 u = _mm_max_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
        u = _mm_max_ps(u, _mm_movehl_ps(u, u));
        return _mm_cvtss_f32(_mm_max_ss(u, _mm_shuffle_ps(u, u, 1)));
    }
    static Row swapPairs(Row a) { return {_mm256_permute_ps(a.low, 0xB1), _mm256_permute_ps(a.high, 0xB1)}; }
    static Row round(Row a) {
        constexpr int mode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        return {_mm256_round_ps(a.low, mode), _mm256_round_ps(a.high, mode)};
    }
    static Row timesTwoTo(Row a, Row n) { return {timesTwoTo(a.low, n.low), timesTwoTo(a.high, n.high)}; }

    static void transpose(const float* src, float* dst) { transposeBlock(src, kPanel, dst, kPanel); }
    static void transpose(const float* src, int srcStride, float* dst, int dstStride) {
        transposeBlock(src, srcStride, dst, dstStride);
    }

  private:
    static __m256i first(int n) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static __m256 timesTwoTo(__m256 a, __m256 n) {
        return _mm256_castsi256_ps(
            _mm256_add_epi32(_mm256_castps_si256(a), _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23)));
    }
};

}  // namespace
}  // namespace latent::learn::simd

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sixteen floats in one AVX-512F register. For translation units that are compiled with -mavx512f and called only where
// hasInstructions(Instructions::Avx512); see lanes_portable.hpp for what each operation does. No state: for any thread.
//
//     using L = latent::learn::simd::Avx512Lanes;
//     L::store(out, L::add(L::load(a), L::load(b)));

#include <immintrin.h>

#include "latent/learn/simd/transpose_avx.hpp"

namespace latent::learn::simd {
namespace {

struct Avx512Lanes {
    struct Row {
        __m512 v;
    };
    static constexpr int kMaxRows = 8;    // eight accumulators just cover the latency of two FMA pipes
    static constexpr int kMaxPanels = 2;  // with two panels a broadcast serves two multiply-adds

    static Row zero() { return {_mm512_setzero_ps()}; }
    static Row broadcast(float s) { return {_mm512_set1_ps(s)}; }
    static Row load(const float* p) { return {_mm512_load_ps(p)}; }
    static void store(float* p, Row x) { _mm512_store_ps(p, x.v); }
    static Row loadUnaligned(const float* p) { return {_mm512_loadu_ps(p)}; }
    static void storeUnaligned(float* p, Row x) { _mm512_storeu_ps(p, x.v); }
    static Row loadFirst(const float* p, int n) { return {_mm512_maskz_loadu_ps(first(n), p)}; }
    static void storeFirst(float* p, Row x, int n) { _mm512_mask_storeu_ps(p, first(n), x.v); }
    static Row keepFirst(Row x, int n, Row other) { return {_mm512_mask_mov_ps(other.v, first(n), x.v)}; }

    static void multiplyAdd(Row& acc, const float* scalar, Row b) {
        acc.v = _mm512_fmadd_ps(_mm512_set1_ps(*scalar), b.v, acc.v);
    }
    static Row multiplyAdd(Row a, Row b, Row c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
    static Row add(Row a, Row b) { return {_mm512_add_ps(a.v, b.v)}; }
    static Row subtract(Row a, Row b) { return {_mm512_sub_ps(a.v, b.v)}; }
    static Row multiply(Row a, Row b) { return {_mm512_mul_ps(a.v, b.v)}; }
    static Row divide(Row a, Row b) { return {_mm512_div_ps(a.v, b.v)}; }
    static Row scale(Row a, float s) { return {_mm512_mul_ps(a.v, _mm512_set1_ps(s))}; }
    static Row addScaled(Row a, Row b, float s) { return {_mm512_fmadd_ps(_mm512_set1_ps(s), b.v, a.v)}; }
    static Row max(Row a, Row b) { return {_mm512_max_ps(a.v, b.v)}; }
    static Row absolute(Row a) { return {_mm512_abs_ps(a.v)}; }
    static Row squareRoot(Row a) { return {_mm512_sqrt_ps(a.v)}; }
    static Row rectify(Row a) { return {_mm512_max_ps(_mm512_setzero_ps(), a.v)}; }  // this order keeps NaN
    static Row gate(Row a, Row by) {
        return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(by.v, _mm512_setzero_ps(), _CMP_GT_OQ), a.v)};
    }
    static Row choose(Row by, Row positive, Row other) {
        return {_mm512_mask_mov_ps(other.v, _mm512_cmp_ps_mask(by.v, _mm512_setzero_ps(), _CMP_GT_OQ),
                                   positive.v)};
    }
    static Row squareAdd(Row acc, Row r) { return {_mm512_fmadd_ps(r.v, r.v, acc.v)}; }
    static float sum(Row a) { return _mm512_reduce_add_ps(a.v); }
    static float largest(Row a) { return _mm512_reduce_max_ps(a.v); }
    static Row swapPairs(Row a) { return {_mm512_permute_ps(a.v, 0xB1)}; }
    static Row round(Row a) {
        return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
    }
    static Row timesTwoTo(Row a, Row n) { return {_mm512_scalef_ps(a.v, n.v)}; }

    static void transpose(const float* src, float* dst) { transposeBlock(src, kPanel, dst, kPanel); }
    static void transpose(const float* src, int srcStride, float* dst, int dstStride) {
        transposeBlock(src, srcStride, dst, dstStride);
    }

  private:
    static __mmask16 first(int n) { return static_cast<__mmask16>((1U << n) - 1U); }
};

}  // namespace
}  // namespace latent::learn::simd

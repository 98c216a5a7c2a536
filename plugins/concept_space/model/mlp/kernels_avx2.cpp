// SPDX-License-Identifier: Apache-2.0
// The AVX2 + FMA variant; compiled with -mavx2 -mfma and called only where the processor has both.
#include <immintrin.h>

#include "kernel_body.hpp"
#include "transpose_avx.hpp"

namespace concept_space::mlp::detail {
namespace {

struct Avx2Lanes {
    struct Row {
        __m256 low, high;
    };
    static constexpr int kMaxRows = 6;

    static Row zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
    static Row load(const float* p) { return {_mm256_load_ps(p), _mm256_load_ps(p + 8)}; }
    static void store(float* p, Row x) {
        _mm256_store_ps(p, x.low);
        _mm256_store_ps(p + 8, x.high);
    }
    static void multiplyAdd(Row& acc, const float* scalar, Row b) {
        const __m256 s = _mm256_broadcast_ss(scalar);
        acc.low = _mm256_fmadd_ps(s, b.low, acc.low);
        acc.high = _mm256_fmadd_ps(s, b.high, acc.high);
    }
    static Row add(Row a, Row b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
    static Row subtract(Row a, Row b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
    static Row scale(Row a, float s) {
        const __m256 v = _mm256_set1_ps(s);
        return {_mm256_mul_ps(a.low, v), _mm256_mul_ps(a.high, v)};
    }
    static Row addScaled(Row a, Row b, float s) {
        const __m256 v = _mm256_set1_ps(s);
        return {_mm256_fmadd_ps(v, b.low, a.low), _mm256_fmadd_ps(v, b.high, a.high)};
    }
    static Row rectify(Row a) {
        const __m256 z = _mm256_setzero_ps();
        return {_mm256_max_ps(z, a.low), _mm256_max_ps(z, a.high)};  // this order keeps NaN
    }
    static Row gate(Row a, Row by) {
        const __m256 z = _mm256_setzero_ps();
        return {_mm256_and_ps(a.low, _mm256_cmp_ps(by.low, z, _CMP_GT_OQ)),
                _mm256_and_ps(a.high, _mm256_cmp_ps(by.high, z, _CMP_GT_OQ))};
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

    static void transpose(const float* src, float* dst) { transposeBlock(src, dst); }
};

constexpr Kernels kKernels = makeKernels<Avx2Lanes>("avx2");

}  // namespace

const Kernels& avx2Kernels() { return kKernels; }

}  // namespace concept_space::mlp::detail

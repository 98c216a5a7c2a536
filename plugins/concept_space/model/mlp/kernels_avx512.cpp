// SPDX-License-Identifier: Apache-2.0
// The AVX-512F variant: a panel row is one register, the broadcasts fold into the multiply-adds. Compiled
// with -mavx512f and called only where the processor has it. Eight accumulators just cover the latency of two
// FMA pipes.
#include <immintrin.h>

#include "kernel_body.hpp"
#include "transpose_avx.hpp"

namespace concept_space::mlp::detail {
namespace {

struct Avx512Lanes {
    struct Row {
        __m512 v;
    };
    static constexpr int kMaxRows = 8;

    static Row zero() { return {_mm512_setzero_ps()}; }
    static Row load(const float* p) { return {_mm512_load_ps(p)}; }
    static void store(float* p, Row x) { _mm512_store_ps(p, x.v); }
    static void multiplyAdd(Row& acc, const float* scalar, Row b) {
        acc.v = _mm512_fmadd_ps(_mm512_set1_ps(*scalar), b.v, acc.v);
    }
    static Row add(Row a, Row b) { return {_mm512_add_ps(a.v, b.v)}; }
    static Row subtract(Row a, Row b) { return {_mm512_sub_ps(a.v, b.v)}; }
    static Row scale(Row a, float s) { return {_mm512_mul_ps(a.v, _mm512_set1_ps(s))}; }
    static Row addScaled(Row a, Row b, float s) { return {_mm512_fmadd_ps(_mm512_set1_ps(s), b.v, a.v)}; }
    static Row rectify(Row a) { return {_mm512_max_ps(_mm512_setzero_ps(), a.v)}; }  // this order keeps NaN
    static Row gate(Row a, Row by) {
        return {_mm512_maskz_mov_ps(_mm512_cmp_ps_mask(by.v, _mm512_setzero_ps(), _CMP_GT_OQ), a.v)};
    }
    static Row squareAdd(Row acc, Row r) { return {_mm512_fmadd_ps(r.v, r.v, acc.v)}; }
    static float sum(Row a) { return _mm512_reduce_add_ps(a.v); }
    static void transpose(const float* src, float* dst) { transposeBlock(src, dst); }
};

constexpr Kernels kKernels = makeKernels<Avx512Lanes>("avx512");

}  // namespace

const Kernels& avx512Kernels() { return kKernels; }

}  // namespace concept_space::mlp::detail

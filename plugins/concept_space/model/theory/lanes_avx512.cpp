// SPDX-License-Identifier: Apache-2.0
// The kernels for AVX-512; compiled with -mavx512f and called only on processors that have it.
#include <immintrin.h>

#include "theory/lane_eigenvalues.hpp"
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes8 [[gnu::vector_size(64)]] = double;

namespace {
struct Root8 {
    static Lanes8 of(Lanes8 x) {
        return reinterpret_cast<Lanes8>(_mm512_sqrt_pd(reinterpret_cast<__m512d>(x)));
    }
};
}  // namespace

void integrateSingleAvx512(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateAvx512(const LaneGroup& group) { integrateLanes<Lanes8>(group); }
void smallestAvx512(const double* w, int dim, long count, double* smallest) {
    smallestEigenvalues<Lanes8, Root8>(w, dim, count, smallest);
}

}  // namespace concept_space::theory

// SPDX-License-Identifier: Apache-2.0
// The kernels for AVX2; compiled with -mavx2 and called only on processors that have it.
#include <immintrin.h>

#include "theory/lane_eigenvalues.hpp"
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes4 [[gnu::vector_size(32)]] = double;

namespace {
struct Root4 {
    static Lanes4 of(Lanes4 x) {
        return reinterpret_cast<Lanes4>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(x)));
    }
};
}  // namespace

void integrateSingleAvx2(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateAvx2(const LaneGroup& group) { integrateLanes<Lanes4>(group); }
void smallestAvx2(const double* w, int dim, long count, double* smallest) {
    smallestEigenvalues<Lanes4, Root4>(w, dim, count, smallest);
}

}  // namespace concept_space::theory

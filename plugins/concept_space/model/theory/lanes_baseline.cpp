// SPDX-License-Identifier: Apache-2.0
// The kernels for the instruction set that the whole build targets.
#include "theory/lane_eigenvalues.hpp"
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes2 [[gnu::vector_size(16)]] = double;

namespace {
struct Root2 {
    static Lanes2 of(Lanes2 x) { return Lanes2{__builtin_sqrt(x[0]), __builtin_sqrt(x[1])}; }
};
}  // namespace

void integrateSingle(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateBaseline(const LaneGroup& group) { integrateLanes<Lanes2>(group); }
void smallestSingle(const double* w, int dim, long count, double* smallest) {
    smallestEigenvalues<double, RootOfOne>(w, dim, count, smallest);
}
void smallestBaseline(const double* w, int dim, long count, double* smallest) {
    smallestEigenvalues<Lanes2, Root2>(w, dim, count, smallest);
}

}  // namespace concept_space::theory

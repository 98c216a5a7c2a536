// SPDX-License-Identifier: Apache-2.0
// The kernels for AVX-512; compiled with -mavx512f and called only on processors that have it.
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes8 [[gnu::vector_size(64)]] = double;

void integrateSingleAvx512(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateAvx512(const LaneGroup& group) { integrateLanes<Lanes8>(group); }

}  // namespace concept_space::theory

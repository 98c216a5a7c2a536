// SPDX-License-Identifier: Apache-2.0
// The kernels for AVX2; compiled with -mavx2 and called only on processors that have it.
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes4 [[gnu::vector_size(32)]] = double;

void integrateSingleAvx2(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateAvx2(const LaneGroup& group) { integrateLanes<Lanes4>(group); }

}  // namespace concept_space::theory

// SPDX-License-Identifier: Apache-2.0
// The kernels for the instruction set that the whole build targets.
#include "theory/lane_kernel.hpp"

namespace concept_space::theory {

using Lanes2 [[gnu::vector_size(16)]] = double;

void integrateSingle(const LaneGroup& group) { integrateLanes<double>(group); }
void integrateBaseline(const LaneGroup& group) { integrateLanes<Lanes2>(group); }

}  // namespace concept_space::theory

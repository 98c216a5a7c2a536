// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx2.hpp>

#include "kernel_body.hpp"

namespace concept_space::mlp::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::Avx2Lanes>("avx2");
}
const Kernels& avx2Kernels() { return kKernels; }
}  // namespace concept_space::mlp::detail

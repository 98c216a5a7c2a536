// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx512.hpp>

#include "kernel_body.hpp"

namespace concept_space::mlp::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::Avx512Lanes>("avx512");
}
const Kernels& avx512Kernels() { return kKernels; }
}  // namespace concept_space::mlp::detail

// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx2.hpp>

#include "model/kernels/kernel_body.hpp"

namespace hyperspectral_shadows::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::Avx2Lanes>("avx2");
}
const Kernels& avx2Kernels() { return kKernels; }
}  // namespace hyperspectral_shadows::detail

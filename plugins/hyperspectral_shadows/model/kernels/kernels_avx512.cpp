// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx512.hpp>

#include "model/kernels/kernel_body.hpp"

namespace hyperspectral_shadows::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::Avx512Lanes>("avx512");
}
const Kernels& avx512Kernels() { return kKernels; }
}  // namespace hyperspectral_shadows::detail

// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_portable.hpp>

#include "model/kernels/kernel_body.hpp"

namespace hyperspectral_shadows::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::PortableLanes>("portable");
}
const Kernels& portableKernels() { return kKernels; }
}  // namespace hyperspectral_shadows::detail

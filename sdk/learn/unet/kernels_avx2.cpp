// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx2.hpp>

#include "kernel_table.hpp"

namespace latent::learn::unet::detail {
namespace {
constexpr Kernels kKernels = makeKernels<simd::Avx2Lanes>("avx2");
}
const Kernels& avx2Kernels() { return kKernels; }
}  // namespace latent::learn::unet::detail

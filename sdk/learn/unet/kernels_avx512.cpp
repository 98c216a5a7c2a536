// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx512.hpp>

#include "kernel_table.hpp"

namespace latent::learn::unet::detail {
namespace {
constexpr Kernels kKernels = makeKernels<simd::Avx512Lanes>("avx512");
}
const Kernels& avx512Kernels() { return kKernels; }
}  // namespace latent::learn::unet::detail

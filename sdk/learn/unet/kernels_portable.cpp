// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_portable.hpp>

#include "kernel_table.hpp"

namespace latent::learn::unet::detail {
namespace {
constexpr Kernels kKernels = makeKernels<simd::PortableLanes>("portable");
}
const Kernels& portableKernels() { return kKernels; }
}  // namespace latent::learn::unet::detail

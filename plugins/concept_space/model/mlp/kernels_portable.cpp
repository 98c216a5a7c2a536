// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_portable.hpp>

#include "kernel_body.hpp"

namespace concept_space::mlp::detail {
namespace {
constexpr Kernels kKernels = makeKernels<latent::learn::simd::PortableLanes>("portable");
}
const Kernels& portableKernels() { return kKernels; }
}  // namespace concept_space::mlp::detail

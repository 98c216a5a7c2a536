// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_portable.hpp>

#include "decoder/kernel_body.hpp"

namespace icl_graphs {
namespace {
constexpr DecoderKernels kKernels = makeDecoderKernels<simd::PortableLanes>();
}
const DecoderKernels& portableDecoderKernels() { return kKernels; }
}  // namespace icl_graphs

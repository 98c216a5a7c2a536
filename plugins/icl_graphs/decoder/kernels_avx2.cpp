// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx2.hpp>

#include "decoder/kernel_body.hpp"

namespace icl_graphs {
namespace {
constexpr DecoderKernels kKernels = makeDecoderKernels<simd::Avx2Lanes>();
}
const DecoderKernels& avx2DecoderKernels() { return kKernels; }
}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include <latent/learn/simd/lanes_avx512.hpp>

#include "decoder/kernel_body.hpp"

namespace icl_graphs {
namespace {
constexpr DecoderKernels kKernels = makeDecoderKernels<simd::Avx512Lanes>();
}
const DecoderKernels& avx512DecoderKernels() { return kKernels; }
}  // namespace icl_graphs

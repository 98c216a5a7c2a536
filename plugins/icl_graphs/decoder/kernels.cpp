// SPDX-License-Identifier: Apache-2.0
#include "decoder/kernels.hpp"

namespace icl_graphs {

const DecoderKernels& decoderKernels(latent::learn::Instructions instructions) {
    using latent::learn::Instructions;
#ifdef LATENT_ICL_X86_KERNELS
    if (instructions == Instructions::Avx2) return avx2DecoderKernels();
    if (instructions == Instructions::Avx512) return avx512DecoderKernels();
#endif
    static_cast<void>(instructions);
    return portableDecoderKernels();
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "model/kernels/kernels.hpp"

namespace hyperspectral_shadows {

using latent::learn::Instructions;

const Kernels* kernelsFor(Instructions instructions) {
    if (!latent::learn::hasInstructions(instructions)) return nullptr;
#ifdef HYPERSPECTRAL_SHADOWS_X86_KERNELS
    if (instructions == Instructions::Avx2) return &detail::avx2Kernels();
    if (instructions == Instructions::Avx512) return &detail::avx512Kernels();
#endif
    return instructions == Instructions::Portable ? &detail::portableKernels() : nullptr;
}

const Kernels& bestKernels() {
    static const Kernels* best = kernelsFor(latent::learn::bestInstructions());
    return best ? *best : detail::portableKernels();
}

}  // namespace hyperspectral_shadows

// SPDX-License-Identifier: Apache-2.0
#include "kernels.hpp"

namespace concept_space::mlp {

const Kernels* kernelsFor(Instructions instructions) {
    if (!latent::learn::hasInstructions(instructions)) return nullptr;
#ifdef CONCEPT_SPACE_X86_KERNELS
    if (instructions == Instructions::Avx2) return &detail::avx2Kernels();
    if (instructions == Instructions::Avx512) return &detail::avx512Kernels();
#endif
    return instructions == Instructions::Portable ? &detail::portableKernels() : nullptr;
}

const Kernels& bestKernels() {
    static const Kernels* best = kernelsFor(latent::learn::bestInstructions());
    return best ? *best : detail::portableKernels();
}

}  // namespace concept_space::mlp

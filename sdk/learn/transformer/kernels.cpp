// SPDX-License-Identifier: Apache-2.0
#include "kernels.hpp"

#include <latent/error.hpp>
#include <string>

namespace latent::learn::transformer::detail {

const Kernels& kernelsFor(Instructions instructions) {
    if (!hasInstructions(instructions))
        throw UsageError("This processor does not have the instructions '" +
                         std::string(nameOf(instructions)) + "'.");
#ifdef LATENT_LEARN_X86_KERNELS
    if (instructions == Instructions::Avx2) return avx2Kernels();
    if (instructions == Instructions::Avx512) return avx512Kernels();
#endif
    return portableKernels();  // a build for other processors has no more
}

}  // namespace latent::learn::transformer::detail

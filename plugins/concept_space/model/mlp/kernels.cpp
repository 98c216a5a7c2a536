// SPDX-License-Identifier: Apache-2.0
#include "kernels.hpp"

#include <initializer_list>

namespace concept_space::mlp {

const Kernels* kernelsFor(Instructions instructions) {
    switch (instructions) {
        case Instructions::Portable:
            return &detail::portableKernels();
#ifdef CONCEPT_SPACE_X86_KERNELS
        case Instructions::Avx2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &detail::avx2Kernels()
                                                                                   : nullptr;
        case Instructions::Avx512:
            return __builtin_cpu_supports("avx512f") ? &detail::avx512Kernels() : nullptr;
#endif
        default:
            return nullptr;
    }
}

const Kernels& bestKernels() {
    static const Kernels& best = []() -> const Kernels& {
        for (const Instructions instructions : {Instructions::Avx512, Instructions::Avx2})
            if (const Kernels* kernels = kernelsFor(instructions)) return *kernels;
        return detail::portableKernels();
    }();
    return best;
}

}  // namespace concept_space::mlp

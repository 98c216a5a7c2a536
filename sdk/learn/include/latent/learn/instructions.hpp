// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which vector instructions this processor has. Hand-written kernels come as one translation unit per set, compiled with its
// own flags, and are chosen at run time with this. Any thread; constant for the life of the process.
//
//     switch (latent::learn::bestInstructions()) { case Instructions::Avx512: return avx512Kernels(); … }

#include <initializer_list>

namespace latent::learn {

enum class Instructions { Portable, Avx2, Avx512 };  ///< Avx2 includes FMA; Avx512 is AVX-512F

inline bool hasInstructions(Instructions wanted) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (wanted == Instructions::Avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (wanted == Instructions::Avx512) return __builtin_cpu_supports("avx512f");
#endif
    return wanted == Instructions::Portable;
}

inline Instructions bestInstructions() {
    for (const Instructions wanted : {Instructions::Avx512, Instructions::Avx2})
        if (hasInstructions(wanted)) return wanted;
    return Instructions::Portable;
}

constexpr const char* nameOf(Instructions instructions) {
    return instructions == Instructions::Avx512 ? "avx512"
           : instructions == Instructions::Avx2 ? "avx2"
                                                : "portable";
}

}  // namespace latent::learn

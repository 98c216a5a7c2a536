// SPDX-License-Identifier: Apache-2.0
#include "decoder/tiles.hpp"

#ifdef LATENT_ICL_AMX_KERNELS
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace icl_graphs {

#ifdef LATENT_ICL_AMX_KERNELS
extern const TileKernels kAmxTileKernels;

namespace {

bool processorHasTiles() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned kBFloat16 = 1U << 22, kTiles = 1U << 24, kConversion = 1U << 5;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & (kBFloat16 | kTiles)) != (kBFloat16 | kTiles))
        return false;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & kConversion) != 0;
}

/// Linux saves the tiles of a thread only for processes that have asked for them (Documentation/arch/x86/xstate.rst).
bool systemGivesTiles() {
    constexpr int kRequestPermission = 0x1023, kTileData = 18;
    return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

const TileKernels* tileKernels() {
    static const TileKernels* found =
        __builtin_cpu_supports("avx512f") && processorHasTiles() && systemGivesTiles() ? &kAmxTileKernels
                                                                                       : nullptr;
    return found;
}
#else
const TileKernels* tileKernels() { return nullptr; }
#endif

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel that walks eight chains at once, which is compiled once for each instruction set.
//
// A walk is a chain of dependent table look-ups; eight independent ones hide each other's latency, and their random
// words come from eight Philox counters that differ in the stream only. All variants give the same tokens. Plain
// pointers and numbers cross into the kernels, nothing that a linker could pick for the rest of the program. The
// caller owns everything; pure functions, any thread.
//
//     WalkKernel walk = bestWalk();
//     walk(job);      // job.out[lane][0 … length-1], the first token from job.state

#include <cstdint>

#include "model/chains/alias.hpp"

namespace markov_mixtures {

inline constexpr int kLanes = 8;

struct WalkJob {
    std::uint32_t key[2];                  ///< of Philox: the seed
    std::uint32_t streamLow[kLanes];       ///< upper half of each lane's counter
    std::uint32_t streamHigh[kLanes];
    std::uint32_t firstBlock;              ///< lower half of the counter: the block that gives token 1 … 4
    const AliasEntry* table[kLanes];       ///< [k, k] of each lane's chain
    std::uint32_t state[kLanes];           ///< token 0 of each lane
    std::uint8_t* out[kLanes];             ///< [length]; lanes that are not wanted may share one
    std::uint32_t states;                  ///< k
    std::int64_t length;                   ///< tokens of each lane
};

using WalkKernel = void (*)(const WalkJob&);

enum class WalkSet { Portable, Avx2 };
/// The variant asked for, or null where this processor or this build does not have it.
WalkKernel walkFor(WalkSet set);
WalkKernel bestWalk();

namespace detail {
void walkPortable(const WalkJob& job);
#ifdef MARKOV_MIXTURES_X86_KERNELS
void walkAvx2(const WalkJob& job);
#endif
}  // namespace detail

}  // namespace markov_mixtures

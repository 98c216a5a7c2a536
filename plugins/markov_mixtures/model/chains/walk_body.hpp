// SPDX-License-Identifier: Apache-2.0
#pragma once
// The walk itself, included by one source file for each instruction set (see walk.hpp). In an unnamed namespace, so
// that each has its own copy. `Words` makes four words for each lane from one block number.

#include <cstring>

#include "model/chains/walk.hpp"

namespace markov_mixtures::detail {
namespace {

/// One look-up: the successor of `state`. The same rule as pickAlias, written for eight of them in registers.
inline std::uint32_t successor(const AliasEntry* table, std::uint32_t states, std::uint32_t state,
                               std::uint32_t word) {
    const std::uint64_t product = std::uint64_t{word} * states;
    const auto index = static_cast<std::uint32_t>(product >> 32);
    const AliasEntry entry = table[state * states + index];
    return static_cast<std::uint32_t>(product) < entry.threshold ? index : entry.alias;
}

template <class Words>
void walk(const WalkJob& job) {
    const std::uint32_t states = job.states;
    std::uint32_t state[kLanes];
    const AliasEntry* table[kLanes];
    std::uint8_t* out[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
        state[lane] = job.state[lane];
        table[lane] = job.table[lane];
        out[lane] = job.out[lane];
        if (job.length > 0) out[lane][0] = static_cast<std::uint8_t>(state[lane]);
    }
    Words words(job);
    alignas(64) std::uint32_t word[4][kLanes];
    std::int64_t t = 1;
    std::uint32_t block = job.firstBlock;
    for (; t + 4 <= job.length; t += 4) {
        words.make(block++, word);
        std::uint32_t four[kLanes] = {};  // four tokens of a lane, stored at once
        // Unrolled, so that the eight states live in registers: three times as fast.
#pragma GCC unroll 4
        for (int step = 0; step < 4; ++step)
#pragma GCC unroll 8
            for (int lane = 0; lane < kLanes; ++lane) {
                state[lane] = successor(table[lane], states, state[lane], word[step][lane]);
                four[lane] |= state[lane] << (8 * step);
            }
        for (int lane = 0; lane < kLanes; ++lane) std::memcpy(out[lane] + t, &four[lane], 4);
    }
    if (t >= job.length) return;
    words.make(block, word);
    for (int step = 0; t < job.length; ++t, ++step)
        for (int lane = 0; lane < kLanes; ++lane) {
            state[lane] = successor(table[lane], states, state[lane], word[step][lane]);
            out[lane][t] = static_cast<std::uint8_t>(state[lane]);
        }
}

}  // namespace
}  // namespace markov_mixtures::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once
// When segments merge: eight of one level become one of the next, as digits carry.
//
// So n commits leave at most 7 segments a level: fewer than 64 live ones up to 8^9 commits (five seconds
// each: twenty years), and each byte is rewritten once a level. Pure functions, any thread.
//
//     while (auto due = dueMerge(levels)) …               // levels of the live segments, oldest first

#include <cstddef>
#include <optional>
#include <span>

namespace latent::engine {

inline constexpr std::size_t kMergeWays = 8;

struct MergeRange {
    std::size_t first = 0;  ///< index of the oldest segment to merge
    std::size_t count = 0;
    int level = 0;  ///< of the result
};

/// The next merge that is due, or nothing. Levels never increase from old to new, so the run of the newest
/// level decides.
std::optional<MergeRange> dueMerge(std::span<const int> levels);

}  // namespace latent::engine

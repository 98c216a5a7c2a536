// SPDX-License-Identifier: Apache-2.0
#include "engine/store/merge_policy.hpp"

namespace latent::engine {

std::optional<MergeRange> dueMerge(std::span<const int> levels) {
    if (levels.empty()) return std::nullopt;
    const int newest = levels.back();
    std::size_t run = 0;
    while (run < levels.size() && levels[levels.size() - 1 - run] == newest) ++run;
    if (run < kMergeWays) return std::nullopt;
    return MergeRange{levels.size() - run, kMergeWays, newest + 1};
}

}  // namespace latent::engine

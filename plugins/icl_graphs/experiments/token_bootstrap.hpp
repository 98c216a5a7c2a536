// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one walk leaves open about its map: blocks of tokens of the last window drawn again with replacement. The intervals tell how well this walk
// determines the numbers, not how another walk would differ.
//
//     const LastWindow last = LastWindow::of(plan, positions);
//     bootstrapTokens(plan, hidden, last, {.block = 10, .draws = 200}, seed).rayleigh;      // 2.5 %, 97.5 %
//
// Only the inner products of the tokens are formed, once; a draw mixes these. Pure; any thread.

#include <vector>

#include "experiments/analysis_plan.hpp"

namespace icl_graphs {

/// The words of the window before the longest context, of all prompts.
struct LastWindow {
    std::vector<std::size_t> tokens;  ///< in the recording
    std::vector<int> nodes;           ///< of each
    /// Nodes, −1 between prompts and where other tokens stand; at the beginning of each prompt's part also the word
    /// before the window, which the first of the window follows.
    std::vector<int> withGaps;

    static LastWindow of(const AnalysisPlan& plan, const std::vector<std::int64_t>& positions);
};

struct BootstrapOptions {
    std::int64_t block = 10, draws = 200;
};
struct TokenSpread {
    std::vector<double> rayleigh, alignment, gridR2;  ///< 2.5 % and 97.5 %; NaN without draws
};
TokenSpread bootstrapTokens(const AnalysisPlan& plan, const HiddenStates& hidden, const LastWindow& last,
                            const BootstrapOptions& options, std::uint64_t seed);

}  // namespace icl_graphs

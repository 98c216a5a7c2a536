// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rotary positions (arXiv 2104.09864) and their stretchings to longer contexts, as transformers computes them.

#include <vector>

#include "decoder/weights.hpp"

namespace icl_graphs {

/// cos and sin of each rotary pair [tokens, rotaryWidth/2], attention factor included.
struct RotaryTable {
    int pairs = 0;
    std::vector<float> cosine, sine;
};
RotaryTable rotaryTable(const DecoderConfig& config, int tokens);

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the claims about algorithms and those about trained models have in common.

namespace markov_mixtures {

inline constexpr const char* kPaper = "arXiv:2412.01003";
inline constexpr double kTurn = .01;  ///< nats: rises and falls that the eye would miss do not count

}  // namespace markov_mixtures

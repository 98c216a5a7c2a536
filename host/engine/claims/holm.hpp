// SPDX-License-Identifier: Apache-2.0
#pragma once
// Holm's step-down procedure (1979) over the claims of a report.
//
// Called by the judge; a pure function of any thread. The smallest of K p-values is compared with alpha/K,
// the next with alpha/(K-1), and so on; the first that fails ends it, and it and all later ones keep its
// level. Whatever the dependence of the claims, the chance of any false rejection is at most alpha.
//
//     auto steps = holm({0.004, 0.2, 0.012}, 0.025);
//     steps[0].rejected;   // true: 0.004 <= 0.025/3
//     steps[2].level;      // 0.0125 = 0.025/2
//     steps[2].adjusted;   // 0.024: the p-value to compare with alpha itself
//     steps[1].level;      // 0.025: two were rejected before it
//
// Two families at 0.025 each, not one of both sides. For each claim exactly one of "the claim is not true"
// and "the claim is true" is right. "holds" rejects the first, "contradicted" and "tie" reject the second.
// Running Holm within each family at 2.5 % bounds the chance of any false "holds" in a report by 2.5 %, and
// that of any false refutation of a directional claim by 2.5 %: together 5 %, errors of direction included.
// (One Holm over two-sided p-values has no such proof: a report in which many claims are rejected rightly
// would lend its level to errors of direction; Shaffer 1980.) For one claim alone this is the ordinary
// two-sided 95 % interval. A claim of equivalence is refuted on either side, so its refutation errs up to
// twice as often, and only where its margin is far below the noise.
//
// "tie" says more than "contradicted": that the other margin is cleared too. In a chain "above -margin, then
// above +margin" the first statement may be tested at whatever level the claim has in the family of "holds":
// a graph that passes a claim's level on only after its second statement (Bretz et al. 2009) gives the second
// statements Holm's levels and the first ones the same, at the same total error. So a tie costs nothing.

#include <vector>

namespace latent::engine::claims {

/// One-sided: the two families together are the 95 % of a report.
inline constexpr double kFamilyLevel = 0.025;

struct HolmStep {
    double level = 0;  ///< the level that this p-value is compared with
    bool rejected = false;
    double adjusted = 1;  ///< the smallest alpha at which it would be rejected
};

/// In the order of `pValues`. Equal p-values keep their order.
std::vector<HolmStep> holm(const std::vector<double>& pValues, double alpha);

}  // namespace latent::engine::claims

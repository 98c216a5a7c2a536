// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sentence under each verdict, for people.
//
// Called by the judge, any thread. Every sentence starts with the verdict, names the number with its
// interval, unit and count of independent units, and says what it was compared with. Text of the plugin is
// passed through unescaped; whoever shows it in HTML escapes it.
//
//     verdictSentence(Verdict::Holds, criterion, claim, 12, finding);
//     // "Holds: the mean is 0.41 [0.38, 0.45] s (n = 12 seeds, level 97.5 %), greater than 0.1."
//     notMeasuredSentence("n = 3; it takes at least 5 independent units (seed).");
//     // "Not measured: n = 3; …"

#include <string>

#include "engine/claims/judge.hpp"

namespace latent::engine::claims {

std::string verdictSentence(Verdict verdict, const Criterion& criterion, const Claim& claim, std::size_t n,
                            const Finding& finding);
std::string notMeasuredSentence(const std::string& why);
/// For a claim whose verdict would have been `withoutControls` had this control held.
std::string blockedSentence(Verdict withoutControls, const ControlJudgement& control);

}  // namespace latent::engine::claims

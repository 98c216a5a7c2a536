// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a declaration is usable, and whether its evidence may be judged at all.
//
// Called by the judge, and by the admission of plugins for the declarations; pure functions, any thread. A
// refusal is a sentence for people that names the claim's part that is missing. Nothing is dropped or
// repaired: a claim with one value that is not finite is not measured, because leaving it out would be a
// choice made after the measurement.
//
//     for (const std::string& problem : problems(claims)) return refused(problem);
//     if (auto refusal = whyNotMeasured(claim, evidence)) report(refusal->sentence);
//     refusal->byValue;   // the numbers themselves caused it, so the claim still counts in Holm

#include <latent/claim.hpp>
#include <optional>
#include <string>
#include <vector>

namespace latent::engine::claims {

/// No verdict from fewer independent units, whatever the claim says.
inline constexpr std::size_t kLeastUnits = 5;

struct Refusal {
    std::string sentence;
    /// True when the values decided it. Such a claim keeps its place in Holm: otherwise a plugin could make
    /// the report easier by spoiling the claims that do not come out.
    bool byValue = false;
};

/// What is wrong with the declarations, one sentence each; empty when they can be used.
std::vector<std::string> problems(const std::vector<Claim>& claims);
std::vector<std::string> problems(const Claim& claim);

/// `evidence` is null when the experiment gave none for the claim.
std::optional<Refusal> whyNotMeasured(const Claim& claim, const ClaimEvidence* evidence);
std::optional<Refusal> whyNotMeasured(const Claim& claim, const ClaimEvidence& evidence,
                                      const Control& control);

}  // namespace latent::engine::claims

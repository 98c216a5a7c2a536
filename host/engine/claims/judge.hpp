// SPDX-License-Identifier: Apache-2.0
#pragma once
// The verdicts of a report: what the declared claims come to, given the evidence.
//
// Called by `latent claims`, `latent report` and the end of a run, on any thread; a pure function. All claims
// that stand in one report are judged in one call, because Holm runs over them. Numbers are in the unit of
// each claim.
//
//     std::vector<Judgement> report = judge(claims, evidence);
//     report[0].verdict;                 // Verdict::Holds
//     report[0].sentence;                // "Holds: the mean is 0.41 [0.38, 0.45] …"
//     report[0].toJson();
//     // A claim that was declared and not measured is in the report too, with the reason.
//
// The rule, for a reference r and a margin m, where [lo, hi] is the interval at the level that Holm leaves the claim:
//     greater     holds: lo > r+m.              contradicted: hi < r+m, unless also lo > r-m, which is a tie.
//     less        the same, mirrored.
//     equivalent  holds: r-m < lo and hi < r+m.  contradicted: lo > r+m or hi < r-m.
// Anything else is inconclusive. Fewer than five independent units, a design not met, a choice without guard, a value
// that is not finite: not measured, with the sentence. holm.hpp tells what the levels are and why a report says a false
// "holds" with a chance of at most 2.5 %, and anything false with at most 5 %, so far as each interval keeps its own
// level (bounds.hpp tells where the mean does not).
//
// Controls are judged by the same rule at a plain 95 %. They only take away: a claim is decided (holds,
// contradicted or tie) only when every control holds; with one that fails, is undecided or was not measured,
// the claim is inconclusive, in both directions, because an instrument that sees what is not there, or misses
// what is, tells nothing. So they need no share of the level: an extra condition cannot make a false "holds"
// likelier.
//
// JSON: {"claim":{declaration},"verdict":"holds|contradicted|tie|inconclusive|not_measured","n","estimate",
//   "interval":[lo,hi],"tails":[one-sided error of lo, of hi],"level":1-sum of tails,"interval_95":[lo,hi],
//   "p":{"holds","refuted","holds_holm","refuted_holm"},"without_controls":verdict,
//   "controls":[{"control":{…},"verdict","n","estimate","interval","sentence"}],"sentence"}.
// null stands for a limit that is infinite and for what was not measured. p-values are one-sided; compare
// "_holm" with 0.025.

#include <array>
#include <latent/claim.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/claims/holm.hpp"

namespace latent::engine::claims {

enum class Verdict { Holds, Contradicted, Tie, Inconclusive, NotMeasured };
std::string word(Verdict verdict);

using Limits = std::array<double, 2>;

/// What the units of a claim or control came to. Absent when it was not measured.
struct Finding {
    double estimate = 0;
    Limits interval{};  ///< at the tails below: what the verdict is read from
    Limits tails{};     ///< one-sided errors of the lower and of the upper limit
    Limits interval95{};
    double pHolds = 1;
    double pRefuted = 1;
};

struct ControlJudgement {
    Control control;
    Verdict verdict = Verdict::NotMeasured;
    std::size_t n = 0;
    std::optional<Finding> finding;
    std::string sentence;
};

struct Judgement {
    Claim claim;
    Verdict verdict = Verdict::NotMeasured;
    Verdict withoutControls = Verdict::NotMeasured;
    std::size_t n = 0;
    std::optional<Finding> finding;
    HolmStep holds;
    HolmStep refuted;
    std::vector<ControlJudgement> controls;
    std::string sentence;

    nlohmann::json toJson() const;
};

/// In the order of the declarations; one judgement for each of them.
std::vector<Judgement> judge(const std::vector<Claim>& claims, const Evidence& evidence);

}  // namespace latent::engine::claims

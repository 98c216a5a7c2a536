// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/judge.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "engine/claims/bounds.hpp"
#include "engine/claims/judgement_words.hpp"
#include "engine/claims/measured.hpp"

namespace latent::engine::claims {
namespace {

/// A criterion with the units that answer it.
class Question {
  public:
    Question(const Criterion& criterion, const Sample& sample, const std::string& seedText)
        : m_direction(criterion.direction),
          m_low(criterion.reference - criterion.margin),
          m_high(criterion.reference + criterion.margin),
          m_bounds(makeBounds(criterion.interval, sample, seedText)) {}

    /// Against "the claim is not true".
    double pHolds() const {
        if (m_direction == Direction::Greater) return above(m_high);
        if (m_direction == Direction::Less) return below(m_low);
        return std::max(above(m_low), below(m_high));
    }
    /// Against "the claim is true".
    double pRefuted() const {
        if (m_direction == Direction::Greater) return below(m_high);
        if (m_direction == Direction::Less) return above(m_low);
        return std::min(above(m_high), below(m_low));
    }

    Verdict verdict(const HolmStep& holds, const HolmStep& refuted) const {
        if (holds.rejected) return Verdict::Holds;
        if (!refuted.rejected) return Verdict::Inconclusive;
        if (m_direction == Direction::Greater && above(m_low) <= holds.level) return Verdict::Tie;
        if (m_direction == Direction::Less && below(m_high) <= holds.level) return Verdict::Tie;
        return Verdict::Contradicted;
    }

    /// The interval that says the same as the verdict: each limit at the level of the family that it answers
    /// to.
    Finding finding(Verdict verdict, double holdsLevel, double refutedLevel) const {
        Finding found;
        found.estimate = m_bounds->estimate();
        if (m_direction == Direction::Greater) {
            found.tails = {holdsLevel, refutedLevel};
        } else if (m_direction == Direction::Less) {
            found.tails = {refutedLevel, holdsLevel};
        } else {
            const double both = verdict == Verdict::Holds          ? holdsLevel
                                : verdict == Verdict::Contradicted ? refutedLevel
                                                                   : std::min(holdsLevel, refutedLevel);
            found.tails = {both, both};
        }
        found.interval = {m_bounds->lower(found.tails[0]), m_bounds->upper(found.tails[1])};
        found.interval95 = {m_bounds->lower(kFamilyLevel), m_bounds->upper(kFamilyLevel)};
        found.pHolds = pHolds();
        found.pRefuted = pRefuted();
        return found;
    }

  private:
    /// A p-value that could not be computed decides nothing.
    static double sound(double p) { return std::isnan(p) ? 1 : p; }
    double above(double x) const { return sound(m_bounds->pAbove(x)); }
    double below(double x) const { return sound(m_bounds->pBelow(x)); }

    Direction m_direction;
    double m_low;
    double m_high;
    std::unique_ptr<Bounds> m_bounds;
};

std::vector<ControlJudgement> judgeControls(const Claim& claim, const ClaimEvidence& evidence) {
    std::vector<ControlJudgement> all;
    for (const Control& control : claim.controls()) {
        ControlJudgement one{control, Verdict::NotMeasured, 0, std::nullopt, {}};
        const auto found = evidence.controls().find(control.id());
        if (found != evidence.controls().end()) one.n = found->second.sample().first.size();
        if (const auto refusal = whyNotMeasured(claim, evidence, control)) {
            one.sentence = notMeasuredSentence(refusal->sentence);
        } else {
            const Question question(control.criterion(), found->second.sample(),
                                    claim.id() + "/" + control.id());
            // Alone: Holm over one p-value is the plain 95 %.
            const HolmStep holds = holm({question.pHolds()}, kFamilyLevel).front();
            const HolmStep refuted = holm({question.pRefuted()}, kFamilyLevel).front();
            one.verdict = question.verdict(holds, refuted);
            one.finding = question.finding(one.verdict, kFamilyLevel, kFamilyLevel);
            one.sentence = verdictSentence(one.verdict, control.criterion(), claim, one.n, *one.finding);
        }
        all.push_back(std::move(one));
    }
    return all;
}

bool decided(Verdict verdict) {
    return verdict == Verdict::Holds || verdict == Verdict::Contradicted || verdict == Verdict::Tie;
}

void applyControls(Judgement& judgement) {
    judgement.withoutControls = judgement.verdict;
    if (!decided(judgement.verdict)) return;
    for (const ControlJudgement& control : judgement.controls) {
        if (control.verdict == Verdict::Holds) continue;
        judgement.sentence = blockedSentence(judgement.withoutControls, control);
        judgement.verdict = Verdict::Inconclusive;
        return;
    }
}

}  // namespace

std::vector<Judgement> judge(const std::vector<Claim>& claims, const Evidence& evidence) {
    std::vector<Judgement> report;
    std::vector<std::unique_ptr<Question>> questions;
    std::set<std::string> seen;
    // Holm is over every claim with numbers, those refused for their values included (p = 1; see
    // measured.hpp).
    std::vector<std::size_t> family;
    std::vector<double> pHolds;
    std::vector<double> pRefuted;
    for (const Claim& claim : claims) {
        Judgement judgement{claim, Verdict::NotMeasured, Verdict::NotMeasured, 0, std::nullopt, {}, {}, {},
                            {}};
        std::unique_ptr<Question> question;
        const auto found = evidence.claims().find(claim.id());
        const ClaimEvidence* given = found == evidence.claims().end() ? nullptr : &found->second;
        if (given != nullptr) judgement.n = given->sample().first.size();
        auto refusal = whyNotMeasured(claim, given);
        if (!seen.insert(claim.id()).second)
            refusal = Refusal{"The claim '" + claim.id() + "' is declared twice."};
        if (refusal) {
            judgement.sentence = notMeasuredSentence(refusal->sentence);
        } else {
            question = std::make_unique<Question>(claim.criterion(), given->sample(), claim.id());
            judgement.controls = judgeControls(claim, *given);
        }
        if (question || refusal->byValue) {
            family.push_back(report.size());
            pHolds.push_back(question ? question->pHolds() : 1);
            pRefuted.push_back(question ? question->pRefuted() : 1);
        }
        report.push_back(std::move(judgement));
        questions.push_back(std::move(question));
    }

    const std::vector<HolmStep> holds = holm(pHolds, kFamilyLevel);
    const std::vector<HolmStep> refuted = holm(pRefuted, kFamilyLevel);
    for (std::size_t i = 0; i < family.size(); ++i) {
        Judgement& judgement = report[family[i]];
        if (!questions[family[i]]) continue;
        const Question& question = *questions[family[i]];
        judgement.holds = holds[i];
        judgement.refuted = refuted[i];
        judgement.verdict = question.verdict(holds[i], refuted[i]);
        judgement.finding = question.finding(judgement.verdict, holds[i].level, refuted[i].level);
        judgement.sentence = verdictSentence(judgement.verdict, judgement.claim.criterion(), judgement.claim,
                                             judgement.n, *judgement.finding);
        applyControls(judgement);
    }
    return report;
}

}  // namespace latent::engine::claims

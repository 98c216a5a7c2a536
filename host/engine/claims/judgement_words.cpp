// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/judgement_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace latent::engine::claims {
namespace {

std::string number(double x) {
    if (std::isinf(x)) return x > 0 ? "unbounded" : "-unbounded";
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4g", x);
    return text.data();
}

std::string nameOf(Interval interval) {
    switch (interval) {
        case Interval::Median:
            return "the median";
        case Interval::Proportion:
            return "the proportion";
        case Interval::PairedMean:
            return "the mean difference";
        case Interval::PairedMedian:
            return "the median difference";
        case Interval::PairedRatio:
            return "the mean ratio";
        default:
            return "the mean";
    }
}

std::string unitsOf(Replication replication) {
    return replication == Replication::DataSet ? "data sets" : word(replication) + "s";
}

std::string target(const Criterion& criterion) {
    if (criterion.direction == Direction::Greater)
        return "greater than " + number(criterion.reference + criterion.margin);
    if (criterion.direction == Direction::Less)
        return "less than " + number(criterion.reference - criterion.margin);
    return "within " + number(criterion.margin) + " of " + number(criterion.reference);
}

std::string measuredNumber(const Criterion& criterion, const Claim& claim, std::size_t n,
                           const Finding& finding) {
    const std::string unit = claim.unit() == "1" ? "" : " " + claim.unit();
    return nameOf(criterion.interval) + " is " + number(finding.estimate) + " [" +
           number(finding.interval[0]) + ", " + number(finding.interval[1]) + "]" + unit +
           " (n = " + std::to_string(n) + " " + unitsOf(claim.replication()) + ", level " +
           number(100 * (1 - finding.tails[0] - finding.tails[1])) + " %)";
}

/// Said when no outcome of so few units could have decided: the sign test's smallest p-value is 2^-n.
std::string tooFewToDecide(const Criterion& criterion, const Finding& finding) {
    const bool unbounded = std::isinf(finding.interval[0]) && std::isinf(finding.interval[1]);
    const bool signTest = criterion.interval != Interval::Proportion;
    if (!unbounded || !signTest) return "";
    const double level = std::min(finding.tails[0], finding.tails[1]);
    return " At this level the exact sign test cannot decide with fewer than " +
           number(std::ceil(-std::log2(level))) + " units.";
}

}  // namespace

std::string word(Verdict verdict) {
    switch (verdict) {
        case Verdict::Holds:
            return "holds";
        case Verdict::Contradicted:
            return "contradicted";
        case Verdict::Tie:
            return "tie";
        case Verdict::Inconclusive:
            return "inconclusive";
        default:
            return "not_measured";
    }
}

std::string verdictSentence(Verdict verdict, const Criterion& criterion, const Claim& claim, std::size_t n,
                            const Finding& finding) {
    const std::string measured = measuredNumber(criterion, claim, n, finding);
    switch (verdict) {
        case Verdict::Holds:
            return "Holds: " + measured + ", " + target(criterion) + ".";
        case Verdict::Contradicted:
            return "Contradicted: " + measured + ", not " + target(criterion) + ".";
        case Verdict::Tie:
            return "Tie: " + measured + ", within " + number(criterion.margin) + " of " +
                   number(criterion.reference) + ": not " + target(criterion) +
                   ", and no difference that matters the other way.";
        default:
            return "Inconclusive: " + measured + " does not decide whether it is " + target(criterion) + "." +
                   tooFewToDecide(criterion, finding);
    }
}

std::string notMeasuredSentence(const std::string& why) { return "Not measured: " + why; }

std::string blockedSentence(Verdict withoutControls, const ControlJudgement& control) {
    return "Inconclusive: the control '" + control.control.id() +
           "' did not hold, so the measurement cannot be trusted " +
           "(without it the verdict would be: " + word(withoutControls) +
           "). The control: " + control.sentence;
}

}  // namespace latent::engine::claims

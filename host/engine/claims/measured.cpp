// SPDX-License-Identifier: Apache-2.0
#include "engine/claims/measured.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace latent::engine::claims {
namespace {

/// Beyond this a sum of cubes is no longer finite.
constexpr double kLargest = 1e100;

bool sane(double x) { return std::isfinite(x) && std::abs(x) <= kLargest; }

std::string count(std::size_t n, const char* what) { return std::to_string(n) + " " + what; }

Sample::Form formFor(Interval interval) {
    switch (interval) {
        case Interval::Proportion:
            return Sample::Form::Outcomes;
        case Interval::PairedMean:
        case Interval::PairedMedian:
        case Interval::PairedRatio:
            return Sample::Form::Paired;
        default:
            return Sample::Form::Values;
    }
}

const char* formName(Sample::Form form) {
    switch (form) {
        case Sample::Form::Values:
            return "one value per unit";
        case Sample::Form::Paired:
            return "a pair of values per unit";
        case Sample::Form::Outcomes:
            return "yes or no per unit";
        default:
            return "no numbers";
    }
}

std::string unitName(const Sample& sample, std::size_t i) {
    return sample.unitNames.empty() ? "unit " + std::to_string(i) : "'" + sample.unitNames[i] + "'";
}

std::vector<std::string> criterionProblems(const Criterion& criterion, const std::string& whose) {
    std::vector<std::string> found;
    if (!sane(criterion.reference)) found.push_back(whose + " has a reference that is not a finite number.");
    if (!sane(criterion.margin) || criterion.margin < 0)
        found.push_back(whose + " needs a margin of 0 or more.");
    if (criterion.direction == Direction::Equivalent && !(criterion.margin > 0)) {
        found.push_back(
            whose +
            " says 'equivalent', which needs a margin above 0: nothing is ever shown to be equal exactly.");
    }
    if (criterion.interval == Interval::Proportion && (criterion.reference < 0 || criterion.reference > 1)) {
        found.push_back(whose + " is about a proportion; its reference must lie between 0 and 1.");
    }
    if (criterion.interval == Interval::PairedRatio && !(criterion.reference > 0)) {
        found.push_back(whose + " is about a ratio; its reference must be above 0 (1 for no difference).");
    }
    return found;
}

/// Shapes, names and finiteness: what any sample must satisfy before its numbers mean anything.
std::optional<Refusal> badSample(const Sample& sample, Interval interval) {
    const Sample::Form wanted = formFor(interval);
    const std::size_t n = sample.first.size();
    if (sample.form == Sample::Form::Nothing) return Refusal{"The experiment gave no numbers for it."};
    if (sample.form != wanted) {
        return Refusal{"Its interval '" + word(interval) + "' needs " + formName(wanted) +
                       ", but the experiment gave " + formName(sample.form) + "."};
    }
    if (wanted == Sample::Form::Paired && sample.second.size() != n) {
        return Refusal{"Its pairs do not match: " + count(n, "first and ") +
                       count(sample.second.size(), "second values.")};
    }
    if (!sample.unitNames.empty()) {
        if (sample.unitNames.size() != n) {
            return Refusal{"It has " + count(sample.unitNames.size(), "names for ") + count(n, "units.")};
        }
        std::set<std::string> seen;
        for (const std::string& name : sample.unitNames) {
            if (!seen.insert(name).second) {
                return Refusal{"The unit '" + name +
                               "' occurs twice: the same unit is no independent repetition."};
            }
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (!sane(sample.first[i]) || (wanted == Sample::Form::Paired && !sane(sample.second[i]))) {
            return Refusal{
                "The value of " + unitName(sample, i) +
                    " is not a finite number (or beyond 1e100); no unit may be left out, so find out why.",
                true};
        }
        if (interval == Interval::PairedRatio && (sample.first[i] <= 0 || sample.second[i] <= 0)) {
            return Refusal{
                "The pair of " + unitName(sample, i) + " has no ratio: both values must be above 0.", true};
        }
    }
    return std::nullopt;
}

std::optional<Refusal> tooFew(std::size_t n, std::size_t needed, Replication replication) {
    if (n >= needed) return std::nullopt;
    return Refusal{"n = " + std::to_string(n) + "; it takes at least " + std::to_string(needed) +
                   " independent units (" + word(replication) + ")."};
}

/// A chosen maximum is larger than what it is chosen from; without a guard it says nothing.
std::optional<Refusal> unguarded(const Claim& claim, const ClaimEvidence& evidence, const Sample& sample) {
    if (claim.choice().empty()) {
        if (evidence.choiceUnits().empty() && sample.nullDraws.empty()) return std::nullopt;
        return Refusal{
            "The experiment reports a choice (held-out units or null draws) that the claim does not "
            "declare."};
    }
    const std::string chosen = "Its statistic is chosen (" + claim.choice() + ")";
    if (claim.guard() == Guard::None) {
        return Refusal{
            chosen +
            ", so it must be judged on held-out units or against a null that makes the same choice; "
            "the claim declares neither."};
    }
    if (claim.guard() == Guard::HeldOut) {
        if (evidence.choiceUnits().empty() || sample.unitNames.empty()) {
            return Refusal{
                chosen +
                " and must be judged on held-out units, but the experiment does not say which units the "
                "choice was made on and which were held out."};
        }
        for (const std::string& name : sample.unitNames) {
            const auto& used = evidence.choiceUnits();
            if (std::find(used.begin(), used.end(), name) != used.end()) {
                return Refusal{chosen + " on '" + name +
                               "', which is also among the units that judge it: it was not held out."};
            }
        }
        return std::nullopt;
    }
    if (sample.nullDraws.size() != sample.first.size()) {
        return Refusal{chosen + " and needs null draws that make the same choice for each unit; there are " +
                       count(sample.nullDraws.size(), "for ") + count(sample.first.size(), "units.")};
    }
    for (std::size_t i = 0; i < sample.nullDraws.size(); ++i) {
        const auto& draws = sample.nullDraws[i];
        if (draws.empty()) return Refusal{chosen + ", but " + unitName(sample, i) + " has no null draws."};
        if (!std::all_of(draws.begin(), draws.end(), sane)) {
            return Refusal{"A null draw of " + unitName(sample, i) + " is not a finite number.", true};
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> problems(const Claim& claim) {
    const std::string whose = "The claim '" + claim.id() + "'";
    std::vector<std::string> found = criterionProblems(claim.criterion(), whose);
    const auto need = [&](bool met, const std::string& sentence) {
        if (!met) found.push_back(whose + sentence);
    };
    need(!claim.id().empty(), " has no id.");
    need(!claim.statement().empty(), " has no statement.");
    need(!claim.paper().empty() && !claim.where().empty(),
         " names no source (the paper, and the equation or figure).");
    need(!claim.estimand().empty(), " does not say in words which number it is about (estimand).");
    need(!claim.unit().empty(), " has no unit; a number without one has the unit '1'.");
    need(claim.minimumUnits() >= kLeastUnits, " asks for fewer than five independent units.");
    need(!claim.controls().empty(), " has no control: a measurement whose answer is known beforehand.");
    const bool subtracts = claim.guard() == Guard::MatchedNull;
    need(!subtracts || (claim.criterion().interval != Interval::Proportion &&
                        claim.criterion().interval != Interval::PairedRatio),
         " sets a matched null against a proportion or ratio; let a unit succeed when it exceeds all its "
         "null draws instead.");
    need(claim.guard() == Guard::None || !claim.choice().empty(),
         " has a guard but does not say what is chosen.");
    std::set<std::string> ids;
    for (const Control& control : claim.controls()) {
        const std::string name = "The control '" + control.id() + "' of '" + claim.id() + "'";
        if (!ids.insert(control.id()).second) found.push_back(name + " occurs twice.");
        if (control.statement().empty()) found.push_back(name + " has no statement.");
        for (std::string& problem : criterionProblems(control.criterion(), name))
            found.push_back(std::move(problem));
    }
    for (const SweepNeed& sweep : claim.sweepNeeds()) {
        need(!sweep.parameter.empty() && sweep.minimumValues >= 2,
             " needs a sweep without a parameter or of fewer than two values.");
    }
    return found;
}

std::vector<std::string> problems(const std::vector<Claim>& claims) {
    std::vector<std::string> found;
    std::set<std::string> ids;
    for (const Claim& claim : claims) {
        if (!ids.insert(claim.id()).second)
            found.push_back("The claim '" + claim.id() + "' is declared twice.");
        for (std::string& problem : problems(claim)) found.push_back(std::move(problem));
    }
    return found;
}

std::optional<Refusal> whyNotMeasured(const Claim& claim, const ClaimEvidence* evidence) {
    if (const auto wrong = problems(claim); !wrong.empty()) return Refusal{wrong.front()};
    if (evidence == nullptr) return Refusal{"The experiment gave no numbers for it."};
    const Sample& sample = evidence->sample();
    // A reason beside numbers is one that the numbers gave.
    if (!evidence->whyNotMeasured().empty())
        return Refusal{evidence->whyNotMeasured(), sample.form != Sample::Form::Nothing};
    if (auto refusal = badSample(sample, claim.criterion().interval)) return refusal;
    if (auto refusal = tooFew(sample.first.size(), claim.minimumUnits(), claim.replication())) return refusal;
    for (const SweepNeed& need : claim.sweepNeeds()) {
        const auto found = evidence->sweeps().find(need.parameter);
        std::set<double> distinct;
        if (found != evidence->sweeps().end()) {
            for (const double x : found->second) {
                if (std::isfinite(x)) distinct.insert(x);
            }
        }
        if (distinct.size() < need.minimumValues) {
            return Refusal{"It needs a sweep over '" + need.parameter + "' with at least " +
                           count(need.minimumValues, "values; there ") +
                           (distinct.size() == 1 ? "is " : "are ") + std::to_string(distinct.size()) + "."};
        }
    }
    return unguarded(claim, *evidence, sample);
}

std::optional<Refusal> whyNotMeasured(const Claim& claim, const ClaimEvidence& evidence,
                                      const Control& control) {
    const auto found = evidence.controls().find(control.id());
    if (found == evidence.controls().end()) return Refusal{"The experiment gave no numbers for it."};
    const Sample& sample = found->second.sample();
    if (auto refusal = badSample(sample, control.criterion().interval)) return refusal;
    if (auto refusal = tooFew(sample.first.size(), kLeastUnits, claim.replication())) return refusal;
    // A control of a chosen statistic makes the choice too, so it is guarded in the same way.
    return unguarded(claim, evidence, sample);
}

}  // namespace latent::engine::claims

// SPDX-License-Identifier: Apache-2.0
#include "experiments/claims.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <set>

#include "experiments/claim_units.hpp"
#include "measures/context_curves.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

constexpr double kLogMargin =
    .1;  // a tenth of a factor of e: differences of context below that do not count as earlier
constexpr double kLeastChange = .05;  // of accuracy: less than that is no rise that could be timed

/// The unit's accuracy with its suddenness taken out: the fitted sigmoid, and the residuals in a random order of its own.
std::vector<double> madeSmooth(const ContextUnit& unit, std::uint64_t number) {
    const auto smooth = fitSigmoid(unit.context, unit.accuracy);
    if (!smooth) return {};
    std::vector<double> y;
    latent::learn::RandomStream random(17, "icl/smooth_control", number);
    const auto order = random.permutation(static_cast<std::uint32_t>(unit.context.size()));
    for (std::size_t i = 0; i < unit.context.size(); ++i)
        y.push_back(smooth->at(unit.context[i]) + unit.accuracy[order[i]] -
                    smooth->at(unit.context[order[i]]));
    return y;
}

/// A straight line between the ends of the broken line, and its residuals in their places.
std::vector<double> madeStraight(const ContextUnit& unit) {
    const auto line = fitBrokenLine(unit.context, unit.accuracy);
    std::vector<double> y(unit.context.size(), std::numeric_limits<double>::quiet_NaN());
    if (!line) return y;
    const double a = line->at(unit.context.front()), b = line->at(unit.context.back()),
                 low = std::log(unit.context.front()), span = std::log(unit.context.back()) - low;
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = a + (b - a) * (std::log(unit.context[i]) - low) / span + unit.accuracy[i] -
               line->at(unit.context[i]);
    return y;
}

/// Whether the other parameters leave this one a meaning, as its schema says.
bool asked(const nlohmann::json& schema, const nlohmann::json& parameters, const std::string& name) {
    for (const nlohmann::json& one : schema.at("parameters"))
        if (one.at("name") == name && one.contains("visible_when")) {
            const nlohmann::json& when = one.at("visible_when");
            const auto other = parameters.find(when.at("parameter").get<std::string>());
            const nlohmann::json& equals = when.at("equals");
            return other == parameters.end() ||
                   std::find(equals.begin(), equals.end(), *other) != equals.end();
        }
    return true;
}

}  // namespace

std::vector<Claim> contextClaims() {
    std::vector<Claim> all;
    all.push_back(
        Claim("reorganisation_is_sudden",
              "Accuracy turns at a critical context: a broken line predicts held-out points better than a "
              "smooth sigmoid or power law.")
            .source(kPaper, "Sec. 4, Fig. 4")
            .estimand("log of the held-out mean squared error of a two-segment line in ln(context) over that "
                      "of the better of a sigmoid and a power law, accuracy, five interleaved folds")
            .unit("ln")
            .each(Replication::Walk)
            .by(Interval::Mean)
            .lessThan(0, kLogMargin)
            .atLeast(5)
            .control(Control("made_smooth",
                             "With the suddenness taken out (the fitted sigmoid, residuals in a random "
                             "order) the line is not better.")
                         .by(Interval::Mean)
                         .greaterThan(-kLogMargin, 0)));
    all.push_back(
        Claim("accuracy_turns_upwards",
              "… and it turns upwards there: after the critical context it rises faster than before.")
            .source(kPaper, "Sec. 4, Fig. 4")
            .estimand("slope of accuracy over ln(context) right of the knee of the broken line minus the "
                      "slope left of it; a curve that saturates has a negative one")
            .unit("1/ln words")
            .each(Replication::Walk)
            .by(Interval::Mean)
            .greaterThan(0, .01)
            .atLeast(5)
            .control(Control("made_straight",
                             "Of a straight line with the same ends and the residuals of the broken line the "
                             "slopes differ by nothing.")
                         .by(Interval::Mean)
                         .equals(0, .05)));
    all.push_back(Claim("energy_falls_first", "Energy falls before accuracy rises.")
                      .source(kPaper, "Fig. 4")
                      .estimand("ln of the context where accuracy has made half of its change minus ln of "
                                "that where the Rayleigh quotient has, same words and walks")
                      .unit("ln words")
                      .each(Replication::Walk)
                      .by(Interval::Mean)
                      .greaterThan(0, kLogMargin)
                      .atLeast(5)
                      .control(Control("shuffled_is_isotropic",
                                       "With the tokens in random order the class means hold no map: their "
                                       "Rayleigh quotient over the isotropic one is 1.")
                                   .by(Interval::Mean)
                                   .equals(1, .15)));
    all.push_back(
        Claim("map_beyond_neighbour_mixing",
              "The map is more than a copy of the word before: it remains when what the word before explains "
              "is taken out.")
            .source("arXiv:2602.04212 and the induction critique of 2026", "control of Fig. 2")
            .kind(ClaimKind::PaperClaim)
            .estimand("Rayleigh quotient of the class means without the fitted part of the preceding word, "
                      "with what "
                      "noise adds taken out, over that of parts that have nothing to do with the graph")
            .unit("1")
            .each(Replication::Walk)
            .by(Interval::Mean)
            .lessThan(1, .05)
            .atLeast(5)
            .control(
                Control(
                    "planted_mixing",
                    "Of planted states that are nothing but neighbour mixing with as much noise, nothing is "
                    "left.")
                    .by(Interval::Mean)
                    .equals(1, .15)));
    return all;
}

std::optional<std::string> severalStudies(std::span<const nlohmann::json> runs, const latent::Schema& schema,
                                          std::span<const char* const> names) {
    const nlohmann::json declared = schema.toJson();
    for (const std::string name : names) {
        std::set<std::string> values;
        for (const nlohmann::json& p : runs)
            values.insert(!p.contains(name) || p.at(name).is_null() || !asked(declared, p, name) ? ""
                          : p.at(name).is_string() ? p.at(name).get<std::string>()
                                                   : p.at(name).dump());
        if (values.size() < 2) continue;
        std::string text = "The runs are different studies: '" + name + "' is " + *values.begin();
        for (auto v = std::next(values.begin()); v != values.end(); ++v) text += " and " + *v;
        return text + ". Ask about those of one.";
    }
    return std::nullopt;
}

void measureContextClaims(const std::vector<ContextUnit>& units, Evidence& out) {
    Units sudden, smooth, turn, straight, first, shuffled, beyond, planted;
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    bool older = false;
    for (const ContextUnit& unit : units) {
        const auto logRatio = [&](const std::vector<double>& y) {
            const auto onset = compareOnset(unit.context, y);
            return onset && onset->heldOutRatio > 0 ? std::log(onset->heldOutRatio) : std::nan("");
        };
        const bool accuracy = !unit.accuracy.empty();
        const auto half = accuracy ? halfChange(unit.context, unit.accuracy, kLeastChange) : std::nullopt;
        const auto slopes = [&](const std::vector<double>& y) {
            const auto line = fitBrokenLine(unit.context, y);
            return line ? line->after - line->before : kNone;
        };
        sudden.add(unit.name, half ? logRatio(unit.accuracy) : kNone);
        turn.add(unit.name, half ? slopes(unit.accuracy) : kNone);
        if (half) {
            const auto number = static_cast<std::uint64_t>(&unit - units.data());
            const auto y = madeSmooth(unit, number);
            smooth.add(unit.name, y.empty() ? kNone : logRatio(y));
            straight.add(unit.name, slopes(madeStraight(unit)));
        }
        const auto energy = halfChange(unit.context, unit.rayleigh, kLeastChange);
        first.add(unit.name, half && energy ? std::log(*half) - std::log(*energy) : kNone);
        shuffled.add(unit.name, unit.shuffledRayleigh / unit.isotropic);
        beyond.add(unit.name, unit.older ? kNone : unit.beyondRayleigh / unit.isotropic);
        planted.add(unit.name, unit.older ? kNone : unit.plantedBeyond / unit.isotropic);
        older = older || unit.older;
    }
    const auto say = [&](const char* claim, const Units& values, const char* control, const Units& known,
                         const std::string& why) {
        if (const auto refusal = values.refusal(why, why)) return out.notMeasured(claim, *refusal);
        if (const auto refusal = known.refusalAs(control)) return out.notMeasured(claim, *refusal);
        out.claim(claim).values(values.first).units(values.names);
        if (!known.empty()) out.claim(claim).control(control).values(known.first).units(known.names);
    };
    say("reorganisation_is_sudden", sudden, "made_smooth", smooth,
        "There is no accuracy over several contexts that changes by more than .05; record probabilities, or "
        "read longer walks.");
    say("accuracy_turns_upwards", turn, "made_straight", straight,
        "There is no accuracy over several contexts that changes by more than .05; record probabilities, or "
        "read longer walks.");
    say("energy_falls_first", first, "shuffled_is_isotropic", shuffled,
        "There are not both an accuracy and an energy over several contexts that change; record "
        "probabilities and longer walks.");
    say("map_beyond_neighbour_mixing", beyond, "planted_mixing", planted,
        older ? "The runs are of a version that left the noise in; run them again."
              : "No states of single tokens were kept, so that the part of the word before cannot be fitted, "
                "or what is left without it does not stand out of the noise.");
}

}  // namespace icl_graphs

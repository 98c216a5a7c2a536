// SPDX-License-Identifier: Apache-2.0
#include "experiments/claims.hpp"

#include <cmath>

#include <latent/learn/random.hpp>

#include "measures/context_curves.hpp"

namespace icl_graphs {
namespace {

using namespace latent;

constexpr const char* kPaper = "arXiv:2501.00070";
constexpr double kLogMargin = .1;    // a tenth of a factor of e: differences of context below that do not count as earlier
constexpr double kLeastChange = .05; // of accuracy: less than that is no rise that could be timed

struct Units {
    std::vector<double> values;
    std::vector<std::string> names;
    void add(const ContextUnit& unit, double value) {
        if (!std::isfinite(value)) return;
        values.push_back(value);
        names.push_back(unit.name);
    }
};

/// The unit's accuracy with its suddenness taken out: the fitted sigmoid, and the residuals in a random order.
std::vector<double> madeSmooth(const ContextUnit& unit) {
    const auto smooth = fitSigmoid(unit.context, unit.accuracy);
    if (!smooth) return {};
    std::vector<double> y;
    latent::learn::RandomStream random(17, "icl/smooth_control");
    const auto order = random.permutation(static_cast<std::uint32_t>(unit.context.size()));
    for (std::size_t i = 0; i < unit.context.size(); ++i) y.push_back(smooth->at(unit.context[i]) + unit.accuracy[order[i]] - smooth->at(unit.context[order[i]]));
    return y;
}

}  // namespace

std::vector<Claim> contextClaims() {
    std::vector<Claim> all;
    all.push_back(Claim("reorganisation_is_sudden", "Accuracy turns upwards at a critical context: a broken line predicts held-out points better than a smooth sigmoid or power law.")
                      .source(kPaper, "Sec. 4, Fig. 4").estimand("log of the held-out mean squared error of a two-segment line in ln(context) over that of the better of a sigmoid and a power law, accuracy, five interleaved folds").unit("ln").each(Replication::Walk)
                      .by(Interval::Mean).lessThan(0, kLogMargin).atLeast(5)
                      .control(Control("made_smooth", "With the suddenness taken out (the fitted sigmoid, residuals in a random order) the line is not better.").by(Interval::Mean).greaterThan(-kLogMargin, 0)));
    all.push_back(Claim("energy_falls_first", "Energy falls before accuracy rises.").source(kPaper, "Fig. 4").estimand("ln of the context where accuracy has made half of its change minus ln of that where the Rayleigh quotient has, same words and walks").unit("ln tokens")
                      .each(Replication::Walk).by(Interval::Mean).greaterThan(0, kLogMargin).atLeast(5)
                      .control(Control("shuffled_is_isotropic", "With the tokens in random order the class means hold no map: their Rayleigh quotient over the isotropic one is 1.").by(Interval::Mean).equals(1, .15)));
    all.push_back(Claim("map_beyond_neighbour_mixing", "The map is more than a copy of the word before: it remains when what the word before explains is taken out.").source("arXiv:2602.04212 and the induction critique of 2026", "control of Fig. 2").kind(ClaimKind::PaperClaim)
                      .estimand("Rayleigh quotient of the class means without the fitted part of the preceding word, over the isotropic one").unit("1").each(Replication::Walk).by(Interval::Mean).lessThan(1, .05).atLeast(5)
                      .control(Control("planted_mixing", "Of planted states that are nothing but neighbour mixing, nothing is left.").by(Interval::Mean).equals(1, .15)));
    return all;
}

void measureContextClaims(const std::vector<ContextUnit>& units, Evidence& out) {
    Units sudden, smooth, first, shuffled, beyond, planted;
    for (const ContextUnit& unit : units) {
        const auto logRatio = [&](const std::vector<double>& y) {
            const auto onset = compareOnset(unit.context, y);
            return onset && onset->heldOutRatio > 0 ? std::log(onset->heldOutRatio) : std::nan("");
        };
        const bool accuracy = !unit.accuracy.empty();
        const auto half = accuracy ? halfChange(unit.context, unit.accuracy, kLeastChange) : std::nullopt;
        if (half) {
            sudden.add(unit, logRatio(unit.accuracy));
            if (const auto y = madeSmooth(unit); !y.empty()) smooth.add(unit, logRatio(y));
        }
        const auto energy = halfChange(unit.context, unit.rayleigh, kLeastChange);
        if (half && energy) first.add(unit, std::log(*half) - std::log(*energy));
        shuffled.add(unit, unit.shuffledRayleigh / unit.isotropic);
        beyond.add(unit, unit.beyondRayleigh / unit.isotropic);
        planted.add(unit, unit.plantedBeyond / unit.isotropic);
    }
    const auto say = [&](const char* claim, const Units& values, const char* control, const Units& known, const char* why) {
        if (values.values.empty()) return out.notMeasured(claim, why);
        out.claim(claim).values(values.values).units(values.names);
        if (!known.values.empty()) out.claim(claim).control(control).values(known.values).units(known.names);
    };
    say("reorganisation_is_sudden", sudden, "made_smooth", smooth, "There is no accuracy over several contexts that changes by more than .05; record probabilities, or read longer walks.");
    say("energy_falls_first", first, "shuffled_is_isotropic", shuffled, "There are not both an accuracy and an energy over several contexts that change; record probabilities and longer walks.");
    say("map_beyond_neighbour_mixing", beyond, "planted_mixing", planted, "No states of single tokens were kept, so that the part of the word before cannot be fitted.");
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims of concept/diffusion (diffusion_claims.cpp). The unit is the seed: runs
// that differ in one parameter alone are compared seed by seed, and what one seed gives in several settings
// is averaged before anything is judged. A time that is not reached within the training counts as all of it
// where times are averaged (restricted mean), and is left out only where nothing is known of an order.

#include <algorithm>
#include <cmath>

#include "experiments/diffused_run.hpp"
#include "experiments/diffusion.hpp"
#include "experiments/left_out.hpp"
#include "model/diffusion/curves.hpp"

namespace concept_space {
namespace {

constexpr const char* kNoWeakColour =
    "No run has a weak colour: the smallest 'sep_colour' must be below 'sep_size'.";
constexpr const char* kNoCrossing =
    "No two runs that differ in 'sep_colour' alone have it below 'sep_size' at its lowest value and "
    "above at its highest.";

/// Colour is the weaker of the two signals at the lowest separation of a sweep.
bool isWeakBelow(const DiffusedRun& r, bool high) {
    return high || r.number("sep_colour") < r.number("sep_size");
}
/// … and the stronger one at the highest.
bool changesSides(const DiffusedRun& r, bool high) {
    return high ? r.number("sep_colour") > r.number("sep_size") : isWeakBelow(r, high);
}

void measureSignal(const DiffusedRuns& runs, latent::Evidence& out) {
    const std::vector<double> colours = runs.values("sep_colour");
    const auto timeOf = [&](std::size_t concept_) {
        return runs.pairs("sep_colour", [=](const DiffusedRun& r, std::size_t s) {
            return std::optional(r.restricted(r.conceptTime(s, concept_)));
        });
    };
    const Pairs colour = timeOf(0), size = timeOf(1);
    if (colour.low.empty()) {
        for (const char* id : {"signal_sets_speed", "signal_sets_order", "bend_changes_side"})
            out.notMeasured(id, "No two runs differ in 'sep_colour' alone; sweep it.");
        return;
    }
    out.claim("signal_sets_speed")
        .paired(colour.low.means(), colour.high.means())
        .units(colour.low.names())
        .swept("sep_colour", colours)
        .control("size_is_not_sooner")
        .paired(size.low.means(), size.high.means())
        .units(size.low.names());

    // By how much the small comes before the blue; empty where neither was learned.
    const Pairs lead = runs.pairs(
        "sep_colour",
        [](const DiffusedRun& r, std::size_t s) {
            const auto blue = r.conceptTime(s, 0), small = r.conceptTime(s, 1);
            return blue || small ? std::optional(r.restricted(blue) - r.restricted(small)) : std::nullopt;
        },
        changesSides);
    const Pairs trained = runs.pairs(
        "sep_colour", [](const DiffusedRun& r, std::size_t s) { return std::optional(r.slowestTrained(s)); },
        changesSides);
    if (trained.low.empty()) {
        for (const char* id : {"signal_sets_order", "bend_changes_side"}) out.notMeasured(id, kNoCrossing);
        return;
    }
    const auto both = [](const Pairs& pairs, auto join) {
        std::vector<double> all;
        const std::vector<double> low = pairs.low.means(), high = pairs.high.means();
        for (std::size_t i = 0; i < low.size(); ++i) all.push_back(join(low[i], high[i]));
        return all;
    };
    if (lead.low.empty())
        out.notMeasured("signal_sets_order",
                        "No seed learned a concept of the held-out class at both separations; train longer.");
    else
        out.claim("signal_sets_order")
            .values(both(lead, [](double weak, double strong) { return std::min(weak, -strong); }))
            .units(lead.low.names())
            .swept("sep_colour", colours)
            .control("trained_are_learned")
            .values(both(trained, [](double weak, double strong) { return std::max(weak, strong); }))
            .units(trained.low.names());

    const Pairs bend = runs.pairs(
        "sep_colour",
        [](const DiffusedRun& r, std::size_t s) {
            double sum = 0;
            for (std::size_t c = 1; c < r.step.size(); ++c)
                sum += r.coordinate(s, r.heldOut(), c, 0) - r.coordinate(s, r.heldOut(), c, 1);
            return std::optional(sum / static_cast<double>(r.step.size() - 1));
        },
        changesSides);
    const Pairs ends = runs.pairs(
        "sep_colour",
        [](const DiffusedRun& r, std::size_t s) {
            double sum = 0;
            for (const std::size_t itsClass : {r.alone(0), r.alone(1)})
                sum += r.coordinate(s, itsClass, r.step.size() - 1, 0) -
                       r.coordinate(s, itsClass, r.step.size() - 1, 1);
            return std::optional(sum / 2);
        },
        changesSides);
    out.claim("bend_changes_side")
        .paired(bend.high.means(), bend.low.means())
        .units(bend.high.names())
        .swept("sep_colour", colours)
        .control("trained_ends_are_opposite")
        .paired(ends.high.means(), ends.low.means())
        .units(ends.high.names());
}

/// Where the held-out class is when its neighbour, red and small, has been learned.
void measureMemorisation(const DiffusedRuns& runs, latent::Evidence& out) {
    Units held, neighbour;
    for (const DiffusedRun* r : runs.weak())
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const std::size_t near = r->alone(1);
            const auto time = r->classTime(near, s);
            const auto c = time ? r->checkpointAt(*time) : std::nullopt;
            if (!c) continue;
            const auto lead = [&](std::size_t itsClass) {
                return r->distance(s, itsClass, *c, r->heldOut()) - r->distance(s, itsClass, *c, near);
            };
            held.add(r->unit(s), lead(r->heldOut()));
            neighbour.add(r->unit(s), lead(near));
        }
    if (runs.weak().empty())
        out.notMeasured("memorised_first", kNoWeakColour);
    else if (held.empty())
        out.notMeasured(
            "memorised_first",
            "In no seed of the weakest colour was the neighbouring trained class learned; train longer.");
    else
        out.claim("memorised_first")
            .values(held.means())
            .units(held.names())
            .control("trained_class")
            .values(neighbour.means())
            .units(neighbour.names());
}

void measurePrecedence(const DiffusedRuns& runs, latent::Evidence& out) {
    Units naive, elicited, random;
    for (const DiffusedRun* r : runs.weak())
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const auto time = [&](std::size_t method) { return r->restricted(r->methodTime(method, s)); };
            naive.add(r->unit(s), time(kNaive));
            elicited.add(r->unit(s), time(kOverPrompt));
            random.add(r->unit(s), time(kRandom));
        }
    out.claim("capability_precedes_prompting")
        .paired(naive.means(), elicited.means())
        .units(naive.names())
        .chosenOn({"even samples"})
        .control("random_direction")
        .paired(naive.means(), random.means())
        .units(naive.names());
}

/// One value a seed, and the same with another seed of the same run in its place.
struct WithNulls {
    Units values;
    std::map<std::string, std::vector<double>> nulls;
    std::vector<std::vector<double>> draws() const {
        std::vector<std::vector<double>> all;
        for (const auto& [name, each] : nulls) all.push_back(each);
        return all;
    }
};

void measureTurn(const DiffusedRuns& runs, latent::Evidence& out) {
    WithNulls apart, differ;
    for (const DiffusedRun* r : runs.weak()) {
        std::vector<std::array<double, 2>> logs;  // of turn and capability
        std::vector<std::string> units;
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const auto turned = r->turn(s), capable = r->methodTime(kOverPrompt, s);
            if (!turned || !capable || *turned <= 0 || *capable <= 0) continue;
            logs.push_back({std::log10(*turned), std::log10(*capable)});
            units.push_back(r->unit(s));
        }
        for (std::size_t i = 0; i < logs.size() && logs.size() > 1; ++i) {
            apart.values.add(units[i], std::abs(logs[i][0] - logs[i][1]));
            differ.values.add(units[i], 0);
            for (std::size_t j = 0; j < logs.size(); ++j)
                if (j != i) {
                    apart.nulls[units[i]].push_back(std::abs(logs[i][0] - logs[j][1]));
                    differ.nulls[units[i]].push_back(std::abs(logs[i][1] - logs[j][1]));
                }
        }
    }
    if (apart.values.empty())
        out.notMeasured("turn_at_capability",
                        "In no run of the weakest colour did two seeds both turn and get elicited.");
    else
        out.claim("turn_at_capability")
            .values(apart.values.means())
            .units(apart.values.names())
            .nulls(apart.draws())
            .control("seeds_differ")
            .values(differ.values.means())
            .units(differ.values.names())
            .nulls(differ.draws());
}

/// Squared deviations from the mean of a run, n/(n − 1) times: their mean is the variance.
std::vector<double> squaredDeviations(const std::vector<double>& v) {
    const double n = static_cast<double>(v.size()), mean = std::accumulate(v.begin(), v.end(), 0.0) / n;
    std::vector<double> all;
    for (const double x : v) all.push_back((x - mean) * (x - mean) * n / (n - 1));
    return all;
}

void measureConsistency(const DiffusedRuns& runs, latent::Evidence& out) {
    Units naive, elicited;
    for (const DiffusedRun* r : runs.weak()) {
        std::vector<double> own, other;
        std::vector<std::string> units;
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const auto prompted = r->methodTime(kNaive, s), capable = r->methodTime(kOverPrompt, s);
            if (!prompted || !capable || *prompted <= 0 || *capable <= 0) continue;
            own.push_back(std::log10(*prompted));
            other.push_back(std::log10(*capable));
            units.push_back(r->unit(s));
        }
        if (units.size() < 2) continue;
        own = squaredDeviations(own);
        other = squaredDeviations(other);
        for (std::size_t i = 0; i < units.size(); ++i) {
            naive.add(units[i], own[i]);
            elicited.add(units[i], other[i]);
        }
    }
    if (naive.empty())
        out.notMeasured("capability_is_consistent",
                        "In no run of the weakest colour did two seeds learn the held-out class both by its "
                        "prompt and elicited.");
    else
        out.claim("capability_is_consistent")
            .paired(naive.means(), elicited.means())
            .units(naive.names())
            .control("prompting_varies")
            .values(naive.means())
            .units(naive.names());
}

/// The largest rise of the concept MSE after an earlier checkpoint, the two chosen on the other seeds.
std::optional<double> riseOf(const DiffusedRun& r, std::size_t s) {
    if (r.seeds < 2) return std::nullopt;
    const std::size_t n = r.step.size();
    std::vector<double> others(n);
    for (std::size_t o = 0; o < r.seeds; ++o)
        for (std::size_t c = 0; c < n && o != s; ++c)
            others[c] += r.mse[o * n + c] / static_cast<double>(r.seeds - 1);
    std::size_t low = 0, from = 0, to = 0;
    for (std::size_t c = 1; c < n; ++c) {
        if (others[c] < others[low]) low = c;
        if (others[c] - others[low] > others[to] - others[from]) from = low, to = c;
    }
    return r.mse[s * n + to] - r.mse[s * n + from];
}

void measureShape(const DiffusedRuns& runs, latent::Evidence& out) {
    const char* id = "mse_bends_at_weak_colour";
    const Pairs rise = runs.pairs("sep_colour", riseOf, isWeakBelow);
    std::vector<std::string> chosenOn;
    for (const std::string& unit : rise.low.names()) chosenOn.push_back("all but " + unit);
    if (runs.values("sep_colour").size() < 2)
        out.notMeasured(id, "The runs have a single separation of colours; sweep 'sep_colour'.");
    else if (runs.weak().empty())
        out.notMeasured(id, kNoWeakColour);
    else if (std::all_of(runs.all.begin(), runs.all.end(), [](const auto& r) { return r.seeds < 2; }))
        out.notMeasured(id, "The runs have one seed each; when to look is chosen on the other seeds.");
    else if (rise.low.empty())
        out.notMeasured(id,
                        "No two runs of several seeds that differ in 'sep_colour' alone have it below "
                        "'sep_size' at its lowest value.");
    else
        out.claim(id)
            .paired(rise.low.means(), rise.high.means())
            .units(rise.low.names())
            .chosenOn(chosenOn)
            .swept("sep_colour", runs.values("sep_colour"))
            .control("monotone_at_strong_colour")
            .values(rise.high.means())
            .units(rise.high.names());
}

/// Slope of log10 speed over the second half of the training, per length of it, less the slope that the
/// widening spacing of the checkpoints gives to equal displacements.
std::optional<double> lateSlope(const std::vector<double>& step, std::span<const double> speed) {
    std::vector<double> x, y;
    for (std::size_t c = 0; c < step.size(); ++c) {
        if (step[c] < step.back() / 2 || !(speed[c] > 0)) continue;
        const std::size_t a = c == 0 ? 0 : c - 1, b = std::min(c + 1, step.size() - 1);
        x.push_back(step[c] / step.back());
        // The displacement of one checkpoint, which knows nothing of their spacing.
        y.push_back(std::log10(speed[c] * (step[b] - step[a]) / static_cast<double>(b - a)));
    }
    return x.size() < 4 ? std::nullopt : std::optional(slope(x, y));
}

/// The same path with displacements of one length.
std::vector<double> atConstantDisplacement(const std::vector<double>& path, std::size_t concepts) {
    std::vector<double> even(path.size()), direction(concepts);
    direction[0] = 1;
    for (std::size_t i = 1; i < path.size() / concepts; ++i) {
        double squares = 0;
        for (std::size_t k = 0; k < concepts; ++k)
            squares += std::pow(path[i * concepts + k] - path[(i - 1) * concepts + k], 2);
        for (std::size_t k = 0; k < concepts; ++k) {
            if (squares > 0)
                direction[k] = (path[i * concepts + k] - path[(i - 1) * concepts + k]) / std::sqrt(squares);
            even[i * concepts + k] = even[(i - 1) * concepts + k] + direction[k];
        }
    }
    return even;
}

void measureLateSpeed(const DiffusedRuns& runs, latent::Evidence& out) {
    Units late, even;
    for (const DiffusedRun& r : runs.all)
        for (std::size_t s = 0; s < r.seeds; ++s) {
            const std::size_t n = r.step.size();
            std::vector<double> path;
            for (std::size_t c = 0; c < n; ++c)
                for (std::size_t k = 0; k < r.concepts; ++k)
                    path.push_back(r.coordinate(s, r.heldOut(), c, k));
            const auto own = lateSlope(r.step, std::span(r.speed).subspan(s * n, n)),
                       same = lateSlope(
                           r.step, speedOf(r.step, atConstantDisplacement(path, r.concepts), r.concepts));
            if (!own || !same) continue;
            late.add(r.unit(s), *own);
            even.add(r.unit(s), *same);
        }
    if (late.empty())
        out.notMeasured("late_speed_falls",
                        "Fewer than four checkpoints at which anything moves lie in the second half of the "
                        "training.");
    else
        out.claim("late_speed_falls")
            .values(late.means())
            .units(late.names())
            .control("constant_displacement")
            .values(even.means())
            .units(even.names());
}

void measureMasking(const DiffusedRuns& runs, latent::Evidence& out) {
    const Pairs held = runs.pairs("mask", [](const DiffusedRun& r, std::size_t s) {
        return std::optional(r.restricted(r.conceptTime(s, 0)));
    });
    const Pairs whole = runs.pairs("mask", [](const DiffusedRun& r, std::size_t s) {
        return std::optional(r.restricted(r.classTime(r.alone(0), s)));
    });
    if (runs.values("mask").size() < 2)
        out.notMeasured("masking_delays",
                        "The runs have a single fraction of masked conditions; sweep 'mask'.");
    else if (held.low.empty())
        out.notMeasured("masking_delays", "No two runs differ in 'mask' alone; sweep it.");
    else
        out.claim("masking_delays")
            .paired(held.high.means(), held.low.means())
            .units(held.high.names())
            .swept("mask", runs.values("mask"))
            .control("blue_big")
            .paired(whole.high.means(), whole.low.means())
            .units(whole.high.names());
}

/// All that is said of weak and strong colours.
void measureColours(const DiffusedRuns& runs, latent::Evidence& out) {
    if (runs.values("sep_colour").size() < 2)
        for (const char* id : {"signal_sets_speed", "signal_sets_order", "bend_changes_side"})
            out.notMeasured(id, "The runs have a single separation of colours; sweep 'sep_colour'.");
    else
        measureSignal(runs, out);
    measureMemorisation(runs, out);
    if (runs.weak().empty()) {
        for (const char* id :
             {"capability_precedes_prompting", "turn_at_capability", "capability_is_consistent"})
            out.notMeasured(id, kNoWeakColour);
    } else {
        measurePrecedence(runs, out);
        measureTurn(runs, out);
        measureConsistency(runs, out);
    }
    measureShape(runs, out);
}

}  // namespace

void Diffusion::measure(const latent::RunSet& set, latent::Evidence& out) {
    DiffusedRuns runs;
    LeftOut leftOut;
    for (const latent::Run& run : set)
        leftOut.orElse(run, [&] {
            if (run.has("turn_step") && run.has("learning_time") &&
                run.parameters().choice("objective") == "diffusion")
                runs.all.emplace_back(run);
        });
    if (runs.all.empty()) {
        for (const latent::Claim& claim : claims())
            out.notMeasured(claim.id(), "There is no finished run of a diffusion model.");
        leftOut.tell(out);
        return;
    }
    measureLateSpeed(runs, out);
    measureMasking(runs, out);
    std::erase_if(runs.all, [](const DiffusedRun& r) { return r.ofOwnImages; });  // the rest is about colours
    if (runs.all.empty())
        for (const latent::Claim& claim : claims()) {
            if (out.claims().count(claim.id())) continue;
            out.notMeasured(
                claim.id(),
                "All runs are of own images, of which nobody knows how far apart the concepts are: "
                "none has a weak or a strong colour.");
        }
    else
        measureColours(runs, out);
    leftOut.tell(out);
}

}  // namespace concept_space

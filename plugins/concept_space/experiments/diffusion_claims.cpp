// SPDX-License-Identifier: Apache-2.0
// What the papers claim of diffusion models in concept space, and what is measured for it. The unit is the
// seed. Times are restricted to the length of the training where they are averaged (restricted mean),
// compared by order where one is censored, and left out where neither is known.

#include <algorithm>
#include <cmath>
#include <set>

#include "experiments/diffused_run.hpp"
#include "experiments/diffusion.hpp"
#include "experiments/measurements.hpp"

namespace concept_space {
namespace {

constexpr const char* kHidden = "arXiv:2406.19370";
constexpr const char* kSwingBy = "arXiv:2410.08309";
constexpr double kRise = .01;

struct Runs {
    std::vector<DiffusedRun> all;

    std::vector<double> colours() const {
        std::set<double> values;
        for (const DiffusedRun& r : all) values.insert(r.colour);
        return {values.begin(), values.end()};
    }
    std::vector<const DiffusedRun*> at(double colour) const {
        std::vector<const DiffusedRun*> some;
        for (const DiffusedRun& r : all)
            if (r.colour == colour) some.push_back(&r);
        return some;
    }
};

/// Fraction of the training that passes before it is learned: the restricted mean of a time that may be
/// censored.
double restricted(const std::optional<double>& time, double end) {
    return std::min(time.value_or(end), end) / end;
}

/// Values by unit at the weakest and at the strongest colour, of units that have both.
struct Pair {
    Units weak, strong;
    template <class Value>
    static Pair of(const Runs& runs, Value value) {
        std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> both;
        const std::vector<double> colours = runs.colours();
        const auto collect = [&](double colour, bool first) {
            for (const DiffusedRun* r : runs.at(colour))
                for (std::size_t s = 0; s < r->seeds; ++s)
                    if (const std::optional<double> v = value(*r, s))
                        (first ? both[r->unit(s)].first : both[r->unit(s)].second).push_back(*v);
        };
        collect(colours.front(), true);
        collect(colours.back(), false);
        Pair pair;
        for (const auto& [unit, values] : both) {
            if (values.first.empty() || values.second.empty()) continue;
            for (const double v : values.first) pair.weak.add(unit, v);
            for (const double v : values.second) pair.strong.add(unit, v);
        }
        return pair;
    }
};

void measureSignal(const Runs& runs, latent::Evidence& out) {
    const Pair colour = Pair::of(runs, [](const DiffusedRun& r, std::size_t s) {
        return std::optional(restricted(r.conceptTime(s, 0), r.step.back()));
    });
    const Pair trained = Pair::of(runs, [](const DiffusedRun& r, std::size_t s) {
        return std::optional(restricted(r.classTime(1, s), r.step.back()));
    });
    out.claim("signal_sets_speed")
        .paired(colour.weak.means(), colour.strong.means())
        .units(colour.weak.names())
        .swept("sep_colour", runs.colours())
        .control("other_class")
        .paired(trained.weak.means(), trained.strong.means())
        .units(trained.weak.names());
    Units follows, swapped;
    const Pair order = Pair::of(runs, [](const DiffusedRun& r, std::size_t s) {
        return std::optional(restricted(r.conceptTime(s, 1), r.step.back()) -
                             restricted(r.conceptTime(s, 0), r.step.back()));
    });
    const std::vector<double> weak = order.weak.means(), strong = order.strong.means();
    const std::vector<std::string> names = order.weak.names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        follows.add(names[i], weak[i] < 0 && strong[i] > 0);
        swapped.add(names[i], weak[i] > 0 && strong[i] < 0);
    }
    out.claim("signal_sets_order")
        .outcomes(follows.allTrue())
        .units(names)
        .swept("sep_colour", runs.colours())
        .control("exchanged")
        .outcomes(swapped.allTrue())
        .units(names);
    const Pair bend = Pair::of(runs, [](const DiffusedRun& r, std::size_t s) {
        double sum = 0;
        for (std::size_t c = 0; c < r.step.size(); ++c)
            sum += (r.coordinate(s, r.classes - 1, c, 0) - r.coordinate(s, r.classes - 1, c, 1)) /
                   static_cast<double>(r.step.size());
        return std::optional(sum);
    });
    const Pair start = Pair::of(runs, [](const DiffusedRun& r, std::size_t s) {
        return std::optional(r.coordinate(s, r.classes - 1, 0, 0) - r.coordinate(s, r.classes - 1, 0, 1));
    });
    out.claim("bend_changes_side")
        .paired(bend.strong.means(), bend.weak.means())
        .units(bend.strong.names())
        .swept("sep_colour", runs.colours())
        .control("untrained")
        .paired(start.strong.means(), start.weak.means())
        .units(start.strong.names());
}

/// Where the held-out class is when its neighbour, red and small, has been learned.
void measureMemorisation(const Runs& runs, latent::Evidence& out) {
    Units held, neighbour;
    for (const DiffusedRun* r : runs.at(runs.colours().front()))
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const std::size_t near = r->classes / 4;  // the class with the second concept alone
            const auto time = r->classTime(near, s);
            const auto c = time ? r->checkpointAt(*time) : std::nullopt;
            if (!c) continue;
            const auto lead = [&](std::size_t itsClass) {
                const double x = r->coordinate(s, itsClass, *c, 0), y = r->coordinate(s, itsClass, *c, 1);
                return std::hypot(1 - x, 1 - y) - std::hypot(x, 1 - y);
            };
            held.add(r->unit(s), lead(r->classes - 1));
            neighbour.add(r->unit(s), lead(near));
        }
    if (held.empty())
        out.notMeasured(
            "memorised_first",
            "In no seed of the weakest colour was the neighbouring trained class learned; train longer.");
    else
        out.claim("memorised_first")
            .values(held.means())
            .units(held.names())
            .swept("sep_colour", runs.colours())
            .control("trained_class")
            .values(neighbour.means())
            .units(neighbour.names());
}

void measureCapability(const Runs& runs, latent::Evidence& out) {
    Units precedes, random;
    const auto weakest = runs.at(runs.colours().front());
    for (const DiffusedRun* r : weakest)
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const auto naive = r->methodTime(kNaive, s);
            const auto before = [&](std::size_t method, Units& to) {
                const auto time = r->methodTime(method, s);
                if (time || naive) to.add(r->unit(s), time && (!naive || *time < *naive));
            };
            before(kOverPrompt, precedes);
            before(kRandom, random);
        }
    if (precedes.empty())
        out.notMeasured("capability_precedes_prompting",
                        "At the weakest colour the held-out class was neither prompted nor elicited in any "
                        "seed; train longer.");
    else
        out.claim("capability_precedes_prompting")
            .outcomes(precedes.allTrue())
            .units(precedes.names())
            .control("random_direction")
            .outcomes(random.allTrue())
            .units(random.names());

    std::vector<double> turn, capability, naive, elicited;
    std::vector<std::string> turnUnits, bothUnits;
    for (const DiffusedRun* r : weakest)
        for (std::size_t s = 0; s < r->seeds; ++s) {
            const auto time = r->methodTime(kOverPrompt, s), own = r->methodTime(kNaive, s),
                       turned = r->turn(s);
            if (time && turned && *time > 0 && *turned > 0) {
                turn.push_back(std::log10(*turned));
                capability.push_back(std::log10(*time));
                turnUnits.push_back(r->unit(s) +
                                    (weakest.size() > 1 ? ", run " + std::to_string(turnUnits.size()) : ""));
            }
            if (time && own && *time > 0 && *own > 0) {
                elicited.push_back(std::log10(*time));
                naive.push_back(std::log10(*own));
                bothUnits.push_back(r->unit(s) +
                                    (weakest.size() > 1 ? ", run " + std::to_string(bothUnits.size()) : ""));
            }
        }
    if (turn.size() < 2) {
        out.notMeasured("turn_at_capability",
                        "Fewer than two seeds of the weakest colour both turned and were elicited.");
    } else {
        std::vector<double> apart;
        std::vector<std::vector<double>> nulls, others;
        for (std::size_t i = 0; i < turn.size(); ++i) {
            apart.push_back(std::abs(turn[i] - capability[i]));
            nulls.emplace_back();
            others.emplace_back();
            for (std::size_t j = 0; j < turn.size(); ++j)
                if (j != i) {
                    nulls.back().push_back(std::abs(turn[i] - capability[j]));
                    others.back().push_back(std::abs(capability[i] - capability[j]));
                }
        }
        out.claim("turn_at_capability")
            .values(apart)
            .units(turnUnits)
            .nulls(nulls)
            .control("seeds_differ")
            .values(std::vector<double>(turn.size(), 0.0))
            .units(turnUnits)
            .nulls(others);
    }
    if (naive.size() < 2) {
        out.notMeasured("capability_is_consistent",
                        "Fewer than two seeds of the weakest colour learned the held-out class both by its "
                        "prompt and elicited.");
        return;
    }
    const auto squares = [](const std::vector<double>& v) {
        double mean = 0;
        for (const double x : v) mean += x / static_cast<double>(v.size());
        std::vector<double> all;
        for (const double x : v)
            all.push_back((x - mean) * (x - mean) * static_cast<double>(v.size()) /
                          static_cast<double>(v.size() - 1));
        return all;
    };
    out.claim("capability_is_consistent")
        .paired(squares(naive), squares(elicited))
        .units(bothUnits)
        .control("prompting_varies")
        .values(squares(naive))
        .units(bothUnits);
}

/// The largest rise of the concept MSE after an earlier checkpoint, the two chosen on the other seeds.
void measureShape(const Runs& runs, latent::Evidence& out) {
    std::vector<std::string> chosenOn;
    const auto rise = [&](const DiffusedRun& r, std::size_t s) -> std::optional<double> {
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
    };
    const Pair shape = Pair::of(runs, rise);
    for (const std::string& unit : shape.weak.names()) chosenOn.push_back("all but " + unit);
    if (runs.colours().size() < 2)
        out.notMeasured("mse_bends_at_weak_colour",
                        "The runs have a single separation of colours; sweep 'sep_colour'.");
    else if (shape.weak.empty())
        out.notMeasured("mse_bends_at_weak_colour",
                        "The runs have one seed each; when to look is chosen on the other seeds.");
    else
        out.claim("mse_bends_at_weak_colour")
            .paired(shape.weak.means(), shape.strong.means())
            .units(shape.weak.names())
            .chosenOn(chosenOn)
            .swept("sep_colour", runs.colours())
            .control("monotone_at_strong_colour")
            .values(shape.strong.means())
            .units(shape.strong.names());

    Units late, reversed;
    for (const DiffusedRun& r : runs.all)
        for (std::size_t s = 0; s < r.seeds; ++s) {
            std::vector<double> x, y;
            for (std::size_t c = 0; c < r.step.size(); ++c)
                if (r.step[c] >= r.step.back() / 2 && r.speed[s * r.step.size() + c] > 0) {
                    x.push_back(r.step[c] / r.step.back());
                    y.push_back(std::log10(r.speed[s * r.step.size() + c]));
                }
            if (x.size() < 4) continue;
            late.add(r.unit(s), slope(x, y));
            std::reverse(y.begin(), y.end());
            reversed.add(r.unit(s), slope(x, y));
        }
    if (late.empty())
        out.notMeasured("late_speed_decays",
                        "Fewer than four checkpoints lie in the second half of the training.");
    else
        out.claim("late_speed_decays")
            .values(late.means())
            .units(late.names())
            .control("backwards")
            .values(reversed.means())
            .units(reversed.names());
}

void measureMasking(const Runs& runs, latent::Evidence& out) {
    std::set<double> masks;
    for (const DiffusedRun& r : runs.all) masks.insert(r.mask);
    if (masks.size() < 2) {
        out.notMeasured("masking_delays",
                        "The runs have a single fraction of masked conditions; sweep 'mask'.");
        return;
    }
    std::map<std::string, std::array<std::vector<double>, 2>> naive, trained;
    for (const DiffusedRun& r : runs.all)
        for (std::size_t s = 0; s < r.seeds; ++s)
            if (r.mask == *masks.begin() || r.mask == *masks.rbegin()) {
                const std::size_t place = r.mask == *masks.begin() ? 0 : 1;
                naive[r.unit(s)][place].push_back(restricted(r.conceptTime(s, 0), r.step.back()));
                trained[r.unit(s)][place].push_back(restricted(r.classTime(r.classes / 2, s), r.step.back()));
            }
    Units masked, plain, trainedMasked, trainedPlain;
    for (const auto& [unit, both] : naive) {
        if (both[0].empty() || both[1].empty()) continue;
        for (const double v : both[0]) plain.add(unit, v);
        for (const double v : both[1]) masked.add(unit, v);
        for (const double v : trained[unit][0]) trainedPlain.add(unit, v);
        for (const double v : trained[unit][1]) trainedMasked.add(unit, v);
    }
    out.claim("masking_delays")
        .paired(masked.means(), plain.means())
        .units(masked.names())
        .swept("mask", {masks.begin(), masks.end()})
        .control("blue_big")
        .paired(trainedMasked.means(), trainedPlain.means())
        .units(trainedMasked.names());
}

}  // namespace

std::vector<latent::Claim> Diffusion::claims() {
    using namespace latent;
    const auto claim = [](const char* id, const char* statement, const char* paper, const char* where,
                          const char* unit, const char* estimand) {
        return Claim(id, statement)
            .source(paper, where)
            .unit(unit)
            .each(Replication::Seed)
            .estimand(estimand)
            .atLeast(5);
    };
    return {
        claim("signal_sets_speed", "The stronger the signal of a concept, the sooner it is learned.", kHidden,
              "section 4.1", "fraction of the training",
              "restricted mean time until the held-out class is blue, weakest colour minus strongest")
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .sweeps("sep_colour", 2)
            .control(Control("other_class", "Red and small is learned as fast at both.")
                         .by(Interval::PairedMean)
                         .equals(0, .2)),
        claim("signal_sets_order",
              "Which concept is learned first follows from the strengths of their signals.", kHidden,
              "figure 4", "fraction",
              "seeds in which the held-out class is small before blue at the weakest colour, and blue before "
              "small at the strongest")
            .by(Interval::Proportion)
            .greaterThan(.5)
            .sweeps("sep_colour", 2)
            .control(Control("exchanged", "The opposite order at both is rare.")
                         .by(Interval::Proportion)
                         .lessThan(.5)),
        claim(
            "memorised_first",
            "With a weak colour the held-out class is first drawn as the trained class that shares its size.",
            kHidden, "figure 3", "1",
            "distance to its own corner minus distance to that of red, small, when red, small is learned; "
            "weakest colour")
            .by(Interval::Mean)
            .greaterThan(0)
            .control(Control("trained_class", "Red, small itself is nearer to its own corner then.")
                         .by(Interval::Mean)
                         .greaterThan(0)),
        claim("turn_at_capability",
              "The sudden turn of the trajectory coincides with the emergence of the capability.", kHidden,
              "section 4.3", "decades",
              "|log10 t_turn − log10 t_capability| (over-prompting), less that of turns and capabilities of "
              "different seeds; weakest colour")
            .by(Interval::Mean)
            .lessThan(0)
            .chosenBy("sharpest turn of the trajectory; the same in the null", Guard::MatchedNull)
            .control(Control("seeds_differ",
                             "Capabilities of different seeds lie apart, so that the null can tell.")
                         .by(Interval::Mean)
                         .lessThan(0)),
        claim("capability_is_consistent",
              "Seeds agree on when the capability emerges more than on when prompting shows it.", kHidden,
              "figure 6", "decades²",
              "squared deviation of log10 t_naive from its mean minus that of log10 t_capability "
              "(over-prompting); weakest colour, seeds that reach both")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .control(Control("prompting_varies", "Seeds differ in when prompting shows it.")
                         .by(Interval::Mean)
                         .greaterThan(0)),
        claim("capability_precedes_prompting",
              "The model can draw the held-out class before its own prompt shows it.", kHidden, "figure 6",
              "fraction",
              "seeds in which over-prompting reaches the threshold at an earlier checkpoint than the prompt; "
              "weakest colour")
            .by(Interval::Proportion)
            .greaterThan(.5)
            .control(Control("random_direction", "A random direction of equal norm does not.")
                         .by(Interval::Proportion)
                         .lessThan(.5)),
        claim("masking_delays", "Conditions that lack the colour of red, small delay the held-out class.",
              kHidden, "section 5", "fraction of the training",
              "restricted mean time until the held-out class is blue, most masked minus least")
            .by(Interval::PairedMean)
            .greaterThan(0)
            .sweeps("mask", 2)
            .control(Control("blue_big", "A class whose conditions are whole is learned as fast.")
                         .by(Interval::PairedMean)
                         .equals(0, .2)),
        claim("bend_changes_side",
              "The trajectory bends towards the faster concept and changes side along the colour sweep.",
              kSwingBy, "figure 6(a)", "1",
              "mean of (blue − small) over the trajectory of the held-out class, strongest colour minus "
              "weakest")
            .by(Interval::PairedMean)
            .greaterThan(0, .05)
            .sweeps("sep_colour", 2)
            .control(Control("untrained", "Before training there is no difference.")
                         .by(Interval::PairedMean)
                         .equals(0, .1)),
        claim("mse_bends_at_weak_colour",
              "The concept MSE is non-monotone with a weak colour and monotone with a strong one.", kSwingBy,
              "figure 6(b)", "1",
              "rise of the held-out class's concept MSE between two checkpoints, weakest colour minus "
              "strongest")
            .by(Interval::PairedMean)
            .greaterThan(0, kRise)
            .sweeps("sep_colour", 2)
            .chosenBy("the two checkpoints between which it rises most, on the other seeds", Guard::HeldOut)
            .control(Control("monotone_at_strong_colour", "With the strongest colour it does not rise.")
                         .by(Interval::Mean)
                         .lessThan(kRise, 0)),
        claim("late_speed_decays", "Late in training log speed falls linearly.", kSwingBy, "figure 6(c)",
              "decades",
              "least-squares slope of log10 speed over the second half of the training, per length of the "
              "training")
            .by(Interval::Mean)
            .lessThan(0)
            .control(Control("backwards", "The same speeds in the opposite order rise.")
                         .by(Interval::Mean)
                         .greaterThan(0))};
}

void Diffusion::measure(const latent::RunSet& set, latent::Evidence& out) {
    Runs runs;
    for (const latent::Run& run : set)
        if (run.has("turn_step") && run.has("learning_time") &&
            run.parameters().choice("objective") == "diffusion")
            runs.all.emplace_back(run);
    if (runs.all.empty()) {
        for (const latent::Claim& claim : claims())
            out.notMeasured(claim.id(), "There is no finished run of a diffusion model.");
        return;
    }
    if (runs.colours().size() < 2)
        for (const char* id : {"signal_sets_speed", "signal_sets_order", "bend_changes_side"})
            out.notMeasured(id, "The runs have a single separation of colours; sweep 'sep_colour'.");
    else
        measureSignal(runs, out);
    measureMemorisation(runs, out);
    measureCapability(runs, out);
    measureShape(runs, out);
    measureMasking(runs, out);
}

}  // namespace concept_space

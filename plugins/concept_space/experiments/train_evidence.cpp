// SPDX-License-Identifier: Apache-2.0
// What is measured for the claims of train_claims.cpp. The unit is the seed; seeds lie on the leading axis of
// every run. Runs are compared when they differ in nothing but what a claim is about.

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "experiments/left_out.hpp"
#include "experiments/measurements.hpp"
#include "experiments/retraining.hpp"
#include "experiments/run_groups.hpp"
#include "experiments/train.hpp"
#include "experiments/unmeasurable.hpp"

namespace concept_space {
namespace {

constexpr double kOrderTolerance = 1e-4;  // of node losses: minibatch noise below this is no order

/// Speeds are taken over hundredths of the training, so that they do not depend on how the frames are spread.
constexpr std::size_t kStretches = 100, kTenth = kStretches / 10;
/// Frames that the first and the last tenth of the training need each: two lines between them.
constexpr std::ptrdiff_t kLeastInTenth = 3;

struct Trained {
    const latent::Run* run;
    TrainPlan plan;
    std::vector<double> strength;  // a_p of the data, [s]
    double learned;                // part of its way from which a concept counts as learned
    std::vector<bool> finite;      // [seeds]; false: the seed diverged

    std::size_t concepts() const { return plan.clusters.mu.size(); }
    bool isLinear() const { return !plan.network.relu || plan.network.layers == 1; }
    std::string unit(int seed) const {
        return "seed " + std::to_string(plan.firstSeed + static_cast<std::uint64_t>(seed));
    }
    std::vector<double> read(const char* array) const { return run->read(array).toDoubles(); }
    /// Row `seed` of an array whose first axis is the seed.
    std::vector<double> row(const std::vector<double>& all, int seed) const {
        const std::size_t each = all.size() / static_cast<std::size_t>(plan.seeds);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(each * static_cast<std::size_t>(seed));
        return {begin, begin + static_cast<std::ptrdiff_t>(each)};
    }
};

using Design = std::vector<const Trained*>;

Trained trainedOf(const latent::Run& run) {
    const TrainPlan plan = TrainPlan::of(run.parameters());
    Trained t{&run, plan, secondMoments(plan.clusters), run.parameters().number("learned"), {}};
    const std::vector<double> outputs = t.read("output"), losses = t.read("node_loss");
    for (int seed = 0; seed < plan.seeds; ++seed)
        t.finite.push_back(allFinite(t.row(outputs, seed)) && allFinite(t.row(losses, seed)));
    return t;
}

/// Remembers a seed that diverged; true when it did.
bool diverged(Unmeasurable& lost, const Trained& t, int seed) {
    if (t.finite[static_cast<std::size_t>(seed)]) return false;
    lost.add(*t.run, t.unit(seed), "diverged: its losses are not finite", "lower learning_rate");
    return true;
}

/// Times to one half of one seed; nothing where they have no order, and a seed that could have one is remembered.
std::optional<std::vector<double>> orderedTimes(Unmeasurable& lost, const Trained& t,
                                                const std::vector<double>& outputs, int seed) {
    if (diverged(lost, t, seed)) return std::nullopt;
    std::vector<double> times = timesOf(t.plan, t.row(outputs, seed), 0.5);
    if (endedTooEarly(times))
        lost.add(*t.run, t.unit(seed),
                 "did not come to one half of all but one of its concepts, so that their order is not known",
                 "train longer");
    if (!orderIsKnown(times)) return std::nullopt;
    return times;
}

/// Gives `add(unit, times)` the half times of every seed trained again by `plan`, a variation of that of `t`.
template <class Add>
void retrain(const Retraining& again, const Trained& t, const TrainPlan& plan, const Add& add) {
    const std::vector<std::vector<double>> times = again.halfTimes(plan);
    for (std::size_t seed = 0; seed < times.size(); ++seed) add(t.unit(static_cast<int>(seed)), times[seed]);
}

void measureOrder(const std::vector<Trained>& all, latent::Evidence& out) {
    Design designs;
    for (const Trained& t : all)
        if (t.concepts() >= 2 && orderIsGiven(t.strength)) designs.push_back(&t);
    Units follows, exchanged;
    Unmeasurable lost;
    for (const Trained* t : designs) {
        const std::vector<double> outputs = t->read("output");
        for (int seed = 0; seed < t->plan.seeds; ++seed)
            if (const auto times = orderedTimes(lost, *t, outputs, seed))
                follows.add(t->unit(seed), orderByTime(*times) == orderByStrength(t->strength));
    }
    if (lost.tell("trained_order_by_signal", out)) return;
    if (follows.empty()) {
        out.notMeasured(
            "trained_order_by_signal",
            "No run has two concepts or more of different strength that are not learned at the same "
            "time.");
        return;
    }
    const Retraining again(designs.size());
    for (const Trained* t : designs) {
        TrainPlan plan = t->plan;
        std::reverse(plan.clusters.mu.begin(), plan.clusters.mu.end());
        std::reverse(plan.clusters.variance.begin(), plan.clusters.variance.end());
        const std::vector<int> expected = orderByStrength(secondMoments(plan.clusters));
        retrain(again, *t, plan, [&](const std::string& unit, const std::vector<double>& times) {
            if (orderIsKnown(times)) exchanged.add(unit, orderByTime(times) == expected);
        });
    }
    out.claim("trained_order_by_signal")
        .outcomes(follows.allTrue())
        .units(follows.names())
        .control("exchanged_signals")
        .outcomes(exchanged.allTrue())
        .units(exchanged.names());
}

/// Low against high diversity of the weaker of two concepts, all other parameters the same.
void measureReversal(const std::vector<Trained>& all, latent::Evidence& out) {
    std::map<std::pair<std::string, double>, Design> byDesign;
    for (const Trained& t : all) {
        const std::vector<double>&mu = t.plan.clusters.mu, &variance = t.plan.clusters.variance;
        if (t.concepts() == 2 && mu[0] != mu[1])
            byDesign[{parametersWithout(*t.run, {"variance", "sigma"}), variance[mu[0] < mu[1] ? 1 : 0]}]
                .push_back(&t);
    }
    const auto weakOf = [](const Trained* t) {
        return t->plan.clusters.mu[0] < t->plan.clusters.mu[1] ? std::size_t{0} : std::size_t{1};
    };
    const auto diversity = [&](const Trained* t) { return t->plan.clusters.variance[weakOf(t)]; };
    std::vector<Design> reversing;  // those in which the theory's strengths do change places
    for (auto& [key, cells] : byDesign) {
        std::sort(cells.begin(), cells.end(),
                  [&](const Trained* a, const Trained* b) { return diversity(a) < diversity(b); });
        if (orderByStrength(cells.front()->strength) != orderByStrength(cells.back()->strength))
            reversing.push_back(cells);
    }
    Units reversed, unmoved;
    Unmeasurable lost;
    std::set<double> variances;
    for (const Design& cells : reversing) {
        const Trained &low = *cells.front(), &high = *cells.back();
        for (const Trained* t : cells) variances.insert(diversity(t));
        const std::vector<double> lowOutputs = low.read("output"), highOutputs = high.read("output");
        for (int seed = 0; seed < low.plan.seeds; ++seed) {
            const auto before = orderedTimes(lost, low, lowOutputs, seed),
                       after = orderedTimes(lost, high, highOutputs, seed);
            if (before && after)
                reversed.add(low.unit(seed), orderByTime(*before) == orderByStrength(low.strength) &&
                                                 orderByTime(*after) == orderByStrength(high.strength));
        }
    }
    if (lost.tell("trained_order_reverses", out)) return;
    const Retraining again(reversing.size());
    for (const Design& cells : reversing) {
        const Trained& high = *cells.back();
        // The same diversity given to the stronger concept: no reason to reverse.
        TrainPlan plan = high.plan;
        std::swap(plan.clusters.variance[0], plan.clusters.variance[1]);
        const int strong = static_cast<int>(1 - weakOf(&high));
        retrain(again, high, plan, [&](const std::string& unit, const std::vector<double>& times) {
            if (orderIsKnown(times)) unmoved.add(unit, orderByTime(times).front() == strong);
        });
    }
    if (reversed.empty())
        out.notMeasured(
            "trained_order_reverses",
            "The runs do not sweep the variance of the weaker concept so far, all else being equal, that the "
            "strengths of two concepts change places.");
    else
        out.claim("trained_order_reverses")
            .outcomes(reversed.allTrue())
            .units(reversed.names())
            .swept("variance", {variances.begin(), variances.end()})
            .control("stronger_concept")
            .outcomes(unmoved.allTrue())
            .units(unmoved.names());
}

/// Deeper networks and one-layer networks of the same seeds and data.
std::map<std::string, std::pair<Design, Design>> byDepth(const std::vector<Trained>& all) {
    std::map<std::string, std::pair<Design, Design>> designs;
    for (const Trained& t : all) {
        if (!t.isLinear()) continue;
        auto& [deep, shallow] = designs[parametersWithout(*t.run, {"layers"})];
        (t.plan.network.layers > 1 ? deep : shallow).push_back(&t);
    }
    return designs;
}

std::string riseNeeds() {
    return "Their OOD loss has to be recorded at every step, or " + std::to_string(kLeastRecords) +
           " times or more; lower `ood_every`.";
}

TrainPlan withEqualSignals(TrainPlan plan) {
    std::vector<double>& mu = plan.clusters.mu;
    mu.assign(mu.size(), std::accumulate(mu.begin(), mu.end(), 0.0) / static_cast<double>(mu.size()));
    plan.clusters.variance.assign(mu.size(), plan.clusters.variance.front());
    return plan;
}

void measureSwingBy(const std::vector<Trained>& all, latent::Evidence& out) {
    Units deep, shallow, equal;
    Unmeasurable lost;
    std::set<double> layers;
    Design compared;
    for (const auto& [key, depths] : byDepth(all)) {
        if (depths.first.empty() || depths.second.empty()) continue;
        if (!depths.first.front()->plan.showsRises()) continue;  // of all of them alike
        const auto add = [&](const Design& cells, Units& to) {
            for (const Trained* t : cells) {
                const std::vector<double> rises = t->read("swing_by");
                for (int seed = 0; seed < t->plan.seeds; ++seed)
                    if (!diverged(lost, *t, seed))
                        to.add(t->unit(seed), rises[static_cast<std::size_t>(seed)]);
                layers.insert(t->plan.network.layers);
            }
        };
        add(depths.first, deep);
        add(depths.second, shallow);
        for (const Trained* t : depths.first)
            if (t->concepts() >= 2) compared.push_back(t);
    }
    if (lost.tell("trained_swing_by", out)) return;
    if (deep.empty()) {
        out.notMeasured(
            "trained_swing_by",
            "Linear networks of one layer and of several with the same seeds and data are needed; "
            "sweep `layers`. " +
                riseNeeds());
        return;
    }
    const Retraining again(compared.size());
    for (const Trained* t : compared) {
        const std::vector<double> rises = again.rises(withEqualSignals(t->plan));
        for (std::size_t seed = 0; seed < rises.size(); ++seed)
            equal.add(t->unit(static_cast<int>(seed)), rises[seed]);
    }
    latent::ClaimEvidence& evidence = out.claim("trained_swing_by")
                                          .paired(deep.means(), shallow.means())
                                          .units(deep.names())
                                          .swept("layers", {layers.begin(), layers.end()});
    evidence.control("one_layer").values(shallow.means()).units(shallow.names());
    evidence.control("equal_signals").values(equal.means()).units(equal.names());
}

void measureDescents(const std::vector<Trained>& all, latent::Evidence& out) {
    std::map<std::string, Design> byDesign;  // the number of concepts is what differs
    for (const Trained& t : all)
        if (t.isLinear() && t.run->has("descents") && t.plan.showsRises())
            byDesign[parametersWithout(*t.run, {"mu"})].push_back(&t);
    Units slopes, flat;
    Unmeasurable lost;
    std::set<double> counts;
    for (const auto& [key, cells] : byDesign) {
        std::vector<double> concepts;
        for (const Trained* t : cells) concepts.push_back(static_cast<double>(t->concepts()));
        const std::set<double> distinct(concepts.begin(), concepts.end());
        if (distinct.size() < 3) continue;
        const bool deep = cells.front()->plan.network.layers > 1;
        if (deep) counts.insert(distinct.begin(), distinct.end());
        std::vector<std::vector<double>> descents;
        for (const Trained* t : cells) descents.push_back(t->read("descents"));
        for (int seed = 0; seed < cells.front()->plan.seeds; ++seed) {
            const auto isLost = [&](const Trained* t) { return diverged(lost, *t, seed); };
            if (std::any_of(cells.begin(), cells.end(), isLost)) continue;
            std::vector<double> ofSeed;
            for (const std::vector<double>& each : descents)
                ofSeed.push_back(each[static_cast<std::size_t>(seed)]);
            (deep ? slopes : flat).add(cells.front()->unit(seed), slope(concepts, ofSeed));
        }
    }
    if (lost.tell("trained_descents_follow_concepts", out)) return;
    if (slopes.empty())
        out.notMeasured(
            "trained_descents_follow_concepts",
            "The runs of several linear layers do not sweep the number of concepts (entries of mu) "
            "over three values or more, all else being equal. " +
                riseNeeds());
    else
        out.claim("trained_descents_follow_concepts")
            .values(slopes.means())
            .units(slopes.names())
            .swept("mu", {counts.begin(), counts.end()})
            .control("one_layer")
            .values(flat.means())
            .units(flat.names());
}

/// Times by the same rule, interpolated between frames, from the trained outputs and from the theory's.
void measureTheory(const std::vector<Trained>& all, latent::Evidence& out) {
    Units trained, predicted, unbiased;
    Unmeasurable lost;
    for (const Trained& t : all) {
        if (t.plan.network.layers != 1 || !t.plan.network.bias || !t.plan.theoryDescribes()) continue;
        const auto slowest = static_cast<std::size_t>(orderByStrength(t.strength).back());
        const double expected = timesOf(t.plan, t.read("theory_output"), t.learned)[slowest];
        if (std::isnan(expected) || expected == 0) continue;
        // Without biases coordinate p closes the fraction q of its way at t = ln(1/(1 − q)) / a_p (theorem 4.1).
        const double without = -std::log1p(-t.learned) / t.strength[slowest] / t.plan.timePerStep() /
                               static_cast<double>(t.plan.stepsPerEpoch);
        const std::vector<double> outputs = t.read("output");
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            if (diverged(lost, t, seed)) continue;
            const double time = timesOf(t.plan, t.row(outputs, seed), t.learned)[slowest];
            if (std::isnan(time))
                lost.add(*t.run, t.unit(seed), "did not learn its slowest concept within the training",
                         "train longer");
            if (std::isnan(time) || time == 0) continue;  // 0: it starts as if learned
            trained.add(t.unit(seed), time);
            predicted.add(t.unit(seed), expected);
            unbiased.add(t.unit(seed), without);
        }
    }
    if (lost.tell("trained_follows_theory", out)) return;
    if (trained.empty())
        out.notMeasured(
            "trained_follows_theory",
            "There is no one-layer network with biases, trained without momentum, weight_decay and "
            "truncation, whose slowest concept the theory learns within the training.");
    else
        out.claim("trained_follows_theory")
            .paired(trained.means(), predicted.means())
            .units(trained.names())
            .control("without_biases")
            .paired(trained.means(), unbiased.means())
            .units(trained.names());
}

void measureComposition(const std::vector<Trained>& all, latent::Evidence& out) {
    Units share, complements;
    Unmeasurable lost;
    for (const Trained& t : all) {
        const int s = t.plan.clusters.concepts();
        if (s < 2) continue;
        const std::vector<double> losses = t.read("node_loss"), time = t.read("time");
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            if (diverged(lost, t, seed)) continue;
            const std::vector<double> row = t.row(losses, seed);
            share.add(t.unit(seed), violationShare(time, row, s, kOrderTolerance));
            complements.add(t.unit(seed), violationShare(time, withComplements(row, s), s, kOrderTolerance));
        }
    }
    if (lost.tell("trained_compositional_order", out)) return;
    if (share.empty())
        out.notMeasured("trained_compositional_order", "No run has two concepts or more.");
    else
        out.claim("trained_compositional_order")
            .values(share.means())
            .units(share.names())
            .control("complements")
            .values(complements.means())
            .units(complements.names());
}

/// Whether the first and the last tenth of the time have frames enough for a speed.
bool showsTenths(const std::vector<double>& time) {
    const double tenth = time.back() / 10 * (1 + 1e-9);
    const auto within = [&](double from, double to) {
        return std::count_if(time.begin(), time.end(), [&](double t) { return t >= from && t <= to; });
    };
    return within(0, tenth) >= kLeastInTenth && within(time.back() - tenth, time.back()) >= kLeastInTenth;
}

void measureSlowdown(const std::vector<Trained>& all, latent::Evidence& out) {
    Units late, early;
    Unmeasurable lost;
    for (const Trained& t : all) {
        const std::vector<double> time = t.read("time"), outputs = t.read("output");
        if (!showsTenths(time)) continue;
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            if (diverged(lost, t, seed)) continue;
            const std::vector<double> speeds =
                speedsOver(time, t.row(outputs, seed), t.concepts(), kStretches);
            const double peak = *std::max_element(speeds.begin(), speeds.end());
            const auto tenth = static_cast<std::ptrdiff_t>(kTenth);
            early.add(t.unit(seed),
                      std::accumulate(speeds.begin(), speeds.begin() + tenth, 0.0) / kTenth / peak);
            late.add(t.unit(seed), std::accumulate(speeds.end() - tenth, speeds.end(), 0.0) / kTenth / peak);
        }
    }
    if (lost.tell("trained_slowdown", out)) return;
    if (late.empty())
        out.notMeasured("trained_slowdown",
                        "No run has three frames or more in the first and in the last tenth of its training; "
                        "frame_spacing=linear spreads them evenly, and `frames` says how many.");
    else
        out.claim("trained_slowdown")
            .values(late.means())
            .units(late.names())
            .control("beginning")
            .values(early.means())
            .units(early.names());
}

}  // namespace

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<Trained> all;
    LeftOut leftOut;
    for (const latent::Run& run : runs)
        leftOut.orElse(run, [&] {
            if (!run.has("swing_by")) return;  // not finished
            all.push_back(trainedOf(run));
        });
    measureOrder(all, out);
    measureReversal(all, out);
    measureSlowdown(all, out);
    measureSwingBy(all, out);
    measureDescents(all, out);
    measureTheory(all, out);
    measureComposition(all, out);
    leftOut.tell(out);
}

}  // namespace concept_space

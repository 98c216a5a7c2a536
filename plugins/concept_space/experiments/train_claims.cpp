// SPDX-License-Identifier: Apache-2.0
// What the paper claims of trained perceptrons, and what is measured for it. The unit is the seed, which draws data,
// rotation and initial weights; seeds lie on the leading axis of every run.

#include <cmath>
#include <set>

#include "experiments/measurements.hpp"
#include "experiments/train.hpp"
#include "experiments/train_plan.hpp"
#include "model/mlp/ensemble.hpp"
#include "model/theory/metrics.hpp"

namespace concept_space {
namespace {

constexpr const char* kPaper = "arXiv:2410.08309";
constexpr double kRise = 1e-4;
constexpr double kOrderTolerance = 1e-4;  // of node losses: minibatch noise below this is no order

struct Trained {
    const latent::Run* run;
    TrainPlan plan;
    std::vector<double> strength;  // a_p of the data, [s]

    std::string unit(int seed) const {
        return "seed " + std::to_string(plan.firstSeed + static_cast<std::uint64_t>(seed));
    }
    /// Row `seed` of an array whose first axis is the seed.
    std::vector<double> row(const std::vector<double>& all, int seed) const {
        const std::size_t each = all.size() / static_cast<std::size_t>(plan.seeds);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(each * static_cast<std::size_t>(seed));
        return {begin, begin + static_cast<std::ptrdiff_t>(each)};
    }
};

/// Trains the networks of a plan again with other data, and gives the epochs until each concept passes one half, [seed, s].
std::vector<double> retrainedHalfTimes(TrainPlan plan) {
    std::vector<std::unique_ptr<mlp::SeedRun>> runs =
        mlp::buildRuns(plan.seeds, 2, [&](int seed) { return plan.makeSeed(seed); });
    mlp::advanceAll(runs, plan.steps, 2);
    std::vector<double> epoch, times;
    for (std::uint64_t frame : plan.frames)
        epoch.push_back(static_cast<double>(frame) / static_cast<double>(plan.stepsPerEpoch));
    for (const auto& run : runs) {
        const mlp::Records records = run->take();
        const std::vector<double> output(records.output.begin(), records.output.end());
        for (const auto& t : theory::learningTimes(epoch, output, plan.clusters.mu, 0.5))
            times.push_back(t.value_or(std::nan("")));
    }
    return times;
}

/// Adds for every seed whether its order of learning is that of the plan's signals.
void addOrders(const TrainPlan& plan, const std::vector<double>& times, Units& to) {
    const std::size_t s = plan.clusters.mu.size();
    for (int seed = 0; seed < plan.seeds; ++seed)
        to.add("seed " + std::to_string(plan.firstSeed + static_cast<std::uint64_t>(seed)),
               orderByTime(std::span(times).subspan(static_cast<std::size_t>(seed) * s, s)) ==
                   orderByStrength(secondMoments(plan.clusters)));
}

void measureOrder(const std::vector<Trained>& all, latent::Evidence& out) {
    Units follows, reversed, exchanged, unmoved;
    std::map<std::pair<std::string, std::string>,
             std::vector<std::pair<double, std::pair<std::vector<int>, std::vector<int>>>>>
        byDiversity;
    for (const Trained& t : all) {
        const std::size_t s = t.plan.clusters.mu.size();
        if (s < 2) continue;
        const std::vector<double> times = t.run->read("half_learning_time").toDoubles();
        const std::size_t weak = t.plan.clusters.mu[0] < t.plan.clusters.mu[1] ? 0 : 1;
        if (exchanged
                .empty()) {  // one control training is enough: the same seeds with the signals in the opposite order
            TrainPlan plan = t.plan;
            std::reverse(plan.clusters.mu.begin(), plan.clusters.mu.end());
            std::reverse(plan.clusters.variance.begin(), plan.clusters.variance.end());
            addOrders(plan, retrainedHalfTimes(plan), exchanged);
        }
        nlohmann::json without = t.run->parameters().json();
        for (const char* name : {"variance", "sigma"}) without.erase(name);
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> row = t.row(times, seed);
            if (!orderIsKnown(row)) continue;
            const std::vector<int> expected = orderByStrength(t.strength);
            follows.add(t.unit(seed), orderByTime(row) == expected);
            if (s == 2)
                byDiversity[{t.unit(seed), without.dump()}].push_back(
                    {t.plan.clusters.variance[weak], {orderByTime(row), expected}});
        }
    }
    std::set<double> variances;
    for (const Trained& t : all) {
        const std::vector<double>& variance = t.plan.clusters.variance;
        if (!unmoved.empty() || variance.size() != 2 || variance[0] == variance[1]) continue;
        TrainPlan plan = t.plan;  // the diversity given to the stronger concept: no reason to reverse
        const std::size_t strong = plan.clusters.mu[0] < plan.clusters.mu[1] ? 1 : 0;
        plan.clusters.variance[strong] = std::max(variance[0], variance[1]);
        plan.clusters.variance[1 - strong] = std::min(variance[0], variance[1]);
        addOrders(plan, retrainedHalfTimes(plan), unmoved);
    }
    for (auto& [key, cells] : byDiversity) {
        std::sort(cells.begin(), cells.end());
        const auto &low = cells.front().second, &high = cells.back().second;
        if (low.second == high.second) continue;  // the strengths do not change places here
        for (const auto& cell : cells) variances.insert(cell.first);
        reversed.add(key.first, low.first == low.second && high.first == high.second);
    }
    if (follows.empty())
        out.notMeasured("trained_order_by_signal",
                        "No run has two concepts or more of which all but one were learned; train longer.");
    else
        out.claim("trained_order_by_signal")
            .outcomes(follows.allTrue())
            .units(follows.names())
            .control("exchanged_signals")
            .outcomes(exchanged.allTrue())
            .units(exchanged.names());
    if (reversed.empty())
        out.notMeasured(
            "trained_order_reverses",
            "The runs do not sweep the variance so far that the strengths of two concepts change places.");
    else
        out.claim("trained_order_reverses")
            .outcomes(reversed.allTrue())
            .units(reversed.names())
            .swept("variance", {variances.begin(), variances.end()})
            .control("stronger_concept")
            .outcomes(unmoved.allTrue())
            .units(unmoved.names());
}

/// Deeper networks against one-layer networks of the same seed and data.
void measureSwingBy(const std::vector<Trained>& all, latent::Evidence& out) {
    std::map<std::string, std::vector<double>> deep, shallow;
    std::set<double> layers;
    for (const Trained& t : all) {
        if (t.plan.network.relu && t.plan.network.layers > 1) continue;
        const std::vector<double> rises = t.run->read("swing_by").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed)
            (t.plan.network.layers > 1 ? deep : shallow)[t.unit(seed)].push_back(
                rises[static_cast<std::size_t>(seed)]);
        layers.insert(t.plan.network.layers);
    }
    Units a, b;
    for (const auto& [unit, rises] : deep) {
        if (!shallow.count(unit)) continue;
        for (double rise : rises) a.add(unit, rise);
        for (double rise : shallow.at(unit)) b.add(unit, rise);
    }
    if (a.empty())
        out.notMeasured(
            "trained_swing_by",
            "Runs of one layer and of several layers with the same seeds are needed; sweep `layers`.");
    else
        out.claim("trained_swing_by")
            .paired(a.means(), b.means())
            .units(a.names())
            .swept("layers", {layers.begin(), layers.end()})
            .control("one_layer")
            .values(b.means())
            .units(b.names());
}

void measureTheory(const std::vector<Trained>& all, latent::Evidence& out) {
    Units trained, predicted, unbiased;
    for (const Trained& t : all) {
        if (t.plan.network.layers != 1 || !t.plan.network.bias) continue;
        const std::vector<double> epoch = t.run->read("epoch").toDoubles(),
                                  theoryOutput = t.run->read("theory_output").toDoubles();
        const auto expected =
            theory::learningTimes(epoch, theoryOutput, t.plan.clusters.mu, 0.9, theory::Crossing::FirstFrame);
        const std::vector<double> times = t.run->read("learning_time").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> row = t.row(times, seed);
            const std::size_t slowest = static_cast<std::size_t>(orderByStrength(t.strength).back());
            if (std::isnan(row[slowest]) || !expected[slowest] || *expected[slowest] == 0) continue;
            trained.add(t.unit(seed), row[slowest]);
            // Without biases coordinate p closes 90 % of its way at t = ln 10 / a_p (theorem 4.1).
            unbiased.add(t.unit(seed), std::log(10.0) / t.strength[slowest] / t.plan.timePerStep() /
                                           static_cast<double>(t.plan.stepsPerEpoch));
            predicted.add(t.unit(seed), *expected[slowest]);
        }
    }
    if (trained.empty())
        out.notMeasured("trained_follows_theory",
                        "No one-layer network with biases learned its slowest concept; train longer.");
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
    for (const Trained& t : all) {
        const int s = t.plan.clusters.concepts();
        if (s < 2) continue;
        const std::vector<double> losses = t.run->read("node_loss").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> row = t.row(losses, seed);
            share.add(t.unit(seed), violationShare(row, s, kOrderTolerance));
            complements.add(t.unit(seed), violationShare(withComplements(row, s), s, kOrderTolerance));
        }
    }
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

void measureSlowdown(const std::vector<Trained>& all, latent::Evidence& out) {
    Units late, early;
    for (const Trained& t : all) {
        const std::size_t s = t.plan.clusters.mu.size();
        const std::vector<double> time = t.run->read("time").toDoubles(),
                                  outputs = t.run->read("output").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> speed = theory::speed(time, t.row(outputs, seed), static_cast<int>(s));
            const double peak = *std::max_element(speed.begin(), speed.end());
            const auto tail =
                speed.end() - static_cast<std::ptrdiff_t>(std::max<std::size_t>(2, speed.size() / 10));
            const auto head = speed.begin() + (speed.end() - tail);
            early.add(t.unit(seed), std::accumulate(speed.begin(), head, 0.0) /
                                        static_cast<double>(head - speed.begin()) / peak);
            late.add(t.unit(seed), std::accumulate(tail, speed.end(), 0.0) /
                                       static_cast<double>(speed.end() - tail) / peak);
        }
    }
    if (late.empty())
        out.notMeasured("trained_slowdown", "There is no run to measure.");
    else
        out.claim("trained_slowdown")
            .values(late.means())
            .units(late.names())
            .control("beginning")
            .values(early.means())
            .units(early.names());
}

}  // namespace

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    return {
        Claim("trained_order_by_signal",
              "Trained perceptrons learn concepts in the order of the strength of their signals.")
            .source(kPaper, "figure 2(a)")
            .unit("fraction")
            .each(Replication::Seed)
            .estimand(
                "fraction of seeds in which every run passes one half of its targets in the order of a_p")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0)
            .atLeast(10)
            .control(Control("exchanged_signals",
                             "With the signals exchanged, the same seeds learn in the exchanged order.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("trained_order_reverses",
              "More diversity of the weaker concept reverses the order in which it is learned.")
            .source(kPaper, "figure 2(b)")
            .unit("fraction")
            .each(Replication::Seed)
            .sweeps("variance", 2)
            .estimand("fraction of seeds whose order follows the signals at low and at high diversity")
            .by(Interval::Proportion)
            .greaterThan(0.5, 0)
            .atLeast(10)
            .control(Control("stronger_concept",
                             "The same diversity given to the stronger concept leaves the order as it was.")
                         .by(Interval::Proportion)
                         .greaterThan(0.5)),
        Claim("trained_slowdown", "Near the target trained perceptrons slow down.")
            .source(kPaper, "section 3")
            .unit("1")
            .each(Replication::Seed)
            .estimand("mean speed of the output in the last tenth of training over its peak")
            .by(Interval::Mean)
            .lessThan(0.1)
            .atLeast(10)
            .control(Control("beginning", "In the first tenth of training they are not slow.")
                         .by(Interval::Mean)
                         .greaterThan(0.1)),
        Claim(
            "trained_swing_by",
            "Deeper linear perceptrons swing by on the way to the unseen combination, one-layer ones do not.")
            .source(kPaper, "figure 3")
            .unit("loss")
            .each(Replication::Seed)
            .sweeps("layers", 2)
            .estimand("largest rise of the OOD loss after an earlier minimum, several layers minus one")
            .by(Interval::PairedMedian)
            .greaterThan(0, kRise)
            .atLeast(10)
            .control(Control("one_layer",
                             "One-layer networks do not rise: minibatch noise stays below the threshold.")
                         .by(Interval::Median)
                         .equals(0, kRise)),
        Claim("trained_follows_theory", "One-layer perceptrons take the time that the theory says.")
            .source(kPaper, "theorem 4.1")
            .unit("1")
            .each(Replication::Seed)
            .estimand("epochs until the slowest concept is learned, trained over theory (with biases)")
            .by(Interval::PairedRatio)
            .equals(1, 0.25)
            .atLeast(10)
            .control(Control("without_biases", "The theory without biases is seen to be too fast.")
                         .by(Interval::PairedRatio)
                         .greaterThan(1, 0.25)),
        Claim("trained_compositional_order",
              "Losses of combinations respect the order of subsets while training.")
            .source(kPaper, "figure 7")
            .unit("fraction")
            .each(Replication::Seed)
            .estimand("share of ordered pairs and frames in which a part has a larger loss than the whole")
            .by(Interval::Mean)
            .lessThan(0.05)
            .atLeast(10)
            .control(Control("complements",
                             "With each combination exchanged for its complement the order is broken.")
                         .by(Interval::Mean)
                         .greaterThan(0.05))};
}

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<Trained> all;
    for (const latent::Run& run : runs) {
        if (!run.has("swing_by")) continue;  // not finished
        const TrainPlan plan = TrainPlan::of(run.parameters());
        all.push_back({&run, plan, secondMoments(plan.clusters)});
    }
    measureOrder(all, out);
    measureSlowdown(all, out);
    measureSwingBy(all, out);
    measureTheory(all, out);
    measureComposition(all, out);
}

}  // namespace concept_space

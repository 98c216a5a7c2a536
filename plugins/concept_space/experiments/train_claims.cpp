// SPDX-License-Identifier: Apache-2.0
// What the paper claims of trained perceptrons, and what is measured for it. The unit is the seed, which draws data,
// rotation and initial weights; seeds lie on the leading axis of every run.

#include <cmath>
#include <set>

#include "experiments/measurements.hpp"
#include "experiments/train.hpp"
#include "experiments/train_plan.hpp"
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

    std::string unit(int seed) const { return "seed " + std::to_string(plan.firstSeed + static_cast<std::uint64_t>(seed)); }
    /// Row `seed` of an array whose first axis is the seed.
    std::vector<double> row(const std::vector<double>& all, int seed) const {
        const std::size_t each = all.size() / static_cast<std::size_t>(plan.seeds);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(each * static_cast<std::size_t>(seed));
        return {begin, begin + static_cast<std::ptrdiff_t>(each)};
    }
};

void measureOrder(const std::vector<Trained>& all, latent::Evidence& out) {
    Units follows, reversed;
    std::map<std::pair<std::string, std::string>, std::vector<std::pair<double, std::pair<std::vector<int>, std::vector<int>>>>> byDiversity;
    for (const Trained& t : all) {
        const std::size_t s = t.plan.clusters.mu.size();
        if (s < 2) continue;
        const std::vector<double> times = t.run->read("half_learning_time").toDoubles();
        const std::size_t weak = t.plan.clusters.mu[0] < t.plan.clusters.mu[1] ? 0 : 1;
        latent::Parameters shape = t.run->parameters();
        nlohmann::json without = shape.json();
        for (const char* name : {"variance", "sigma"}) without.erase(name);
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> row = t.row(times, seed);
            if (!orderIsKnown(row)) continue;
            const std::vector<int> expected = orderByStrength(t.strength);
            follows.add(t.unit(seed), orderByTime(row) == expected);
            if (s == 2) byDiversity[{t.unit(seed), without.dump()}].push_back({t.plan.clusters.variance[weak], {orderByTime(row), expected}});
        }
    }
    std::set<double> variances;
    for (auto& [key, cells] : byDiversity) {
        std::sort(cells.begin(), cells.end());
        const auto &low = cells.front().second, &high = cells.back().second;
        if (low.second == high.second) continue;  // the strengths do not change places here
        for (const auto& cell : cells) variances.insert(cell.first);
        reversed.add(key.first, low.first == low.second && high.first == high.second);
    }
    if (follows.empty())
        out.notMeasured("trained_order_by_signal", "No run has two concepts or more of which all but one were learned; train longer.");
    else
        out.claim("trained_order_by_signal").outcomes(follows.allTrue()).units(follows.names());
    if (reversed.empty())
        out.notMeasured("trained_order_reverses", "The runs do not sweep the variance so far that the strengths of two concepts change places.");
    else
        out.claim("trained_order_reverses").outcomes(reversed.allTrue()).units(reversed.names()).swept("variance", {variances.begin(), variances.end()});
}

/// Deeper networks against one-layer networks of the same seed and data.
void measureSwingBy(const std::vector<Trained>& all, latent::Evidence& out) {
    std::map<std::string, std::vector<double>> deep, shallow;
    std::set<double> layers;
    for (const Trained& t : all) {
        if (t.plan.network.relu && t.plan.network.layers > 1) continue;
        const std::vector<double> rises = t.run->read("swing_by").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed)
            (t.plan.network.layers > 1 ? deep : shallow)[t.unit(seed)].push_back(rises[static_cast<std::size_t>(seed)]);
        layers.insert(t.plan.network.layers);
    }
    Units a, b;
    for (const auto& [unit, rises] : deep) {
        if (!shallow.count(unit)) continue;
        for (double rise : rises) a.add(unit, rise);
        for (double rise : shallow.at(unit)) b.add(unit, rise);
    }
    if (a.empty())
        out.notMeasured("trained_swing_by", "Runs of one layer and of several layers with the same seeds are needed; sweep `layers`.");
    else
        out.claim("trained_swing_by").paired(a.means(), b.means()).units(a.names()).swept("layers", {layers.begin(), layers.end()});
}

void measureTheory(const std::vector<Trained>& all, latent::Evidence& out) {
    Units trained, predicted;
    for (const Trained& t : all) {
        if (t.plan.network.layers != 1) continue;
        const std::vector<double> epoch = t.run->read("epoch").toDoubles(), theoryOutput = t.run->read("theory_output").toDoubles();
        const auto expected = theory::learningTimes(epoch, theoryOutput, t.plan.clusters.mu, 0.9, theory::Crossing::FirstFrame);
        const std::vector<double> times = t.run->read("learning_time").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> row = t.row(times, seed);
            const std::size_t slowest = static_cast<std::size_t>(orderByStrength(t.strength).back());
            if (std::isnan(row[slowest]) || !expected[slowest] || *expected[slowest] == 0) continue;
            trained.add(t.unit(seed), row[slowest]);
            predicted.add(t.unit(seed), *expected[slowest]);
        }
    }
    if (trained.empty())
        out.notMeasured("trained_follows_theory", "No one-layer network learned its slowest concept; train longer.");
    else
        out.claim("trained_follows_theory").paired(trained.means(), predicted.means()).units(trained.names());
}

void measureComposition(const std::vector<Trained>& all, latent::Evidence& out) {
    Units share;
    for (const Trained& t : all) {
        const int s = t.plan.clusters.concepts();
        if (s < 2) continue;
        const std::vector<double> losses = t.run->read("node_loss").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) share.add(t.unit(seed), violationShare(t.row(losses, seed), s, kOrderTolerance));
    }
    if (share.empty())
        out.notMeasured("trained_compositional_order", "No run has two concepts or more.");
    else
        out.claim("trained_compositional_order").values(share.means()).units(share.names());
}

void measureSlowdown(const std::vector<Trained>& all, latent::Evidence& out) {
    Units late;
    for (const Trained& t : all) {
        const std::size_t s = t.plan.clusters.mu.size();
        const std::vector<double> time = t.run->read("time").toDoubles(), outputs = t.run->read("output").toDoubles();
        for (int seed = 0; seed < t.plan.seeds; ++seed) {
            const std::vector<double> speed = theory::speed(time, t.row(outputs, seed), static_cast<int>(s));
            const double peak = *std::max_element(speed.begin(), speed.end());
            const auto tail = speed.end() - static_cast<std::ptrdiff_t>(std::max<std::size_t>(2, speed.size() / 10));
            late.add(t.unit(seed), std::accumulate(tail, speed.end(), 0.0) / static_cast<double>(speed.end() - tail) / peak);
        }
    }
    if (late.empty())
        out.notMeasured("trained_slowdown", "There is no run to measure.");
    else
        out.claim("trained_slowdown").values(late.means()).units(late.names());
}

}  // namespace

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    return {
        Claim("trained_order_by_signal", "Trained perceptrons learn concepts in the order of the strength of their signals.")
            .source(kPaper, "figure 2(a)").unit("fraction").each(Replication::Seed)
            .estimand("fraction of seeds in which every run passes one half of its targets in the order of a_p").by(Interval::Proportion).greaterThan(0.5, 0).atLeast(10),
        Claim("trained_order_reverses", "More diversity of the weaker concept reverses the order in which it is learned.")
            .source(kPaper, "figure 2(b)").unit("fraction").each(Replication::Seed).sweeps("variance", 2)
            .estimand("fraction of seeds whose order follows the signals at low and at high diversity").by(Interval::Proportion).greaterThan(0.5, 0).atLeast(10),
        Claim("trained_slowdown", "Near the target trained perceptrons slow down.")
            .source(kPaper, "section 3").unit("1").each(Replication::Seed)
            .estimand("mean speed of the output in the last tenth of training over its peak").by(Interval::Mean).lessThan(0.1).atLeast(10),
        Claim("trained_swing_by", "Deeper linear perceptrons swing by on the way to the unseen combination, one-layer ones do not.")
            .source(kPaper, "figure 3").unit("loss").each(Replication::Seed).sweeps("layers", 2)
            .estimand("largest rise of the OOD loss after an earlier minimum, several layers minus one").by(Interval::PairedMedian).greaterThan(0, kRise).atLeast(10),
        Claim("trained_follows_theory", "One-layer perceptrons take the time that the theory says.")
            .source(kPaper, "theorem 4.1").unit("1").each(Replication::Seed)
            .estimand("epochs until the slowest concept is learned, trained over theory (with biases where the network has them)").by(Interval::PairedRatio).equals(1, 0.25).atLeast(10),
        Claim("trained_compositional_order", "Losses of combinations respect the order of subsets while training.")
            .source(kPaper, "figure 7").unit("fraction").each(Replication::Seed)
            .estimand("share of ordered pairs and frames in which a part has a larger loss than the whole").by(Interval::Mean).lessThan(0.05).atLeast(10)};
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

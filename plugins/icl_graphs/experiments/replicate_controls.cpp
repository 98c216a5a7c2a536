// SPDX-License-Identifier: Apache-2.0
// What is done to a model beside reading: heads taken away, words moved; and the calendar's place among the
// components.
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <numeric>
#include <set>

#include "experiments/replicate.hpp"
#include "experiments/steering.hpp"
#include "graphs/no_number.hpp"
#include "graphs/spectrum.hpp"
#include "measures/neighbour_mass.hpp"

namespace icl_graphs {
namespace {

constexpr int kRayleighWindow = 200, kMovedTokens = 100;

Heads strongest(const std::vector<double>& scores, int heads, int count) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    });
    Heads chosen;
    for (int i = 0; i < count; ++i)
        chosen.emplace_back(static_cast<int>(order[static_cast<std::size_t>(i)]) / heads,
                            static_cast<int>(order[static_cast<std::size_t>(i)]) % heads);
    return chosen;
}

}  // namespace

Heads othersLike(const Heads& chosen, const Heads& avoided, int layers, int heads, std::uint64_t seed) {
    std::set<std::pair<int, int>> taken(chosen.begin(), chosen.end());
    const std::set<std::pair<int, int>> avoid(avoided.begin(), avoided.end());
    Heads random;
    latent::learn::RandomStream stream(seed, "icl/random_heads");
    for (const auto& [block, head] : chosen) {
        Heads free, last;
        for (int far = 0; far < layers && free.empty(); ++far) {
            Heads avoidedHere;
            for (const int at : std::set<int>{block - far, block + far})
                for (int h = 0; h < heads && at >= 0 && at < layers; ++h) {
                    if (taken.count({at, h})) continue;
                    (avoid.count({at, h}) ? avoidedHere : free).emplace_back(at, h);
                }
            if (last.empty()) last = std::move(avoidedHere);
        }
        if (free.empty()) free = std::move(last);
        if (free.empty()) break;
        random.push_back(free[stream.below(free.size())]);
        taken.insert(random.back());
    }
    return random;
}

bool ablate(const ModelPlan& plan, const Reader& reader, ReplicateResult& result,
            const std::function<bool()>& keepGoing, const std::function<void()>& step) {
    const int heads = plan.config.heads, length = plan.study.spec.length;
    const std::uint64_t seed = result.seedOf(plan);
    const Heads induction = strongest(result.heads.induction, heads, plan.ablatedHeads),
                previous = strongest(result.heads.previous, heads, plan.ablatedHeads),
                likeInduction = othersLike(induction, previous, plan.config.layers, heads, nthSeed(seed, 0)),
                likePrevious = othersLike(previous, induction, plan.config.layers, heads, nthSeed(seed, 1));
    const Heads* arms[kArms] = {nullptr,    &induction,     &likeInduction, &previous,    &likePrevious,
                                &induction, &likeInduction, &previous,      &likePrevious};
    // Heads were chosen on prompt 0, and their means are of it; this prompt is none of those that were
    // pooled.
    const Sequence s = plan.study.sequence(result.number, plan.prompts);
    for (std::size_t arm = 0; arm < kArms; ++arm) {
        PooledLayer pooled({length}, kRayleighWindow, plan.study.nodes(), plan.config.width);
        ReadOptions options;
        if (arms[arm]) options.ablated = *arms[arm];
        if (arm >= static_cast<std::size_t>(Arm::InductionMean)) options.instead = result.headMeans;
        options.keepGoing = keepGoing;
        options.layers = {plan.layer};
        options.onState = [&](int, int t, std::span<float> state) {
            pooled.add(t, s.nodes[static_cast<std::size_t>(t)],
                       t > 0 ? s.nodes[static_cast<std::size_t>(t) - 1] : -1, state);
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return false;
        const std::vector<double> mass = neighbourMass(plan.study.graphs, s, heard.probability);
        double sum = 0, count = 0;
        for (std::size_t t = mass.size() / 2; t < mass.size(); ++t)
            if (std::isfinite(mass[t])) sum += mass[t], ++count;
        const ClassMeans means = pooled.means(0);
        result.ablationAccuracy.push_back(count > 0 ? sum / count : kNan);
        const Graph part = plan.study.graph().induced(means.seen);
        result.ablationRayleigh.push_back(energyOf(means.of, part).rayleigh *
                                          isotropicRayleigh(plan.study.graph()) / isotropicRayleigh(part));
        step();
    }
    return true;
}

bool moveWords(const ModelPlan& plan, const Reader& reader, const ClassMeans& means, ReplicateResult& result,
               const std::function<bool()>& keepGoing, const std::function<void()>& step) {
    const Graph& graph = plan.study.graph();
    const int nodes = graph.nodes, length = plan.study.spec.length, first = plan.options.first,
              second = plan.options.second;
    const auto near = graph.neighbours();
    const std::vector<int> target = farTargets(graph);
    const Pca pca = pcaOf(means.of, std::max(first, second) + 1);
    if (means.seen.size() < 3 || !(pca.explained(first) > 0) || !(pca.explained(second) > 0)) {
        // Too few words were seen for a map that has these components.
        result.moveTarget.assign(kMoves, kNan);
        result.moveOwn.assign(kMoves, kNan);
        for (std::size_t move = 0; move < kMoves; ++move) step();
        return true;
    }
    const Steering steering = Steering::of(means, pca, first, second, nodes, result.seedOf(plan));
    const Sequence s = plan.study.sequence(result.number, plan.prompts + 1);
    for (std::size_t move = 0; move < kMoves; ++move) {
        ReadOptions options;
        options.keepGoing = keepGoing;
        options.layers = {plan.layer};
        options.onState = [&](int, int t, std::span<float> state) {
            if (move == 0 || t < length - kMovedTokens) return;
            const int from = s.nodes[static_cast<std::size_t>(t)];
            steering.push(state, from, target[static_cast<std::size_t>(from)],
                          move == 1 ? Push::Along : Push::Random, Kind::Steer, 1);
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return false;
        double targetMass = 0, own = 0, count = 0;
        for (int t = std::max(0, length - kMovedTokens); t < length; ++t) {
            const int from = s.nodes[static_cast<std::size_t>(t)],
                      to = target[static_cast<std::size_t>(from)];
            // The same words in all three: one that could not be moved would only dilute what moving does.
            if (!steering.moves(from, to) || !s.follows[static_cast<std::size_t>(t)] ||
                s.stepsIn(static_cast<std::size_t>(t)) != 0)
                continue;
            ++count;
            const auto p = [&](int v) {
                return heard.probability[static_cast<std::size_t>(t) * static_cast<std::size_t>(nodes) +
                                         static_cast<std::size_t>(v)];
            };
            for (const int v : near[static_cast<std::size_t>(to)]) targetMass += p(v);
            for (const int v : near[static_cast<std::size_t>(from)]) own += p(v);
        }
        result.moveTarget.push_back(count > 0 ? targetMass / count : kNan);
        result.moveOwn.push_back(count > 0 ? own / count : kNan);
        step();
    }
    return true;
}

void calendarOf(const ModelPlan& plan, const ClassMeans& judged, ReplicateResult& result) {
    const std::vector<int> places = plan.study.cyclePlaces(result.number);
    if (places.empty()) return;
    const int n = plan.study.nodes();
    const std::uint64_t seed = result.seedOf(plan);
    for (std::size_t l = 0; l < result.layers.size(); ++l)
        result.calendar.append(
            calendarCurves(result.layers[l], result.shuffled[l], places, plan.options, seed));
    const std::size_t draws = static_cast<std::size_t>(plan.options.draws);
    result.calendarNull.assign(draws, kNan);
    result.graphLaterNull.assign(draws, kNan);
    result.graphLater = kNan;
    if (static_cast<int>(judged.seen.size()) != n || plan.options.components < 4) return;
    const Pca pca = pcaOf(judged.of, plan.options.components);
    const Eigen::MatrixXd later = pca.projection.rightCols(plan.options.components - 2),
                          graphPlane = lowestModes(plan.study.graph());
    const auto best = [&](const Eigen::MatrixXd& scores) {
        const auto [a, b] = bestComponents(scores, plan.study.graph(), static_cast<int>(scores.cols()));
        Eigen::MatrixXd two(n, 2);
        two << scores.col(a), scores.col(b);
        return subspaceCosines(two, graphPlane)[1];
    };
    result.graphLater = best(later);
    for (std::size_t d = 0; d < draws; ++d) {
        latent::learn::RandomStream random(seed, "icl/calendar_null", d);
        const auto order = random.permutation(static_cast<std::uint32_t>(n));
        result.calendarNull[d] =
            subspaceCosines(pca.projection.leftCols(2), calendarCircle(places, order))[1];
        Eigen::MatrixXd moved(n, later.cols());
        for (int i = 0; i < n; ++i) moved.row(i) = later.row(order[static_cast<std::size_t>(i)]);
        result.graphLaterNull[d] = best(moved);
    }
}

}  // namespace icl_graphs

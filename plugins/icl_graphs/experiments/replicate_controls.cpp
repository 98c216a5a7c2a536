// SPDX-License-Identifier: Apache-2.0
// What is done to a model beside reading: heads taken away, words moved; and the calendar's place among the components.
#include <algorithm>
#include <cmath>
#include <latent/learn/random.hpp>
#include <limits>
#include <numbers>
#include <numeric>
#include <set>

#include "experiments/replicate.hpp"
#include "graphs/spectrum.hpp"

namespace icl_graphs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kRayleighWindow = 200, kMovedTokens = 100;

using Heads = std::vector<std::pair<int, int>>;

Heads strongest(const std::vector<double>& scores, int heads, int count) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
    Heads chosen;
    for (int i = 0; i < count; ++i) chosen.emplace_back(static_cast<int>(order[static_cast<std::size_t>(i)]) / heads, static_cast<int>(order[static_cast<std::size_t>(i)]) % heads);
    return chosen;
}

/// As many others in the same layers; a layer whose heads are all chosen gives what it has.
Heads randomLike(const Heads& chosen, int heads, std::uint64_t seed) {
    const std::set<std::pair<int, int>> taken(chosen.begin(), chosen.end());
    std::set<std::pair<int, int>> random;
    latent::learn::RandomStream stream(seed, "icl/random_heads");
    for (const auto& [block, head] : chosen) {
        Heads free;
        for (int h = 0; h < heads; ++h)
            if (!taken.count({block, h}) && !random.count({block, h})) free.emplace_back(block, h);
        if (!free.empty()) random.insert(free[stream.below(free.size())]);
    }
    return {random.begin(), random.end()};
}

}  // namespace

double rayleighOfFinite(const Eigen::MatrixXd& rows, const Graph& graph) {
    std::vector<int> kept;
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        if (rows.row(i).allFinite()) kept.push_back(static_cast<int>(i));
    if (kept.size() < 3) return kNan;
    Eigen::MatrixXd x(static_cast<Eigen::Index>(kept.size()), rows.cols());
    for (std::size_t r = 0; r < kept.size(); ++r) x.row(static_cast<Eigen::Index>(r)) = rows.row(kept[r]);
    return energyOf(x, graph.induced(kept)).rayleigh;
}

bool ablate(const ModelPlan& plan, const Reader& reader, ReplicateResult& result, const std::function<bool()>& keepGoing, const std::function<void()>& step) {
    const int heads = plan.config.heads, length = plan.study.spec.length;
    const Heads induction = strongest(result.heads.induction, heads, plan.ablatedHeads);
    const Heads arms[kArms] = {{}, induction, randomLike(induction, heads, plan.study.seed + static_cast<std::uint64_t>(result.number)), strongest(result.heads.previous, heads, plan.ablatedHeads)};
    // Heads were chosen on prompt 0; this prompt is none of those that were pooled.
    const Sequence s = plan.study.sequence(result.number, plan.prompts);
    for (const Heads& arm : arms) {
        PooledLayer pooled({length}, kRayleighWindow, plan.study.nodes(), plan.config.width);
        ReadOptions options;
        options.ablated = arm;
        options.keepGoing = keepGoing;
        options.onState = [&](int layer, int t, std::span<float> state) {
            if (layer == plan.layer) pooled.add(t, s.nodes[static_cast<std::size_t>(t)], state);
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return false;
        const std::vector<double> mass = neighbourMass(plan.study.graphs, s, heard.probability);
        double sum = 0, count = 0;
        for (std::size_t t = mass.size() / 2; t < mass.size(); ++t)
            if (std::isfinite(mass[t])) sum += mass[t], ++count;
        const ClassMeans means = pooled.means().front();
        result.ablationAccuracy.push_back(count > 0 ? sum / count : kNan);
        result.ablationRayleigh.push_back(energyOf(means.of, plan.study.graph().induced(means.seen)).rayleigh);
        step();
    }
    return true;
}

bool moveWords(const ModelPlan& plan, const Reader& reader, const Pca& components, const ClassMeans& means, ReplicateResult& result, const std::function<bool()>& keepGoing, const std::function<void()>& step) {
    const Graph& graph = plan.study.graph();
    const int nodes = graph.nodes, length = plan.study.spec.length;
    const auto near = graph.neighbours();
    // The target shares no neighbour with the word; the one farthest away on the graph's own plane.
    const Eigen::MatrixXd plane = spectrumOf(graph).vectors.middleCols(1, std::min(2, nodes - 1));
    std::vector<int> target(static_cast<std::size_t>(nodes), -1);
    for (int i = 0; i < nodes; ++i) {
        double most = -1;
        for (int j = 0; j < nodes; ++j) {
            const auto& a = near[static_cast<std::size_t>(i)];
            const bool shares = std::any_of(near[static_cast<std::size_t>(j)].begin(), near[static_cast<std::size_t>(j)].end(), [&](int v) { return std::find(a.begin(), a.end(), v) != a.end(); });
            const double far = (plane.row(i) - plane.row(j)).squaredNorm();
            if (i != j && !shares && far > most) most = far, target[static_cast<std::size_t>(i)] = j;
        }
    }
    std::vector<int> row(static_cast<std::size_t>(nodes), -1);
    for (std::size_t r = 0; r < means.seen.size(); ++r) row[static_cast<std::size_t>(means.seen[r])] = static_cast<int>(r);
    const Eigen::Index dim = means.of.cols();
    latent::learn::RandomStream random(plan.study.seed + static_cast<std::uint64_t>(result.number), "icl/random_subspace");
    Eigen::MatrixXd subspace(2, dim);  // orthonormal and away from the compared components
    for (Eigen::Index k = 0; k < 2; ++k) {
        for (Eigen::Index d = 0; d < dim; ++d) subspace(k, d) = random.normal();
        for (const int c : {plan.options.first, plan.options.second}) subspace.row(k) -= subspace.row(k).dot(components.directions.row(c)) * components.directions.row(c);
        for (Eigen::Index m = 0; m < k; ++m) subspace.row(k) -= subspace.row(k).dot(subspace.row(m)) * subspace.row(m);
        subspace.row(k).normalize();
    }
    const Sequence s = plan.study.sequence(result.number, plan.prompts + 1);
    for (std::size_t move = 0; move < kMoves; ++move) {
        ReadOptions options;
        options.keepGoing = keepGoing;
        options.onState = [&](int layer, int t, std::span<float> state) {
            if (layer != plan.layer || move == 0 || t < length - kMovedTokens) return;
            const int from = s.nodes[static_cast<std::size_t>(t)], to = target[static_cast<std::size_t>(from)];
            if (to < 0 || row[static_cast<std::size_t>(from)] < 0 || row[static_cast<std::size_t>(to)] < 0) return;
            for (int k = 0; k < 2; ++k) {
                const auto along = components.directions.row(k == 0 ? plan.options.first : plan.options.second);
                const double by = (means.of.row(row[static_cast<std::size_t>(to)]) - means.of.row(row[static_cast<std::size_t>(from)])).dot(along);
                for (Eigen::Index d = 0; d < dim; ++d) state[static_cast<std::size_t>(d)] += static_cast<float>(by * (move == 1 ? along(d) : subspace(k, d)));
            }
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return false;
        double targetMass = 0, own = 0, count = 0;
        for (int t = std::max(0, length - kMovedTokens); t < length; ++t) {
            const int from = s.nodes[static_cast<std::size_t>(t)], to = target[static_cast<std::size_t>(from)];
            if (to < 0) continue;
            ++count;
            const auto p = [&](int v) { return heard.probability[static_cast<std::size_t>(t) * static_cast<std::size_t>(nodes) + static_cast<std::size_t>(v)]; };
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
    const std::size_t k = static_cast<std::size_t>(plan.options.components), contexts = plan.contexts.size();
    const auto circleOf = [&](const std::vector<std::uint32_t>& order) {
        Eigen::MatrixXd circle(n, 2);
        for (int i = 0; i < n; ++i) {
            const double angle = 2 * std::numbers::pi * places[order[static_cast<std::size_t>(i)]] / n;
            circle.row(i) << std::cos(angle), std::sin(angle);
        }
        return circle;
    };
    std::vector<std::uint32_t> listed(static_cast<std::size_t>(n));
    std::iota(listed.begin(), listed.end(), 0U);
    for (const LayerGeometry& g : result.layers)
        for (std::size_t c = 0; c < contexts; ++c) {
            Eigen::MatrixXd plane(n, 2);
            for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) plane.row(static_cast<Eigen::Index>(i)) << g.pca[(c * static_cast<std::size_t>(n) + i) * k], g.pca[(c * static_cast<std::size_t>(n) + i) * k + 1];
            const auto cosines = plane.allFinite() ? subspaceCosines(plane, circleOf(listed)) : std::array<double, 2>{kNan, kNan};
            result.calendar.insert(result.calendar.end(), cosines.begin(), cosines.end());
        }
    const std::size_t draws = static_cast<std::size_t>(plan.options.draws);
    result.calendarNull.assign(draws, kNan);
    result.graphLaterNull.assign(draws, kNan);
    result.graphLater = kNan;
    if (static_cast<int>(judged.seen.size()) != n || plan.options.components < 4) return;
    const Pca pca = pcaOf(judged.of, plan.options.components);
    const Eigen::MatrixXd later = pca.projection.rightCols(plan.options.components - 2), graphPlane = spectrumOf(plan.study.graph()).vectors.middleCols(1, 2);
    const auto best = [&](const Eigen::MatrixXd& scores) {
        const auto [a, b] = bestComponents(scores, plan.study.graph(), static_cast<int>(scores.cols()));
        Eigen::MatrixXd two(n, 2);
        two << scores.col(a), scores.col(b);
        return subspaceCosines(two, graphPlane)[1];
    };
    result.graphLater = best(later);
    for (std::size_t d = 0; d < draws; ++d) {
        latent::learn::RandomStream random(plan.study.seed + 77, "icl/calendar_null", static_cast<std::uint64_t>(result.number) * 100'000 + d);
        const auto order = random.permutation(static_cast<std::uint32_t>(n));
        result.calendarNull[d] = subspaceCosines(pca.projection.leftCols(2), circleOf(order))[1];
        Eigen::MatrixXd moved(n, later.cols());
        for (int i = 0; i < n; ++i) moved.row(i) = later.row(order[static_cast<std::size_t>(i)]);
        result.graphLaterNull[d] = best(moved);
    }
}

}  // namespace icl_graphs

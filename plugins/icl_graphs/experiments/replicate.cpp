// SPDX-License-Identifier: Apache-2.0
#include "experiments/replicate.hpp"

#include <algorithm>
#include <cmath>

#include "graphs/no_number.hpp"
#include "measures/baselines.hpp"
#include "measures/context_curves.hpp"
#include "measures/mean_curve.hpp"
#include "measures/neighbour_mass.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {
namespace {

constexpr int kMixingWindow = 200;  // words at the end of each prompt on which the word before is fitted

/// Mean before each context of a curve over all positions.
std::vector<double> beforeContexts(const std::vector<double>& byPosition, const ModelPlan& plan,
                                   std::int64_t window = kAccuracyWindow) {
    return meanBefore(byPosition, plan.contexts, window);
}

/// [context, 3]: mean, low, high over the draws.
std::vector<double> bandsBefore(const PermutedMass& permuted, const ModelPlan& plan) {
    std::vector<std::vector<double>> draws;
    for (const std::vector<double>& curve : permuted.curves()) draws.push_back(beforeContexts(curve, plan));
    return bandsOf(draws, plan.contexts.size());
}

/// [context, graph]
std::vector<double> turnsBefore(const TurnMass& mixture, const ModelPlan& plan) {
    const std::vector<double> first = beforeContexts(mixture.turn(0), plan),
                              second = beforeContexts(mixture.turn(1), plan);
    std::vector<double> all;
    for (std::size_t c = 0; c < first.size(); ++c) all.insert(all.end(), {first[c], second[c]});
    return all;
}

std::vector<PooledLayer> emptyLayers(const ModelPlan& plan) {
    return {static_cast<std::size_t>(plan.config.layers) + 1,
            PooledLayer(plan.contexts, static_cast<int>(plan.window), plan.study.nodes(), plan.config.width)};
}

/// Adds the states of one prompt.
void pool(std::vector<PooledLayer>& layers, const std::vector<int>& nodes, int layer, int t,
          std::span<const float> state) {
    layers[static_cast<std::size_t>(layer)].add(t, nodes[static_cast<std::size_t>(t)],
                                                t > 0 ? nodes[static_cast<std::size_t>(t) - 1] : -1, state);
}

}  // namespace

int passesOf(const ModelPlan& plan) {
    const int prompts = static_cast<int>(plan.prompts);
    return prompts + (plan.shuffledControl ? prompts : 0) +
           (plan.ablatedHeads > 0 ? static_cast<int>(kArms) : 0) +
           (plan.moves ? static_cast<int>(kMoves) : 0);
}

std::optional<ReplicateResult> runReplicate(const ModelPlan& plan, const LanguageModel& model,
                                            const Vocabulary& vocabulary, std::int64_t number,
                                            const std::function<bool()>& keepGoing,
                                            const std::function<void(int, int)>& progress) {
    const GraphStudy& study = plan.study;
    const int nodes = study.nodes(), length = study.spec.length, dim = plan.config.width;
    ReplicateResult result;
    result.number = number;
    std::vector<int> tokens;
    for (const std::string& word : study.words(number)) {
        tokens.push_back(vocabulary.wordToken(word));
        result.placement.push_back(static_cast<std::int32_t>(
            std::find(study.list.begin(), study.list.end(), word) - study.list.begin()));
    }
    const Reader reader(model, tokens, plan.startsWithBos ? static_cast<int>(plan.config.bos) : -1,
                        plan.threads);
    int done = 0;
    const auto step = [&] { progress(++done, passesOf(plan)); };

    std::vector<PooledLayer> pooled = emptyLayers(plan);
    MeanCurve accuracy(length), inside(length), induction(length), unigram(length), giant(length);
    const std::uint64_t seed = result.seedOf(plan);
    PermutedMass permuted(study.graphs, plan.options.draws, seed, length);
    TurnMass mixture(study.graphs, length);
    const Graph seenEdges = unionOf(study.graphs);
    MixingSums last(nodes, dim);  // of the end of each prompt, judged layer
    std::vector<int> lastNodes;   // with −1 where a prompt's part begins, and the word before it
    for (std::int64_t i = 0; i < plan.prompts; ++i) {
        const Sequence s = study.sequence(number, i);
        ReadOptions options;
        options.headMeans = i == 0;
        if (i == 0) options.scoresAgainst = shuffled(s.nodes, seed, static_cast<std::uint64_t>(i));
        options.keepGoing = keepGoing;
        const int first = std::max(0, length - kMixingWindow);
        lastNodes.push_back(-1);
        if (first > 0) lastNodes.push_back(s.nodes[static_cast<std::size_t>(first) - 1]);
        options.onState = [&](int layer, int t, std::span<float> state) {
            pool(pooled, s.nodes, layer, t, state);
            if (layer != plan.layer || t < first) return;
            const int node = s.nodes[static_cast<std::size_t>(t)];
            last.add(node, lastNodes.back(), state);
            lastNodes.push_back(node);
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return std::nullopt;
        if (i == 0) {
            result.heads = heard.scores;
            result.headMeans = heard.headMeans;
        }
        accuracy.add(neighbourMass(study.graphs, s, heard.probability));
        if (study.isMixture()) mixture.add(s, heard.probability);
        permuted.add(s, heard.probability);
        std::vector<double> any;
        for (std::size_t t = 0; t < s.nodes.size(); ++t) {
            double sum = 0;
            for (std::size_t v = 0; v < static_cast<std::size_t>(nodes); ++v)
                sum += heard.probability[t * static_cast<std::size_t>(nodes) + v];
            any.push_back(sum);
        }
        inside.add(any);
        const CountBaselines counts = countBaselines(study.graphs, s);
        induction.add(counts.induction);
        unigram.add(counts.unigram);
        giant.add(observedEdges(seenEdges, s).giant);
        step();
    }
    const std::vector<double> curve = accuracy.mean();
    result.accuracy.assign(curve.begin(), curve.end());
    result.accuracyContext = beforeContexts(curve, plan);
    result.nodesContext = beforeContexts(inside.mean(), plan);
    result.inductionContext = beforeContexts(induction.mean(), plan);
    result.unigramContext = beforeContexts(unigram.mean(), plan);
    result.giant = beforeContexts(giant.mean(), plan, 1);

    result.permutedContext = bandsBefore(permuted, plan);
    if (study.isMixture()) {
        result.byGraph = turnsBefore(mixture, plan);
        result.otherGraph = beforeContexts(mixture.other(), plan);
    }

    for (const PooledLayer& layer : pooled) {
        result.layers.push_back(measureLayer(layer, study.graph(), plan.options, seed));
        if (study.isMixture())
            result.second.push_back(measureLayer(layer, study.graphs[1], plan.options.withoutMixing(), seed));
    }
    const ClassMeans judged = pooled[static_cast<std::size_t>(plan.layer)].means(plan.contexts.size() - 1);
    pooled.clear();
    const MixingFit fit = fitMixing(last);
    const double isotropic = isotropicRayleigh(study.graph());
    result.beyond = rayleighBeyond(fit, study.graph()) * isotropic;
    result.explained = fit.explained;
    result.planted = plantedBeyond(lastNodes, study.graph(), fit.sizes, seed) * isotropic;
    const std::vector<double> at(plan.contexts.begin(), plan.contexts.end());
    result.onset = onsetOf(plan.contexts, result.accuracyContext);
    result.halfAccuracy = halfChange(at, result.accuracyContext, .05).value_or(kNan);
    result.halfEnergy =
        halfChange(at, comparableRayleigh(result.layers[static_cast<std::size_t>(plan.layer)], study.graph()),
                   .05)
            .value_or(kNan);

    std::vector<PooledLayer> mixed = emptyLayers(plan);
    MeanCurve mixedAccuracy(length);
    for (std::int64_t i = 0; i < plan.prompts && plan.shuffledControl; ++i) {
        Sequence s = study.sequence(number, i);
        s.nodes = shuffled(std::move(s.nodes), seed, static_cast<std::uint64_t>(i));
        ReadOptions options;
        options.keepGoing = keepGoing;
        options.onState = [&](int layer, int t, std::span<float> state) {
            pool(mixed, s.nodes, layer, t, state);
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return std::nullopt;
        mixedAccuracy.add(neighbourMass(study.graphs, s, heard.probability));
        step();
    }
    result.shuffledContext = beforeContexts(mixedAccuracy.mean(), plan);
    for (const PooledLayer& layer : mixed)
        result.shuffled.push_back(measureLayer(layer, study.graph(), plan.options.withoutNulls(), seed));
    mixed.clear();
    calendarOf(plan, judged, result);
    if (plan.ablatedHeads > 0 && !ablate(plan, reader, result, keepGoing, step)) return std::nullopt;
    if (plan.moves && !moveWords(plan, reader, judged, result, keepGoing, step)) return std::nullopt;
    return result;
}

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#include "experiments/replicate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measures/baselines.hpp"
#include "measures/context_curves.hpp"
#include "oracle/mixing.hpp"

namespace icl_graphs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kMixingWindow = 200;  // tokens at the end of each prompt on which the word before is fitted

/// Mean of the finite values before each context.
std::vector<double> beforeContexts(const std::vector<double>& byPosition, const std::vector<std::int64_t>& contexts, std::int64_t window) {
    std::vector<double> means;
    for (const std::int64_t c : contexts) {
        double sum = 0, count = 0;
        for (std::int64_t t = std::max<std::int64_t>(0, c - window); t < c; ++t)
            if (std::isfinite(byPosition[static_cast<std::size_t>(t)])) sum += byPosition[static_cast<std::size_t>(t)], ++count;
        means.push_back(count > 0 ? sum / count : kNan);
    }
    return means;
}

/// Mean over prompts, position by position.
class MeanCurve {
  public:
    explicit MeanCurve(int length) : m_sum(static_cast<std::size_t>(length), 0), m_count(static_cast<std::size_t>(length), 0) {}
    void add(const std::vector<double>& values) {
        for (std::size_t t = 0; t < values.size(); ++t)
            if (std::isfinite(values[t])) m_sum[t] += values[t], m_count[t] += 1;
    }
    std::vector<double> mean() const {
        std::vector<double> all;
        for (std::size_t t = 0; t < m_sum.size(); ++t) all.push_back(m_count[t] > 0 ? m_sum[t] / m_count[t] : kNan);
        return all;
    }

  private:
    std::vector<double> m_sum, m_count;
};

/// States of the last tokens of each prompt with their nodes; a gap of −1 between prompts.
struct LastStates {
    std::vector<int> nodes;
    std::vector<float> values;
    int dim;
    void gap() {
        nodes.push_back(-1);
        values.resize(values.size() + static_cast<std::size_t>(dim), 0);
    }
    Eigen::MatrixXf matrix() const { return Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(values.data(), static_cast<Eigen::Index>(nodes.size()), dim); }
};

void fitBeyond(const ModelPlan& plan, const LastStates& last, ReplicateResult& result) {
    const MixingFit fit = fitNeighbourMixing(last.matrix(), last.nodes, plan.study.nodes());
    result.beyond = rayleighOfFinite(fit.withoutNeighbours, plan.study.graph());
    result.explained = fit.explained;
    const MixingModel mixing({.nodes = plan.study.nodes(), .dim = 256}, plan.study.seed + static_cast<std::uint64_t>(result.number));
    Eigen::MatrixXf planted = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(last.nodes.size()), 256);
    for (std::size_t i = 0; i < last.nodes.size(); ++i) {
        if (last.nodes[i] >= 0) planted.row(static_cast<Eigen::Index>(i)) += mixing.embeddings().row(last.nodes[i]).cast<float>();
        if (i > 0 && last.nodes[i - 1] >= 0) planted.row(static_cast<Eigen::Index>(i)) += mixing.embeddings().row(last.nodes[i - 1]).cast<float>();
    }
    result.planted = rayleighOfFinite(fitNeighbourMixing(planted, last.nodes, plan.study.nodes()).withoutNeighbours, plan.study.graph());
}

}  // namespace

int passesOf(const ModelPlan& plan) {
    const int prompts = static_cast<int>(plan.prompts);
    return prompts + (plan.shuffledControl ? prompts : 0) + (plan.ablatedHeads > 0 ? static_cast<int>(kArms) : 0) + (plan.moves ? static_cast<int>(kMoves) : 0);
}

std::optional<ReplicateResult> runReplicate(const ModelPlan& plan, const LoadedModel& model, std::int64_t number, const std::function<bool()>& keepGoing, const std::function<void(int, int)>& progress) {
    const GraphStudy& study = plan.study;
    const int nodes = study.nodes(), length = study.spec.length, dim = plan.config.width, layers = plan.config.layers;
    ReplicateResult result;
    result.number = number;
    std::vector<int> tokens;
    for (const std::string& word : study.words(number)) {
        tokens.push_back(model.vocabulary.wordToken(word));
        result.placement.push_back(static_cast<std::int32_t>(std::find(study.list.begin(), study.list.end(), word) - study.list.begin()));
    }
    const Decoder decoder(model.weights);
    const Reader reader(decoder, tokens, plan.startsWithBos ? static_cast<int>(plan.config.bos) : -1, plan.threads);
    int done = 0;
    const auto step = [&] { progress(++done, passesOf(plan)); };

    std::vector<PooledLayer> pooled(static_cast<std::size_t>(layers) + 1, PooledLayer(plan.contexts, static_cast<int>(plan.window), nodes, dim));
    MeanCurve accuracy(length), inside(length), induction(length), unigram(length), giant(length);
    LastStates last{{}, {}, dim};
    for (std::int64_t i = 0; i < plan.prompts; ++i) {
        const Sequence s = study.sequence(number, i);
        ReadOptions options;
        options.headScores = i == 0;
        options.keepGoing = keepGoing;
        options.onState = [&](int layer, int t, std::span<float> state) {
            pooled[static_cast<std::size_t>(layer)].add(t, s.nodes[static_cast<std::size_t>(t)], state);
            if (layer != plan.layer || t < length - kMixingWindow) return;
            last.nodes.push_back(s.nodes[static_cast<std::size_t>(t)]);
            last.values.insert(last.values.end(), state.begin(), state.end());
        };
        const Reader::Heard heard = reader.read(s.nodes, options);
        if (!heard.finished) return std::nullopt;
        last.gap();
        if (i == 0) result.heads = heard.scores;
        accuracy.add(neighbourMass(study.graphs, s, heard.probability));
        std::vector<double> any;
        for (std::size_t t = 0; t < s.nodes.size(); ++t) {
            double sum = 0;
            for (std::size_t v = 0; v < static_cast<std::size_t>(nodes); ++v) sum += heard.probability[t * static_cast<std::size_t>(nodes) + v];
            any.push_back(sum);
        }
        inside.add(any);
        const CountBaselines counts = countBaselines(study.graphs, s);
        induction.add(counts.induction);
        unigram.add(counts.unigram);
        giant.add(observedEdges(study.graph(), s.nodes).giant);
        step();
    }
    const std::vector<double> curve = accuracy.mean();
    result.accuracy.assign(curve.begin(), curve.end());
    result.accuracyContext = beforeContexts(curve, plan.contexts, plan.accuracyWindow);
    result.nodesContext = beforeContexts(inside.mean(), plan.contexts, plan.accuracyWindow);
    result.inductionContext = beforeContexts(induction.mean(), plan.contexts, plan.accuracyWindow);
    result.unigramContext = beforeContexts(unigram.mean(), plan.contexts, plan.accuracyWindow);
    result.giant = beforeContexts(giant.mean(), plan.contexts, 1);

    std::vector<ClassMeans> judged;
    for (std::size_t l = 0; l < pooled.size(); ++l) {
        const std::vector<ClassMeans> means = pooled[l].means();
        result.layers.push_back(measureLayer(means, study.graph(), plan.options, study.seed + 1000 * static_cast<std::uint64_t>(number)));
        if (static_cast<int>(l) == plan.layer) judged = means;
    }
    fitBeyond(plan, last, result);
    const std::vector<double> at(plan.contexts.begin(), plan.contexts.end());
    const auto onset = compareOnset(at, result.accuracyContext);
    result.critical = onset ? onset->criticalContext : kNan;
    result.halfAccuracy = halfChange(at, result.accuracyContext, .05).value_or(kNan);
    result.halfEnergy = halfChange(at, result.layers[static_cast<std::size_t>(plan.layer)].rayleigh, .05).value_or(kNan);
    calendarOf(plan, judged.back(), result);

    result.shuffledRayleigh = kNan;
    if (plan.shuffledControl) {
        PooledLayer mixed({length}, static_cast<int>(plan.window), nodes, dim);
        for (std::int64_t i = 0; i < plan.prompts; ++i) {
            const std::vector<int> order = shuffled(study.sequence(number, i).nodes, study.seed, static_cast<std::uint64_t>(number * 1000 + i));
            ReadOptions options;
            options.lastLayer = plan.layer;
            options.keepGoing = keepGoing;
            options.onState = [&](int layer, int t, std::span<float> state) {
                if (layer == plan.layer) mixed.add(t, order[static_cast<std::size_t>(t)], state);
            };
            if (!reader.read(order, options).finished) return std::nullopt;
            step();
        }
        const ClassMeans means = mixed.means().front();
        result.shuffledRayleigh = energyOf(means.of, study.graph().induced(means.seen)).rayleigh;
    }
    if (plan.ablatedHeads > 0 && !ablate(plan, reader, result, keepGoing, step)) return std::nullopt;
    if (plan.moves && !moveWords(plan, reader, pcaOf(judged.back().of, std::max(plan.options.components, 4)), judged.back(), result, keepGoing, step)) return std::nullopt;
    return result;
}

}  // namespace icl_graphs

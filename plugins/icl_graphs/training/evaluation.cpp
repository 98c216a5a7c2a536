// SPDX-License-Identifier: Apache-2.0
#include "training/evaluation.hpp"

#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/nth_seed.hpp"
#include "measures/baselines.hpp"
#include "measures/neighbour_mass.hpp"

namespace icl_graphs {
namespace {

namespace tf = latent::learn::transformer;

/// What the model said and held over some walks of one placement.
struct Heard {
    std::vector<float> probability;     // of each node's token [walks · length, nodes]
    std::vector<LayerGeometry> layers;  // [layers + 1]
};

/// softmax(logits) of some tokens.
void probabilities(const float* logits, int vocabulary, const std::vector<int>& tokens, float* to) {
    float most = logits[0];
    for (int v = 1; v < vocabulary; ++v) most = std::max(most, logits[v]);
    double sum = 0;
    for (int v = 0; v < vocabulary; ++v) sum += std::exp(static_cast<double>(logits[v] - most));
    for (std::size_t i = 0; i < tokens.size(); ++i)
        to[i] = static_cast<float>(std::exp(static_cast<double>(logits[tokens[i]] - most)) / sum);
}

/// tokens: of each node; nodes: walk after walk.
Heard hear(const tf::Model& model, const Graph& graph, const EvaluationSpec& spec,
           const std::vector<int>& tokens, const std::vector<int>& nodes, const LayerOptions& options,
           std::uint64_t seed) {
    const auto& shape = model.shape();
    const auto length = static_cast<std::size_t>(spec.length), width = static_cast<std::size_t>(shape.width),
               layers = static_cast<std::size_t>(shape.layers) + 1;
    std::vector<std::int32_t> read;
    for (const int node : nodes) read.push_back(tokens[static_cast<std::size_t>(node)]);
    const auto result = model.forward(read, spec.walks, {.hidden = true});
    const std::vector<int> ofNodes(tokens.begin(), tokens.begin() + graph.nodes);
    Heard heard{std::vector<float>(nodes.size() * ofNodes.size()), {}};
    for (std::size_t i = 0; i < nodes.size(); ++i)
        probabilities(result.logits.data() + i * static_cast<std::size_t>(shape.vocabulary), shape.vocabulary,
                      ofNodes, heard.probability.data() + i * ofNodes.size());
    for (std::size_t l = 0; l < layers; ++l) {
        PooledLayer pooled({spec.length}, spec.window, graph.nodes, shape.width);
        for (std::size_t w = 0; w < static_cast<std::size_t>(spec.walks); ++w)
            for (std::size_t t = 0; t < length; ++t) {
                const std::span<const float> state(
                    result.hidden.data() + ((w * layers + l) * length + t) * width, width);
                pooled.add(static_cast<std::int64_t>(t), nodes[w * length + t],
                           t > 0 ? nodes[w * length + t - 1] : -1, state);
            }
        heard.layers.push_back(measureLayer(pooled, graph, options, seed));
    }
    return heard;
}

Sequence walkOf(const Graph& graph, const EvaluationSpec& spec, std::uint64_t part, int walk) {
    return makeSequence(std::vector<Graph>{graph}, {.length = spec.length}, part,
                        static_cast<std::uint64_t>(walk));
}

void append(std::vector<double>& to, const std::vector<double>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

CountedWalks countWalks(const Graph& graph, const EvaluationSpec& spec, std::uint64_t seed) {
    const std::vector<Graph> one{graph};
    MeanCurve induction(spec.length), unigram(spec.length);
    for (int p = 0; p < spec.placements; ++p)
        for (int w = 0; w < spec.walks; ++w) {
            Sequence s = walkOf(graph, spec, nthSeed(seed, static_cast<std::uint64_t>(p)), w);
            s.follows.back() = true;  // the walk would go on, and the model is asked there too
            const CountBaselines counts = countBaselines(one, s);
            induction.add(counts.induction);
            unigram.add(counts.unigram);
        }
    return {induction.mean(), unigram.mean()};
}

Evaluation evaluateTracing(const tf::Model& model, const Graph& graph, const EvaluationSpec& spec,
                           std::uint64_t seed) {
    const auto length = static_cast<std::size_t>(spec.length);
    const std::vector<Graph> one{graph};
    // Walk after walk; each would go on, and the model is asked there too.
    const auto walksOver = [](const std::vector<int>& nodes) {
        return Sequence{nodes, std::vector<int>(nodes.size(), 0), std::vector<bool>(nodes.size(), true)};
    };
    Evaluation e;
    MeanCurve accuracy(spec.length), accuracyShuffled(spec.length);
    std::vector<double> permuted(static_cast<std::size_t>(spec.geometry.draws), 0);
    for (int p = 0; p < spec.placements; ++p) {
        const std::uint64_t part = nthSeed(seed, static_cast<std::uint64_t>(p));
        latent::learn::RandomStream random(part, "icl/held_out");
        std::vector<int> tokens, nodes, mixed;
        for (const std::uint32_t t :
             random.permutation(static_cast<std::uint32_t>(model.shape().vocabulary - spec.firstToken)))
            tokens.push_back(static_cast<int>(t) + spec.firstToken);
        for (int w = 0; w < spec.walks; ++w) {
            const Sequence s = walkOf(graph, spec, part, w);
            const std::vector<int> shuffledNodes = shuffled(s.nodes, part, static_cast<std::uint64_t>(w));
            nodes.insert(nodes.end(), s.nodes.begin(), s.nodes.end());
            mixed.insert(mixed.end(), shuffledNodes.begin(), shuffledNodes.end());
        }
        const Heard heard = hear(model, graph, spec, tokens, nodes, spec.geometry, part),
                    control = hear(model, graph, spec, tokens, mixed, spec.geometry.withoutNulls(), part);
        accuracy.add(neighbourMass(one, walksOver(nodes), heard.probability));
        accuracyShuffled.add(neighbourMass(one, walksOver(mixed), control.probability));
        PermutedMass moved(one, spec.geometry.draws, part, spec.length);
        moved.add(walksOver(nodes), heard.probability);
        const auto curves = moved.curves();
        for (std::size_t d = 0; d < curves.size(); ++d)
            for (std::size_t t = length / 2; t < length; ++t)
                permuted[d] += curves[d][t] / static_cast<double>(length - length / 2) / spec.placements;
        for (std::size_t l = 0; l < heard.layers.size(); ++l) {
            const LayerGeometry& g = heard.layers[l];
            e.rayleigh.push_back(g.rayleigh[0]);
            e.gridR2.push_back(g.gridR2[0]);
            e.rayleighBeyond.push_back(g.rayleighBeyond[0]);
            e.rayleighShuffled.push_back(control.layers[l].rayleigh[0]);
            append(e.alignment, g.alignment);
            if (p == 0) append(e.pca, g.pca);
            append(e.rayleighPermuted, g.permuted.rayleigh);
            append(e.rayleighMixing, g.mixing.rayleigh);
            append(e.alignmentPermuted, g.permuted.alignment);
            append(e.gridR2Permuted, g.permuted.gridR2);
        }
    }
    e.accuracy = accuracy.mean();
    e.accuracyShuffled = accuracyShuffled.mean();
    const Band band = bandOf(permuted);
    e.accuracyPermuted = {band.mean, band.low, band.high};
    return e;
}

}  // namespace icl_graphs

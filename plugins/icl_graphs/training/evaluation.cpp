// SPDX-License-Identifier: Apache-2.0
#include "training/evaluation.hpp"

#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/walk.hpp"

namespace icl_graphs {
namespace {

/// softmax(logits)[neighbours].
double massOn(const float* logits, int vocabulary, const std::vector<int>& tokens) {
    float most = logits[0];
    for (int v = 1; v < vocabulary; ++v) most = std::max(most, logits[v]);
    double sum = 0, wanted = 0;
    for (int v = 0; v < vocabulary; ++v) sum += std::exp(static_cast<double>(logits[v] - most));
    for (const int t : tokens) wanted += std::exp(static_cast<double>(logits[t] - most));
    return wanted / sum;
}

}  // namespace

Evaluation evaluateTracing(const latent::learn::transformer::Model& model, const Graph& graph,
                           const EvaluationSpec& spec, std::uint64_t seed) {
    const auto& shape = model.shape();
    const auto length = static_cast<std::size_t>(spec.length), width = static_cast<std::size_t>(shape.width),
               layers = static_cast<std::size_t>(shape.layers) + 1,
               vocabulary = static_cast<std::size_t>(shape.vocabulary);
    const auto near = graph.neighbours();
    Evaluation e;
    e.accuracy.assign(length, 0);
    for (int p = 0; p < spec.placements; ++p) {
        latent::learn::RandomStream random(seed, "icl/held_out", static_cast<std::uint64_t>(p));
        std::vector<int> token;
        for (const std::uint32_t t :
             random.permutation(static_cast<std::uint32_t>(shape.vocabulary - spec.firstToken)))
            token.push_back(static_cast<int>(t) + spec.firstToken);
        std::vector<std::int32_t> tokens;
        std::vector<int> nodes;
        for (int w = 0; w < spec.walks; ++w)
            for (const int node :
                 makeSequence(std::vector<Graph>{graph}, {.length = spec.length}, seed + 1,
                              static_cast<std::uint64_t>(p) * 1000 + static_cast<std::uint64_t>(w))
                     .nodes) {
                nodes.push_back(node);
                tokens.push_back(token[static_cast<std::size_t>(node)]);
            }
        const auto result = model.forward(tokens, spec.walks, {.hidden = true});
        std::vector<std::vector<int>> neighbourTokens(near.size());
        for (std::size_t i = 0; i < near.size(); ++i)
            for (const int v : near[i]) neighbourTokens[i].push_back(token[static_cast<std::size_t>(v)]);
        for (std::size_t i = 0; i < nodes.size(); ++i)
            e.accuracy[i % length] += massOn(result.logits.data() + i * vocabulary, shape.vocabulary,
                                             neighbourTokens[static_cast<std::size_t>(nodes[i])]) /
                                      (spec.walks * spec.placements);
        for (std::size_t l = 0; l < layers; ++l) {
            PooledLayer pooled({spec.length}, spec.window, graph.nodes, shape.width);
            for (std::size_t w = 0; w < static_cast<std::size_t>(spec.walks); ++w)
                for (std::size_t t = 0; t < length; ++t) {
                    const std::span<const float> state(
                        result.hidden.data() + ((w * layers + l) * length + t) * width, width);
                    pooled.add(static_cast<std::int64_t>(t), nodes[w * length + t],
                               t > 0 ? nodes[w * length + t - 1] : -1, state);
                }
            const LayerGeometry g = measureLayer(pooled, graph, spec.geometry, seed);
            e.rayleigh.push_back(g.rayleigh[0]);
            e.gridR2.push_back(g.gridR2[0]);
            e.alignment.insert(e.alignment.end(), g.alignment.begin(), g.alignment.end());
            if (p == 0) e.pca.insert(e.pca.end(), g.pca.begin(), g.pca.end());
            e.rayleighBeyond.push_back(g.rayleighBeyond[0]);
        }
    }
    return e;
}

}  // namespace icl_graphs

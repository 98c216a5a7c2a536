// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a trained transformer does on the held-out graph: probability of valid neighbours, and the geometry of its layers, placement by
// placement. A copy of the words before (neighbour mixing) is taken out as well, because it makes a map by itself.
//
//     const Evaluation e = evaluateTracing(model, makeGrid(4, 4), {.placements = 5, .walks = 8, .length = 160}, seed);

#include <cstdint>
#include <latent/learn/transformer/forward.hpp>
#include <vector>

#include "measures/layer_geometry.hpp"

namespace icl_graphs {

struct EvaluationSpec {
    int placements = 5;  ///< of tokens on the nodes; the units
    int walks = 8;       ///< of each, that class means are pooled over
    int length = 160;
    int window = 50;
    int firstToken = 7;  ///< labels are drawn from here on: days keep out
    LayerOptions geometry = {4, 0, 1, 0, 0};
};

struct Evaluation {
    std::vector<double> accuracy;                          ///< mean over placements and walks [length]
    std::vector<double> rayleigh, rayleighBeyond, gridR2;  ///< [placement, layers + 1]
    std::vector<double> alignment;                         ///< [placement, layers + 1, 2]
    std::vector<double> pca;  ///< of the first placement [layers + 1, node, component]

    // What stands beside them. Bands are mean, 2.5 %, 97.5 %.
    std::vector<double> accuracyShuffled;                   ///< the same walks in random order [length]
    std::vector<double> accuracyPermuted;                   ///< permuted labels, second half of the walk [3]
    std::vector<double> rayleighShuffled;                   ///< [placement, layers + 1]
    std::vector<double> rayleighPermuted, rayleighMixing;   ///< [placement, layers + 1, 3]
    std::vector<double> alignmentPermuted, gridR2Permuted;  ///< [placement, layers + 1, 3]
};
/// What learners that count do on the same walks; needs no model.
struct CountedWalks {
    std::vector<double> induction, unigram;  ///< mean over placements and walks [length]
};
CountedWalks countWalks(const Graph& graph, const EvaluationSpec& spec, std::uint64_t seed);

Evaluation evaluateTracing(const latent::learn::transformer::Model& model, const Graph& graph,
                           const EvaluationSpec& spec, std::uint64_t seed);

}  // namespace icl_graphs

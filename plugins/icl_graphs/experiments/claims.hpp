// SPDX-License-Identifier: Apache-2.0
#pragma once
// What arXiv 2501.00070 and its critics claim, declared before anything is measured, and how numbers for each unit are made from curves.
// The unit is a word placement with walks of its own (icl/model) or a recorded walk (icl/analysis). Margins were written before any run.
//
//     std::vector<ContextUnit> units = …;                   // one for each placement or recording
//     measureContextClaims(units, out);

#include <latent/latent.hpp>
#include <string>
#include <vector>

namespace icl_graphs {

/// What one independent unit gave, over the contexts. NaN: not measured there.
struct ContextUnit {
    std::string name;
    std::vector<double> context;   ///< words
    std::vector<double> accuracy;  ///< probability of valid neighbours, mean around each context
    std::vector<double> rayleigh;  ///< of the judged layer, on the scale of the whole graph
    double isotropic = 0;          ///< of the whole graph, tr(L)/(n−1): the scale of all quotients here
    double shuffledRayleigh = 0;   ///< at the longest context, tokens in random order
    double beyondRayleigh = 0;     ///< at the longest context, of what neighbour mixing does not explain
    double plantedBeyond = 0;      ///< the same of states that are nothing but mixing and noise
};

std::vector<latent::Claim> contextClaims();
void measureContextClaims(const std::vector<ContextUnit>& units, latent::Evidence& out);

}  // namespace icl_graphs

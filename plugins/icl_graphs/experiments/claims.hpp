// SPDX-License-Identifier: Apache-2.0
#pragma once
// What arXiv 2501.00070 and its critics claim, declared before anything is measured, and how numbers for each unit are made from curves.
// The unit is a word placement with walks of its own (icl/model) or a recorded walk (icl/analysis). Margins were written before any run.
//
//     std::vector<ContextUnit> units = …;                   // one for each placement or recording
//     measureContextClaims(units, out);

#include <latent/latent.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace icl_graphs {

/// What most claims are taken from.
inline constexpr const char* kPaper = "arXiv:2501.00070";

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
    bool older = false;            ///< of a version whose two numbers before this still hold what noise adds
};

/// A quotient on the scale of the whole graph: the words seen at `at` have an isotropic value of their own (older runs
/// have none).
inline double onTheScaleOf(double whole, double quotient, const std::vector<double>& isotropic,
                           std::size_t at) {
    return isotropic.empty() ? quotient : quotient * whole / isotropic[at];
}

/// The sentence that says in which of `names` the runs' parameters differ, so that their units are no repetitions of each
/// other; nothing when they are one study. A parameter that has no meaning beside the others is not compared.
std::optional<std::string> severalStudies(std::span<const nlohmann::json> runs, const latent::Schema& schema,
                                          std::span<const char* const> names);

std::vector<latent::Claim> contextClaims();
void measureContextClaims(const std::vector<ContextUnit>& units, latent::Evidence& out);

}  // namespace icl_graphs

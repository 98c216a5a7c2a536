// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one state of a model can do: where every class lies in concept space, and whether the held-out class
// can be elicited otherwise than by its own prompt (arXiv 2406.19370, section 4).
//
//     naive         the class's own condition
//     over_prompt   the colour of the condition pushed further (5 prompts)
//     intervention  embedding + α·(blue − red) (strengths)
//     patch         the embedding of the final checkpoint
//     random        as intervention, along a random direction of the same norm: a control that must not succeed
//     trained       as intervention, from class 0 to the trained class of the first concept: a control that
//                   must succeed
//
// Where the best of several prompts or strengths is taken, it is chosen on the even samples and scored on the
// odd ones. A score is the product of the concepts' accuracies (probe above or below one half). One thread at
// a time, helpers inside.

#include <array>
#include <functional>
#include <optional>

#include "model/diffusion/drawing.hpp"

namespace concept_space {

inline constexpr std::array<const char*, 6> kMethods{"naive", "over_prompt", "intervention",
                                                     "patch", "random",      "trained"};
enum Method : std::size_t { kNaive, kOverPrompt, kIntervention, kPatch, kRandom, kTrained, kMethodCount };

/// [n, concepts] of n samples.
using Reader = std::function<std::vector<double>(std::span<const float>, int)>;

struct AssessmentPlan {
    int samples = 128;      ///< of the held-out class
    int classSamples = 32;  ///< of each other class
    int scanSamples = 64;   ///< of each prompt or strength
    std::vector<double> strengths{.5, 1, 1.5, 2, 3};
};

/// What every class looks like by its own prompt, and where that is.
struct Placement {
    std::vector<double> coordinates, analytic;  ///< [class, concept]: means over samples
    std::vector<double> accuracy;               ///< [class]
    std::vector<float> shown;                   ///< [class, tile, d]: the first samples
};

struct Assessment : Placement {
    std::array<double, kMethodCount> capability{};  ///< scores; NaN where it was not asked
    std::array<double, kMethodCount>
        choice{};  ///< the chosen prompt (its number) or strength; NaN where there is none
};

/// Product of the concepts' accuracies of rows first, first + step, … of coordinates [n, concepts] against a
/// class.
double scoreOf(const ConceptSet& set, const std::vector<double>& coordinates, int itsClass,
               std::size_t first = 0, std::size_t step = 1);

/// Empty, as the next one, when `goOn` said false on the way.
std::optional<Placement> place(const ConceptSet& set, const Drawer& drawer, const AssessmentPlan& plan,
                               const Reader& probe, int tiles, const std::function<bool()>& goOn = {});
/// The placement, and what else can be elicited.
std::optional<Assessment> assess(const ConceptSet& set, const Drawer& drawer, const AssessmentPlan& plan,
                                 const Reader& probe, std::uint64_t seed, int tiles,
                                 const std::function<bool()>& goOn = {});
/// Mean loss of n samples, their x [n, d] and conditions [n, conditions], at fixed times and noise: bits per
/// dimension, or the squared error of a regressor.
double lossOf(const ConceptSet& set, const latent::learn::unet::Model& model,
              const latent::learn::diffusion::Schedule& schedule, bool regression, std::span<const float> x,
              std::span<const float> conditions, int n, int threads);
/// Score of `samples` of the held-out class, asked for by its own prompt: of a patched network where the
/// drawer has another embedder.
std::optional<double> promptScore(const ConceptSet& set, const Drawer& drawer, int samples,
                                  const Reader& probe, const std::function<bool()>& goOn = {});

}  // namespace concept_space

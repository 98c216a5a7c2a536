// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the parameters of concept/diffusion (and of concept/images) to data, networks, and the states that are assessed.
//
// Pure; any thread. Impossible combinations throw UsageError with a sentence.
//
//     const DiffusionPlan plan = DiffusionPlan::of(p);
//     auto set = std::make_shared<const ConceptSet>(plan.makeSet());
//     DiffusionTraining training(set, plan.trainingOf(0), threads);

#include <latent/latent.hpp>
#include <optional>

#include "experiments/own_parameters.hpp"
#include "model/diffusion/assessment.hpp"
#include "model/diffusion/training.hpp"

namespace concept_space {

struct DiffusionPlan {
    bool vectors = false;
    ImageSpec image;
    std::optional<OwnSpec> own;  ///< a user's images in place of the drawn ones
    VectorSpec vector;
    TrainingSpec training;
    DrawOptions draw;
    AssessmentPlan assessment;
    int seeds = 1;
    std::uint64_t firstSeed = 0;
    std::vector<std::int64_t> checkpoints;  ///< done steps, ascending; the first is 0, the last the end
    int probeSteps = 400;
    int tiles = 8;                 ///< samples of each class that are shown
    double threshold = .8;         ///< of accuracy: learned
    bool patching = false;         ///< keeps the weights of every checkpoint and seed until the end
    bool keepsAllWeights = false;  ///< of the first seed, for concept/draw
    bool averaged = false;         ///< places the classes by the moving average of the weights too

    static DiffusionPlan of(const latent::Parameters& p);
    /// Reads the user's images where they are asked for.
    ConceptSet makeSet() const;
    /// Conditions and probes alone, with few samples: for what does not train.
    ConceptSet makeSmallSet() const;
    /// Takes the names of own attributes from the folder or file, as they are spelt there, whether they were asked for by name
    /// or are the first that are free: for whatever shows them. Throws UsageError or RunError where they are not there.
    DiffusionPlan& nameConcepts();
    /// Of own images without nameConcepts() "first" and "second", where the parameters do not say both.
    std::vector<std::string> classNames() const;
    std::vector<std::string> conceptNames() const;
    std::vector<std::string> conceptTitles() const;  ///< for axes
    TrainingSpec trainingOf(int seed) const;
    bool drawsImages() const { return !vectors && !own; }
    int concepts() const { return vectors || own ? 2 : image.concepts(); }
    int conditions() const { return vectors ? 2 : own ? 4 : kConditions; }
    int classes() const { return 1 << concepts(); }
    int side() const { return vectors ? 1 : image.side; }
    /// The way that SIM's theory expects, [frame, concept], 0 … 1; empty for own images, whose separations
    /// nobody knows.
    std::vector<double> theoryPath() const;
    int channels() const { return vectors ? 2 : 3; }
    std::int64_t steps() const { return checkpoints.back(); }
};

/// How samples are drawn: the choice `sampler`, and what it stands for with `sampler_steps`.
latent::Parameter samplerChoice(const char* value);
latent::learn::diffusion::SamplerOptions samplerOf(const latent::Parameters& p);

/// What concept/images and concept/diffusion share, the choice `data` first. `withVectors`: it offers vectors too.
void addImageParameters(latent::Schema& schema, bool withVectors);
/// Not whether the images fit in memory, which nobody may want.
ImageSpec imageSpecOf(const latent::Parameters& p);

latent::Schema diffusionParameters();
latent::Outputs diffusionOutputs(const latent::Parameters& p);

/// 0, …, n − 1 as the coordinate of an axis of names.
std::vector<std::int32_t> placesOf(std::size_t n);

}  // namespace concept_space

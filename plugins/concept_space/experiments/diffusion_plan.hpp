// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the parameters of concept/diffusion (and of concept/images) to data, networks, and the states that are
// assessed.
//
// Pure; any thread. Impossible combinations throw UsageError with a sentence.
//
//     const DiffusionPlan plan = DiffusionPlan::of(p);
//     auto set = std::make_shared<const ConceptSet>(plan.makeSet());
//     DiffusionTraining training(set, plan.trainingOf(0), threads);

#include <latent/latent.hpp>

#include "model/diffusion/assessment.hpp"
#include "model/diffusion/training.hpp"

namespace concept_space {

struct DiffusionPlan {
    bool vectors = false;
    ImageSpec image;
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
    bool averaged = false;         ///< assesses the moving average of the weights

    static DiffusionPlan of(const latent::Parameters& p);
    ConceptSet makeSet() const { return vectors ? ConceptSet::vectors(vector) : ConceptSet::images(image); }
    TrainingSpec trainingOf(int seed) const;
    int concepts() const { return vectors ? 2 : image.concepts(); }
    int classes() const { return 1 << concepts(); }
    int side() const { return vectors ? 1 : image.side; }
    int channels() const { return vectors ? 2 : 3; }
    std::int64_t steps() const { return checkpoints.back(); }
};

/// What concept/images and concept/diffusion share.
void addImageParameters(latent::Schema& schema);
ImageSpec imageSpecOf(const latent::Parameters& p);

latent::Schema diffusionParameters();
latent::Outputs diffusionOutputs(const latent::Parameters& p);

/// 0, …, n − 1 as the coordinate of an axis of names.
std::vector<std::int32_t> placesOf(std::size_t n);

}  // namespace concept_space

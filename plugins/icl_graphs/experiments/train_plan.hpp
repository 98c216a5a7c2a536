// SPDX-License-Identifier: Apache-2.0
#pragma once
// What icl/train will do: the model, what it is trained on, when it is looked at. Pure; throws latent::RunError for what
// cannot be.
//
//     const TrainPlan plan = TrainPlan::of(p);

#include <latent/latent.hpp>
#include <latent/learn/transformer/trainer.hpp>

#include "training/curriculum.hpp"
#include "training/evaluation.hpp"

namespace icl_graphs {

inline constexpr std::int64_t kTrainComponents = 4;

struct TrainPlan {
    latent::learn::transformer::Shape shape;
    latent::learn::transformer::AdamW optimiser;
    CurriculumSpec curriculum;
    EvaluationSpec evaluation;
    std::vector<std::int64_t> checkpoints;
    std::int64_t steps = 0;
    int batch = 24;

    static TrainPlan of(const latent::Parameters& p);
};

latent::Schema trainParameters();
latent::Outputs trainOutputs(const latent::Parameters& p);

}  // namespace icl_graphs

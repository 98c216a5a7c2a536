// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parameters, arrays and figures of markov/train, apart from its run and its claims.
//
// Pure; any thread. Impossible combinations throw with a sentence that names the parameter; cheap, forms call it.
//
//     const TrainPlan plan = TrainPlan::of(p);
//     MixtureTraining training(mixture, plan.training, threads);
//     Reference::make(bank, plan.evaluation, plan.reference);

#include <latent/latent.hpp>

#include "experiments/chain_parameters.hpp"
#include "model/training/reference.hpp"
#include "model/training/training.hpp"

namespace markov_mixtures {

struct TrainPlan {
    TrainingSpec training;
    EvaluationSpec evaluation;
    ReferenceOptions reference;
    std::vector<std::int64_t> checkpoints;  ///< done steps, ascending; the last is the end
    int attentionLength = 64;               ///< tokens of the example whose attention is shown
    bool keepsAllWeights = false;           ///< of every checkpoint, not of the last alone
    bool keepsChains = false;               ///< the run publishes them: they come from a file

    /// Seed of initial weights and batches: `training_seed`, or that of the chains.
    static TrainPlan of(const latent::Parameters& p);
};

latent::Schema trainParameters();
/// Of forecasts, in the order of `forecast_error`.
std::vector<std::string> accountNames();
/// Reads `initial_weights`, if they are given; refused with a sentence when they are of another architecture.
void loadInitialWeights(const latent::Parameters& p, TrainingSpec& spec);
/// Where chains come from a file: puts into the state what tells them, and refuses a resume with others.
void keepChains(const latent::Parameters& p, const Mixture& mixture, latent::State& state);
void requireSameChains(const latent::Parameters& p, const Mixture& mixture, const latent::Resumed& resumed);
/// Refuses mixtures of so many chains each that do not fit into the memory together, with what proximity needs.
void requireMemory(const latent::Parameters& p, const std::vector<std::int64_t>& chains);
latent::Outputs trainOutputs(const latent::Parameters& p);
/// Part of trainOutputs().
void addTrainFigures(latent::Outputs& o, const latent::learn::transformer::Shape& shape);

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parameters, arrays and figures of markov/phases: those of markov/train with several numbers of chains in place of one.
//
// Pure; any thread. Impossible combinations throw with a sentence.
//
//     for (std::int64_t chains : diversityOf(p)) TrainPlan::of(cellOf(p, chains));

#include "experiments/train_plan.hpp"

namespace markov_mixtures {

latent::Schema phasesParameters();
latent::Outputs phasesOutputs(const latent::Parameters& p);

/// The numbers of chains, ascending; throws when one comes twice.
std::vector<std::int64_t> diversityOf(const latent::Parameters& p);
/// What markov/train would be given for one of the models.
latent::Parameters cellOf(const latent::Parameters& p, std::int64_t chains);

}  // namespace markov_mixtures

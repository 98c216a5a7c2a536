// SPDX-License-Identifier: Apache-2.0
#pragma once
// One transformer in training on a mixture of chains: the batches of its steps, and its optimiser.
//
// A step's batch is a pure function of (seed, step): a run that goes on from saved weights and moments is the same to the bit. The
// loss is the mean cross-entropy (nats) over positions 2 … length, before the update. Defaults are those of arXiv 2412.01003 and its
// code (papers/markov_mixtures 2.2, 2.3). One thread owns a training; it starts threads − 1 others within a step. Impossible specs
// throw latent::UsageError with a sentence that names the parameter; a loss that is no number ends it with latent::RunError.
//
//     MixtureTraining training(mixture, {.shape = {.vocabulary = 3, .context = 48}, .batch = 64, .length = 48, .seed = 1}, threads);
//     double loss = training.step();                                  // nats
//     const TransformerPredictor model = training.predictor();

#include <latent/learn/transformer/trainer.hpp>
#include <memory>
#include <optional>

#include "model/chains/sampler.hpp"
#include "model/training/predictor.hpp"

namespace markov_mixtures {

struct TrainingSpec {
    latent::learn::transformer::Shape shape;
    latent::learn::transformer::AdamW optimiser;
    std::int64_t steps = 107'979;  ///< of the whole training, for the curriculum
    int batch = 128;               ///< sequences
    int length = 512;              ///< tokens of a sequence; the last one is only predicted
    bool twoTokenInput = false;
    SamplerOptions sampler;
    std::uint64_t seed = 0;  ///< of initial weights and batches
    /// In place of drawn ones; of the same shape.
    std::optional<latent::learn::transformer::Weights> initial = std::nullopt;
};

/// Refuses what cannot be trained on chains of `states` states.
void requireValid(const TrainingSpec& spec, int states);

class MixtureTraining {
  public:
    MixtureTraining(const Mixture& mixture, const TrainingSpec& spec, int threads);

    double step();
    std::int64_t stepsDone() const { return m_trainer.stepsDone(); }
    TransformerPredictor predictor() const {
        return {m_trainer.weights(), m_sampler.states(), m_spec.twoTokenInput};
    }
    latent::learn::transformer::Trainer& trainer() { return m_trainer; }
    const latent::learn::transformer::Trainer& trainer() const { return m_trainer; }

  private:
    TrainingSpec m_spec;
    SequenceSampler m_sampler;
    latent::learn::transformer::Trainer m_trainer;
    std::vector<Token> m_tokens;                    // [batch, length]
    std::vector<std::int32_t> m_inputs, m_targets;  // [batch, length - 1]
};

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// One transformer in training on a mixture of chains: the batches of its steps, and its optimiser.
//
// A step's batch is a pure function of (seed, step): a run that goes on from saved weights and moments is the same to the bit. The
// loss is the mean cross-entropy (nats) over positions 2 … length, before the update. Defaults are those of arXiv 2412.01003 and its
// code (papers/markov_mixtures 2.2, 2.3). One thread owns a training. Impossible specs throw latent::UsageError with a sentence that
// names the parameter; a loss that is no number ends it with latent::RunError. MixtureTraining computes by the kernels of the CPU
// and starts threads − 1 other threads within a step; model/device/ has the same on a device of LibTorch.
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

/// RunError when the loss or the norm of the gradient at that step is no finite number.
void requireFinite(double loss, double gradientNorm, std::int64_t step);

/// A training, whatever computes its steps.
class Training {
  public:
    virtual ~Training() = default;
    /// One update; the loss before it.
    virtual double step() = 0;
    /// Global norm of the last gradient, before clipping.
    virtual double gradientNorm() const = 0;
    virtual std::int64_t stepsDone() const = 0;
    /// As of the last step, on the host; valid until the next one.
    virtual const latent::learn::transformer::Weights& weights() = 0;
    virtual TransformerPredictor predictor() = 0;
    /// For checkpoints: the arrays of Trainer::save(), whatever computes; views stay valid until the next step.
    virtual latent::State save() = 0;
    virtual void restore(const latent::Resumed& resumed) = 0;
};

class MixtureTraining final : public Training {
  public:
    MixtureTraining(const Mixture& mixture, const TrainingSpec& spec, int threads);

    double step() override;
    double gradientNorm() const override { return m_trainer.gradientNorm(); }
    std::int64_t stepsDone() const override { return m_trainer.stepsDone(); }
    const latent::learn::transformer::Weights& weights() override { return m_trainer.weights(); }
    TransformerPredictor predictor() override {
        return {m_trainer.weights(), m_sampler.states(), m_spec.twoTokenInput};
    }
    latent::State save() override { return m_trainer.save(); }
    void restore(const latent::Resumed& resumed) override { m_trainer.restore(resumed); }
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

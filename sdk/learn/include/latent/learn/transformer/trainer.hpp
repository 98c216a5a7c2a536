// SPDX-License-Identifier: Apache-2.0
#pragma once
// Trains a transformer on the CPU: forward, backward, clip and AdamW by hand-written kernels.
//
// A step's loss is the mean cross-entropy (nats) over all predicted positions of the batch. Sequences are dealt to the threads in
// equal runs; each thread keeps the activations of one sequence at a time in its cache and sums a gradient of its own; these are
// added in order. A step is therefore a pure function of (weights, optimiser state, tokens, threads, instruction set): a resumed
// run is bit-identical, and other thread counts agree to rounding. AdamW is torch's (Loshchilov and Hutter, arXiv 1711.05101):
// decay on every parameter, bias correction; clipping is torch's by global norm. One thread owns a trainer, and it starts
// `threads - 1` others within a step. To train many models, give each a trainer of one thread and call forEachIndex over them.
//
//     Trainer trainer(initialise(shape, seed), {.learningRate = 6e-4}, job.threads());
//     loop.step = [&](int64_t i) { job.metric("train_loss", i, trainer.step(batch(i), 128)); };     // [128, length + 1]
//     loop.save = [&] { return trainer.save(); };
//     loop.restore = [&](const latent::Resumed& r) { trainer.restore(r); };
//     writeWeights(path, trainer.weights());

#include <cstdint>
#include <latent/job.hpp>
#include <memory>
#include <span>

#include "latent/learn/instructions.hpp"
#include "latent/learn/transformer/weights.hpp"

namespace latent::learn::transformer {

/// torch.optim.AdamW on all parameters; the defaults are those of arXiv 2412.01003.
struct AdamW {
    double learningRate = 6e-4;
    double beta1 = 0.9;
    double beta2 = 0.95;
    double epsilon = 1e-8;
    double weightDecay = 0.1;
    double clip = 0.01;  ///< largest global norm of a gradient; 0: no clipping
};

/// Everything that training depends on besides shape and options; plain copies.
struct TrainerState {
    std::int64_t step = 0;             ///< updates done
    std::vector<float> weights;        ///< Weights::flat()
    std::vector<float> first, second;  ///< AdamW's moments, in the same order
    bool operator==(const TrainerState&) const = default;
};

class Trainer {
  public:
    /// threads ≥ 1. Throws UsageError on an impossible option, or instructions that this processor lacks.
    Trainer(Weights weights, const AdamW& options, int threads = 1,
            Instructions instructions = bestInstructions());
    ~Trainer();
    Trainer(Trainer&&) noexcept;
    Trainer& operator=(Trainer&&) noexcept;

    /// tokens [batch, length + 1]: position t is predicted from those before it. Returns the loss before the update. Throws UsageError
    /// when the tokens do not fill a batch, are longer than the context + 1 or outside of the vocabulary; nothing has changed then.
    double step(std::span<const std::int32_t> tokens, int batch);
    /// Inputs and what follows them apart [batch, length]: two-token input, masks. A target below 0 is not counted.
    double step(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets, int batch);
    /// Loss and gradient without an update; the gradient (before clipping) is a view of the trainer's, in the order of Weights::flat().
    double gradient(std::span<const std::int32_t> inputs, std::span<const std::int32_t> targets, int batch);
    std::span<const float> gradient() const;
    double gradientNorm() const;  ///< global norm of the last one, before clipping

    std::int64_t stepsDone() const;
    const Weights& weights() const;
    const AdamW& options() const;
    void setLearningRate(double rate);  ///< from the next step on: schedules, warm-up

    TrainerState state() const;
    /// Throws UsageError when the state is of another shape.
    void restore(const TrainerState& state);

    /// For runLoop: arrays `prefix.weights`, `.adam_first`, `.adam_second` (views that stay valid until the next step) and the count.
    State save(const std::string& prefix = "transformer") const;
    /// Throws RunError with a sentence when the checkpoint holds another architecture.
    void restore(const Resumed& resumed, const std::string& prefix = "transformer");

  private:
    struct Members;
    std::unique_ptr<Members> m;
};

}  // namespace latent::learn::transformer

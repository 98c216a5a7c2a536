// SPDX-License-Identifier: Apache-2.0
#pragma once
// Trains a U-Net on the CPU: forward, backward, clip and AdamW by hand-written kernels.
//
// A step's loss is the mean over the batch of  weight · mean over elements of (prediction − target)². The batch is cut into at most eight
// shards of consecutive images, whatever the number of threads; each sums a gradient of its own, and these are added in order. A step is
// therefore a pure function of (weights, optimiser state, batch, instruction set): the same to the bit on any number of threads, and after
// a resume. AdamW is torch's (Loshchilov and Hutter, arXiv 1711.05101): decay on every parameter, bias correction; clipping is torch's by
// global norm. One thread owns a trainer, and it starts `threads - 1` others within a step.
//
//     Trainer trainer(initialise(shape, seed), {.learningRate = 1e-3}, job.threads());
//     double loss = trainer.step({.z = z, .times = t, .conditions = c, .targets = eps});
//     loop.save = [&] { return trainer.save(); };
//     loop.restore = [&](const latent::Resumed& r) { trainer.restore(r); };
//     Model sampled(trainer.weights());

#include <cstdint>
#include <latent/job.hpp>
#include <memory>
#include <span>

#include "latent/learn/instructions.hpp"
#include "latent/learn/unet/weights.hpp"

namespace latent::learn::unet {

/// torch.optim.AdamW on all parameters; the defaults are those of arXiv 2406.19370.
struct AdamW {
    double learningRate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.01;
    double clip = 0.01;  ///< largest global norm of a gradient; 0: no clipping
    /// Decay of an exponential moving average of the weights kept beside them; 0: none. At update n = 1, 2, … it is
    /// min(average, (1 + n)/(10 + n)), so that the initial weights are soon forgotten.
    double average = 0;
};

/// Borrowed for one call. n images.
struct Batch {
    std::span<const float> z;             ///< [n, height, width, channels]
    std::span<const float> times;         ///< [n], in [0, 1]
    std::span<const float> conditions;    ///< [n, conditions]
    std::span<const float> targets;       ///< as z
    std::span<const float> weights = {};  ///< [n]; empty: all 1
};

/// Everything that training depends on besides shape and options; plain copies, in the order of Weights::flat().
struct TrainerState {
    std::int64_t step = 0;  ///< updates done
    std::vector<float> weights;
    std::vector<float> first, second;  ///< AdamW's moments
    std::vector<float> average;        ///< empty without one
    bool operator==(const TrainerState&) const = default;
};

class Trainer {
  public:
    /// threads ≥ 1. Throws UsageError on an impossible option, or instructions that this processor lacks.
    Trainer(const Weights& weights, const AdamW& options, int threads = 1,
            Instructions instructions = bestInstructions());
    ~Trainer();
    Trainer(Trainer&&) noexcept;
    Trainer& operator=(Trainer&&) noexcept;

    /// One update; returns the loss before it. Throws UsageError when a size does not fit; nothing has changed then.
    double step(const Batch& batch);
    /// Loss and gradient without an update.
    double gradient(const Batch& batch);
    /// The update of the last gradient(batch): the two are step(batch). `others` is the squared norm of gradients of parameters outside that
    /// are clipped together with these (a learned schedule); returns the factor of the clipping.
    double update(double others = 0);
    std::vector<float> gradient()
        const;                    ///< of the last batch, before clipping, in the order of Weights::flat()
    double gradientNorm() const;  ///< global norm of it, without those of others
    /// mean over elements of (prediction − target)² of each image of the last batch, without its weight.
    std::span<const double> losses() const;
    /// d loss / d z of the last batch [n, height, width, channels] and d loss / d times [n]; only after gradient(batch) or step(batch)
    /// of a trainer that was told to keep them: what learned noise schedules need.
    void keepInputGradients(bool keep);
    std::span<const float> inputGradient() const;
    std::span<const float> timeGradient() const;

    std::int64_t stepsDone() const;
    const Shape& shape() const;
    Weights weights() const;
    Weights averagedWeights() const;  ///< Throws UsageError when AdamW::average is 0.
    const AdamW& options() const;

    TrainerState state() const;
    /// Throws UsageError when the state is of another shape.
    void restore(const TrainerState& state);

    /// For runLoop: arrays `prefix.weights`, `.adam_first`, `.adam_second` (and `.average`), views that stay valid until the next call.
    State save(const std::string& prefix = "unet");
    /// Throws RunError with a sentence when the checkpoint holds another architecture.
    void restore(const Resumed& resumed, const std::string& prefix = "unet");

  private:
    struct Members;
    std::unique_ptr<Members> m;
};

}  // namespace latent::learn::unet

// SPDX-License-Identifier: Apache-2.0
#pragma once
// A training on a device of LibTorch: the same network, batches and updates as MixtureTraining, to rounding.
//
// float32. Batches are drawn on the device, several steps at once, since a walk is a chain of small operations; relabelled states
// are drawn on the CPU. A step is forward and backward of learn::TorchTransformer, a clip by norm and fused AdamW, and waits for
// its loss: one copy of two numbers. On one device, with deterministic algorithms, a resumed training is the same to the bit.
// Weights and moments come to the host when they are asked for, into a kernel trainer that takes no step, so checkpoints have its
// layout. One thread at a time; refusals as in training.hpp.
//
//     DeviceTraining training(mixture, spec, learn::prepare(job, seed));
//     double loss = training.step();                                    // nats

#include <latent/learn/torch/optimizer.hpp>
#include <latent/learn/torch/transformer.hpp>

#include "model/device/device_sampler.hpp"
#include "model/training/training.hpp"

namespace markov_mixtures {

class DeviceTraining final : public Training {
  public:
    DeviceTraining(const Mixture& mixture, const TrainingSpec& spec, torch::Device device);

    double step() override;
    double gradientNorm() const override { return m_norm; }
    std::int64_t stepsDone() const override { return m_steps; }
    const latent::learn::transformer::Weights& weights() override;
    TransformerPredictor predictor() override;
    latent::State save() override;
    void restore(const latent::Resumed& resumed) override;

  private:
    torch::Tensor batch();
    torch::Tensor drawn(std::int64_t steps) const;
    double stepped();
    void toHost();
    void copyToHost();
    void toDevice(const latent::learn::transformer::TrainerState& state);

    TrainingSpec m_spec;
    torch::Device m_device;
    SequenceSampler m_sampler;
    std::unique_ptr<DeviceSampler> m_deviceSampler;  // null: batches are drawn on the CPU
    latent::learn::transformer::Trainer m_host;
    latent::learn::TorchTransformer m_net;
    latent::learn::AdamW m_optimiser;
    torch::Tensor m_block;  // int64 [steps · batch, length], from m_blockBegin on
    std::int64_t m_blockBegin = 0, m_blockSteps = 0;
    std::int64_t m_steps = 0;
    double m_norm = 0;
};

}  // namespace markov_mixtures

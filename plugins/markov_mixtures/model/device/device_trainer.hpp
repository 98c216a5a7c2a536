// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the plugin and its LibTorch part (markov_mixtures_torch.so) agree on: who makes trainings on a device.
//
// Without LibTorch's headers. Whoever changes this class, Training, TrainingSpec or Mixture raises the number. One thread at a
// time.
//
//     std::unique_ptr<DeviceTrainer> trainer = latent::openTorchPart<DeviceTrainer>();       // throws RunError
//     std::unique_ptr<Training> training = trainer->make(mixture, spec, job);

#include <latent/job.hpp>
#include <memory>
#include <string>

#include "model/training/training.hpp"

namespace markov_mixtures {

struct DeviceTrainer {
    static constexpr const char* kInterface = "markov.device_trainer/1";
    virtual ~DeviceTrainer() = default;
    /// On the device of the job ("cpu" is one too), with its threads and determinism. What it makes
    /// does not need it any more.
    virtual std::unique_ptr<Training> make(const Mixture& mixture, const TrainingSpec& spec,
                                           const latent::Job& job) = 0;
    /// "LibTorch 2.13.0 on cuda:0", for the log of the run.
    virtual std::string description(const latent::Job& job) const = 0;
};

/// That of the part; in a library that is linked with LibTorch.
struct TorchDeviceTrainer final : DeviceTrainer {
    std::unique_ptr<Training> make(const Mixture& mixture, const TrainingSpec& spec,
                                   const latent::Job& job) override;
    std::string description(const latent::Job& job) const override;
};

}  // namespace markov_mixtures

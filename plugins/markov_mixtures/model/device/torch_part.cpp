// SPDX-License-Identifier: Apache-2.0
// The LibTorch part of the plugin, markov_mixtures_torch.so.
#include <torch/cuda.h>

#include <latent/torch_part.hpp>

#include "model/device/device_trainer.hpp"

LATENT_TORCH_PART(markov_mixtures::DeviceTrainer, markov_mixtures::TorchDeviceTrainer);

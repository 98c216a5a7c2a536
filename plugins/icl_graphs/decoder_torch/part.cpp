// SPDX-License-Identifier: Apache-2.0
// The LibTorch part of the plugin, icl_graphs_torch.so.
#include <torch/cuda.h>

#include <latent/torch_part.hpp>

#include "decoder_torch/torch_decoders.hpp"

LATENT_TORCH_PART(icl_graphs::DeviceDecoders, icl_graphs::TorchDecoders);

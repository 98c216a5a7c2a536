// SPDX-License-Identifier: Apache-2.0
#pragma once
// Weights as safetensors, under the names of a PyTorch state_dict; the file's metadata hold the shape.
//
// Reading is hostile (safetensors.hpp): every refusal is a RunError with a sentence that names the file, and tensors of another
// architecture are refused by name.
//
// Blocks on the disk; safe on any thread, of which only one may write a path at a time.
//
//     writeWeights("model.safetensors", trainer.weights());
//     Weights back = readWeights("model.safetensors");

#include <filesystem>

#include "latent/learn/unet/weights.hpp"

namespace latent::learn::unet {

/// Written beside the target and renamed: nobody sees half a file. Throws RunError.
void writeWeights(const std::filesystem::path& path, const Weights& weights);
Weights readWeights(const std::filesystem::path& path);
/// Also refuses another shape than the given one.
Weights readWeights(const std::filesystem::path& path, const Shape& shape);

}  // namespace latent::learn::unet

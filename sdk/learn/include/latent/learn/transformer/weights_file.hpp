// SPDX-License-Identifier: Apache-2.0
#pragma once
// Weights as safetensors, under the names of nanoGPT's state_dict: model.load_state_dict(safetensors.torch.load_file(path)).
//
// A tied lm_head.weight is written as well, all rows of the embedding, because a state_dict has it. The file's metadata hold the shape, so
// that readWeights(path) needs no other; files of PyTorch users need a shape. Reading is hostile (safetensors.hpp): every refusal is a RunError with a
// sentence that names the file. Tensors of another architecture are refused by name; masks ("….attn.bias") are skipped, and the prefixes
// "_orig_mod." of a compiled model and "transformer." of one inside of another (the official code of arXiv 2412.01003) are dropped.
//
// Blocks on the disk; safe on any thread, of which only one may write a path at a time.
//
//     writeWeights("model.safetensors", trainer.weights());
//     Weights back = readWeights("model.safetensors");
//     Weights theirs = readWeights("nanogpt.safetensors", shape);

#include <filesystem>

#include "latent/learn/transformer/weights.hpp"

namespace latent::learn::transformer {

/// Written beside the target and renamed: nobody sees half a file. Throws RunError.
void writeWeights(const std::filesystem::path& path, const Weights& weights);
Weights readWeights(const std::filesystem::path& path);
Weights readWeights(const std::filesystem::path& path, const Shape& shape);

}  // namespace latent::learn::transformer

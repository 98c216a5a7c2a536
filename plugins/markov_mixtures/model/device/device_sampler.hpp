// SPDX-License-Identifier: Apache-2.0
#pragma once
// SequenceSampler as LibTorch operations, for batches that are made where the model is: the same tokens to the last one.
//
// Philox, the streams of sequences and the picks of alias tables are whole-number arithmetic, done here on int64 tensors with masks of
// 32 bits. Tables of the sampler are copied to the device once; a batch needs no more than its numbers, so it can be made inside a
// captured step. `permuteOnline` draws by rejection, which no fixed sequence of operations does: such samplers are refused with
// latent::UsageError. One thread at a time.
//
//     const DeviceSampler sampler(SequenceSampler(mixture), torch::kCUDA);
//     torch::Tensor tokens = sampler.draw({.seed = 1, .step = 7, .count = 128, .length = 512});     // int64 [128, 512]

#include <latent/learn/torch/torch.hpp>
#include <vector>

#include "model/chains/sampler.hpp"

namespace markov_mixtures {

class DeviceSampler {
  public:
    explicit DeviceSampler(const SequenceSampler& sampler, torch::Device device = torch::kCPU);
    /// Of so many steps from draw.step on, one after the other: int64 [steps · count, length]. A walk takes about 8 operations a token,
    /// however many sequences there are, so several steps at once cost little more than one.
    torch::Tensor draw(const Draw& draw, std::int64_t steps = 1) const;

  private:
    /// Alias tables side by side, flat: both int64.
    struct Table {
        torch::Tensor threshold, alias;
    };
    struct Group {
        std::int64_t first, members;
        Table prior;
    };
    torch::Tensor drawOf(const Group& group, const Draw& draw, std::int64_t begin, std::int64_t end) const;
    Table tableOf(std::span<const AliasEntry> entries) const;

    torch::Device m_device;
    std::int64_t m_states;
    Curriculum m_curriculum;
    Table m_transition, m_firstState;
    std::vector<Group> m_groups;
};

}  // namespace markov_mixtures

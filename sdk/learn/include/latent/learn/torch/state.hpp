// SPDX-License-Identifier: Apache-2.0
#pragma once
// From tensors to checkpoints and back, and the settings that make a resumed run bit-identical.
//
// TensorState keeps CPU copies alive while the checkpoint is written. prepare() sets threads and determinism for the
// calling thread, as the request says, and seeds every generator. Names in the checkpoint are those given here.
//
//     learn::prepare(job, p.integer("seed"));
//     learn::TensorState state;
//     state.add("net", net->named_parameters());
//     state.add("adamw", optimizer.state());
//     state.addGenerator();
//     loop.save = [&] { return state.save(); };
//     loop.restore = [&](const latent::Resumed& r) { state.restore(r); };

#include <latent/latent.hpp>
#include <string>
#include <utility>
#include <vector>

#include "latent/learn/torch/torch.hpp"

namespace latent::learn {

/// cpu, cuda or cuda:N. Throws RunError with a sentence where LibTorch has no such device.
torch::Device deviceOf(const std::string& name);
/// Threads of this thread, deterministic algorithms, cuDNN benchmark off, generators seeded. Returns the job's device, as deviceOf().
torch::Device prepare(const Job& job, int64_t seed);

/// A named set of tensors that is saved and restored in place.
class TensorState {
  public:
    void add(const std::string& prefix, const std::vector<std::pair<std::string, torch::Tensor>>& tensors);
    void add(const std::string& prefix, const torch::OrderedDict<std::string, torch::Tensor>& tensors);
    /// The default CPU generator's state, and the CUDA one's when there is a device.
    void addGenerator();

    /// Views of copies that live until the next save().
    State save();
    /// Copies every array back into its tensor; throws RunError when a shape or name does not fit.
    void restore(const Resumed& resumed);

  private:
    std::vector<std::pair<std::string, torch::Tensor>> m_tensors;
    std::vector<torch::Tensor> m_copies;
    bool m_generator = false;
};

/// Elements of a dense CPU tensor as a view for publish(); the tensor must outlive the call.
ArrayView viewOf(const torch::Tensor& tensor);
/// A tensor with a copy of the array's elements.
torch::Tensor tensorOf(const Array& array);

}  // namespace latent::learn

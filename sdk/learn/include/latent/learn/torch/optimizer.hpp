// SPDX-License-Identifier: Apache-2.0
#pragma once
// Optimisers that touch all parameters in one fused call. The stock C++ ones loop over tensors and cost 4–6 times as
// much on small networks; results agree with them to rounding.
//
// Own their moment buffers; hold references to the parameters (shared tensors). One thread at a time. `state()` lists
// every buffer in a fixed order, for checkpoints. Works on CPU and CUDA.
//
//     learn::AdamW optimizer(net->parameters(), {.learning_rate = 3e-4, .weight_decay = 0.1});
//     loss.backward();
//     learn::clipGradientNorm(net->parameters(), 1.0);
//     optimizer.step();
//     optimizer.zeroGradients();

#include <utility>
#include <vector>

#include "latent/learn/torch/torch.hpp"

namespace latent::learn {

struct AdamWOptions {
    double learning_rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0.01;  ///< decoupled, multiplied by the learning rate (Loshchilov & Hutter 2019)
};

class AdamW {
  public:
    AdamW(std::vector<torch::Tensor> parameters, AdamWOptions options);
    void step();
    void zeroGradients();
    AdamWOptions& options() { return m_options; }
    /// Moments and step counters, in the order of the parameters: "exp_avg.0", "exp_avg_sq.0", "step.0", …
    std::vector<std::pair<std::string, torch::Tensor>> state() const;

  private:
    AdamWOptions m_options;
    std::vector<torch::Tensor> m_parameters, m_expAvg, m_expAvgSq, m_steps;
};

struct SgdOptions {
    double learning_rate = 0.1;
    double momentum = 0.0;
    double weight_decay = 0.0;
};

class Sgd {
  public:
    Sgd(std::vector<torch::Tensor> parameters, SgdOptions options);
    void step();
    void zeroGradients();
    SgdOptions& options() { return m_options; }
    /// "momentum.0", …; empty without momentum.
    std::vector<std::pair<std::string, torch::Tensor>> state() const;

  private:
    SgdOptions m_options;
    std::vector<torch::Tensor> m_parameters, m_momentum;
};

/// Scales all gradients so that their joint 2-norm is at most `maximum`; returns the norm before. Three launches.
torch::Tensor clipGradientNorm(const std::vector<torch::Tensor>& parameters, double maximum);

}  // namespace latent::learn

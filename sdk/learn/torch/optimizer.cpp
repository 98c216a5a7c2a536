// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/torch/optimizer.hpp"

namespace latent::learn {
namespace {

std::vector<torch::Tensor> zerosLike(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> zeros;
    zeros.reserve(tensors.size());
    for (const torch::Tensor& t : tensors) zeros.push_back(torch::zeros_like(t));
    return zeros;
}

std::vector<torch::Tensor> gradients(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> all;
    all.reserve(parameters.size());
    for (const torch::Tensor& p : parameters) {
        TORCH_CHECK(p.grad().defined(), "A parameter has no gradient: call backward() before step().");
        all.push_back(p.grad());
    }
    return all;
}

void zero(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> all;
    for (const torch::Tensor& p : parameters)
        if (p.grad().defined()) all.push_back(p.grad());
    torch::NoGradGuard guard;
    if (!all.empty()) at::_foreach_zero_(all);
}

void list(std::vector<std::pair<std::string, torch::Tensor>>& to, const std::string& name,
          const std::vector<torch::Tensor>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) to.emplace_back(name + "." + std::to_string(i), tensors[i]);
}

}  // namespace

AdamW::AdamW(std::vector<torch::Tensor> parameters, AdamWOptions options)
    : m_options(options),
      m_parameters(std::move(parameters)),
      m_expAvg(zerosLike(m_parameters)),
      m_expAvgSq(zerosLike(m_parameters)) {
    for (const torch::Tensor& p : m_parameters)
        m_steps.push_back(torch::zeros({}, torch::dtype(torch::kFloat32).device(p.device())));
}

void AdamW::step() {
    torch::NoGradGuard guard;
    at::_foreach_add_(m_steps, 1);
    at::_fused_adamw_(m_parameters, gradients(m_parameters), m_expAvg, m_expAvgSq, {}, m_steps,
                      m_options.learning_rate, m_options.beta1, m_options.beta2, m_options.weight_decay,
                      m_options.epsilon, /*amsgrad=*/false, /*maximize=*/false);
}

void AdamW::zeroGradients() { zero(m_parameters); }

std::vector<std::pair<std::string, torch::Tensor>> AdamW::state() const {
    std::vector<std::pair<std::string, torch::Tensor>> all;
    list(all, "exp_avg", m_expAvg);
    list(all, "exp_avg_sq", m_expAvgSq);
    list(all, "step", m_steps);
    return all;
}

Sgd::Sgd(std::vector<torch::Tensor> parameters, SgdOptions options)
    : m_options(options), m_parameters(std::move(parameters)) {
    if (m_options.momentum != 0.0) m_momentum = zerosLike(m_parameters);
}

void Sgd::step() {
    torch::NoGradGuard guard;
    // Buffers start at zero, so the first step is no special case: momentum * 0 + gradient.
    at::_fused_sgd_(m_parameters, gradients(m_parameters), m_momentum, m_options.weight_decay, m_options.momentum,
                    m_options.learning_rate, /*dampening=*/0.0, /*nesterov=*/false, /*maximize=*/false,
                    /*is_first_step=*/false);
}

void Sgd::zeroGradients() { zero(m_parameters); }

std::vector<std::pair<std::string, torch::Tensor>> Sgd::state() const {
    std::vector<std::pair<std::string, torch::Tensor>> all;
    list(all, "momentum", m_momentum);
    return all;
}

torch::Tensor clipGradientNorm(const std::vector<torch::Tensor>& parameters, double maximum) {
    torch::NoGradGuard guard;
    const std::vector<torch::Tensor> all = gradients(parameters);
    const torch::Tensor norm = torch::stack(at::_foreach_norm(all, 2)).norm(2);
    // As torch.nn.utils.clip_grad_norm_: a factor of at most one, with 1e-6 against division by zero.
    at::_foreach_mul_(all, (maximum / (norm + 1e-6)).clamp_max(1.0));
    return norm;
}

}  // namespace latent::learn

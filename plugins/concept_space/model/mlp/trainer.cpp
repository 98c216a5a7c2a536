// SPDX-License-Identifier: Apache-2.0
#include "trainer.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace concept_space::mlp {

Trainer::Trainer(Network network, const SgdOptions& options, std::shared_ptr<const Batches> batches,
                 const Kernels& kernels)
    : m_network(std::move(network)),
      m_velocity(options.momentum != 0.0 ? m_network.spec() : NetworkSpec{1, 1, 1, false, false}),
      m_hasVelocity(options.momentum != 0.0),
      m_rule{static_cast<float>(options.learningRate), static_cast<float>(options.momentum),
             static_cast<float>(options.weightDecay)},
      m_batches(std::move(batches)),
      m_kernels(&kernels) {
    const NetworkSpec& spec = m_network.spec();
    if (!m_batches || m_batches->dim() != spec.dim)
        throw std::invalid_argument("The network has dimension " + std::to_string(spec.dim) +
                                    ", which is not that of the training data.");
    for (int l = 0; l + 1 < spec.layers; ++l)
        m_activations.emplace_back(panelFloats(m_batches->batchSize(), spec.hidden));
    const int widest = spec.layers == 1 ? spec.dim : std::max(spec.dim, spec.hidden);
    for (AlignedFloats& gradient : m_gradient)
        gradient = AlignedFloats(panelFloats(m_batches->batchSize(), widest));
}

double Trainer::step() {
    const NetworkSpec& spec = m_network.spec();
    const Batch batch = m_batches->at(m_step);
    const int last = spec.layers - 1;
    const auto input = [&](int layer) {
        return layer == 0 ? batch.x : m_activations[static_cast<std::size_t>(layer - 1)].data();
    };
    for (int l = 0; l < last; ++l)
        m_kernels->forward(m_network.product(l, input(l), batch.size),
                           m_activations[static_cast<std::size_t>(l)].data(), spec.relu);
    const double elements = static_cast<double>(batch.size) * static_cast<double>(spec.dim);
    float* gradient = m_gradient[0].data();
    float* before = m_gradient[1].data();
    const double squares = m_kernels->residual(m_network.product(last, input(last), batch.size), batch.x,
                                               static_cast<float>(2.0 / elements), gradient);
    for (int l = last; l >= 0; --l) {
        // The gradient of the layer's input needs the weights as they were, so it comes before their update.
        if (l > 0)
            m_kernels->backward(m_network.inputGradient(l, gradient, batch.size),
                                spec.relu ? input(l) : nullptr, before);
        LayerVelocity velocity;
        if (m_hasVelocity) {
            const LayerWeights v = m_velocity.layerWeights(l);
            velocity = {v.weights, v.bias};
        }
        m_kernels->update({input(l), gradient, batch.size, spec.fanIn(l), spec.fanOut(l)},
                          m_network.layerWeights(l), velocity, m_rule);
        std::swap(gradient, before);
    }
    ++m_step;
    return squares / elements;
}

TrainerState Trainer::state() const {
    return {m_step, m_network.flat(), m_hasVelocity ? m_velocity.flat() : std::vector<float>{}};
}

void Trainer::restore(const TrainerState& state) {
    m_network.setFlat(state.parameters);
    if (m_hasVelocity) m_velocity.setFlat(state.velocity);
    m_step = state.step;
}

}  // namespace concept_space::mlp

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Trains one network to reproduce its input by stochastic gradient descent, exactly as the paper's code:
// loss = mean over batch and dimensions of (f(x) − x)², plain SGD, minibatches in a fixed order.
//
// One step is two sweeps of fused kernels over buffers that stay in the first cache levels; no allocation, no
// dispatch. With loss (1/(B·d)) Σ ‖f(x) − x‖² the gradient is (2/(B·d)) (f(x) − x) xᵀ …, so a step of rate η
// is 2η/d of gradient flow time of the theory's loss ½ E‖f(x) − x‖². One thread owns a trainer; the batches
// may be shared. Results depend on (start, batches, options, kernel variant) only, and a restored state goes
// on bit by bit.
//
//     Trainer t(net, {.learningRate = 0.1}, batches);
//     double loss = t.step();                       // of the batch, before the update
//     TrainerState kept = t.state();
//     Trainer again(Network(spec), options, batches);  again.restore(kept);       // continues identically

#include <cstdint>
#include <memory>
#include <vector>

#include "batches.hpp"
#include "network.hpp"

namespace concept_space::mlp {

/// As torch.optim.SGD (dampening 0, no Nesterov).
struct SgdOptions {
    double learningRate = 0.1;
    double momentum = 0.0;
    double weightDecay = 0.0;
};

/// Everything that training depends on besides its options and data, exactly.
struct TrainerState {
    std::uint64_t step = 0;         ///< updates done
    std::vector<float> parameters;  ///< Network::flat()
    std::vector<float> velocity;    ///< same order; empty without momentum
    bool operator==(const TrainerState&) const = default;
};

class Trainer {
  public:
    /// Throws std::invalid_argument when the network's dimension is not that of the batches.
    Trainer(Network network, const SgdOptions& options, std::shared_ptr<const Batches> batches,
            const Kernels& kernels = bestKernels());

    /// One update; returns the mean squared error of the batch before it (mean over batch and dimensions).
    double step();

    std::uint64_t stepsDone() const { return m_step; }
    const Network& network() const { return m_network; }
    const Batches& batches() const { return *m_batches; }
    const Kernels& kernels() const { return *m_kernels; }

    TrainerState state() const;
    void restore(const TrainerState& state);

  private:
    Network m_network;
    Network m_velocity;  // the momentum buffers, as a network of the same shape
    bool m_hasVelocity;
    SgdRule m_rule;
    std::shared_ptr<const Batches> m_batches;
    const Kernels* m_kernels;
    std::vector<AlignedFloats> m_activations;  // after layer 0 … L-2, [batch, hidden]
    AlignedFloats m_gradient[2];               // of the layer at hand and of the one before, [batch, width]
    std::uint64_t m_step = 0;
};

}  // namespace concept_space::mlp

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The probe markov/ablate: what a trained model loses when one of its attention heads is taken away.
//
// Opens a run of markov/train and its kept weights. KL(truth‖prediction) by position (nats), whole and without the head, beside the
// algorithms; and for every head what its absence alone costs at the later half of the positions. A head gives 0 instead, or its mean
// over the sequences. Contexts and algorithms are made once for each set and kept. Main thread of a probe server.
//
//     latent probe RUN markov/ablate --set layer=1 --set head=0

#include <latent/latent.hpp>
#include <map>
#include <memory>

#include "model/algorithms/bank.hpp"
#include "model/training/predictor.hpp"

namespace markov_mixtures {

class Ablate final : public latent::Probe {
  public:
    static latent::About about() {
        return {"markov/ablate", "Markov: without a head",
                "A trained model with an attention head taken away, beside the algorithms."};
    }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    struct Contexts;
    const Contexts& contextsOf(const latent::Parameters& p);
    Mixture knownChains(const latent::Run& run) const;
    TransformerPredictor modelOf(std::int64_t fromTheEnd) const;
    void checkHead(const latent::Parameters& p) const;

    latent::Parameters m_run;
    std::int64_t m_layers = 2, m_heads = 1, m_positions = 1, m_parameters = 0;
    std::vector<double> m_steps;   // of the kept weights
    std::vector<float> m_weights;  // [kept, parameter]
    std::unique_ptr<AlgorithmBank> m_bank;
    std::map<std::string, std::shared_ptr<const Contexts>> m_contexts;  // by set and number of chains
};

}  // namespace markov_mixtures

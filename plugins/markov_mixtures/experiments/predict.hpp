// SPDX-License-Identifier: Apache-2.0
#pragma once
// The probe markov/predict: one chain, one context, and what every algorithm says comes next, while a slider is dragged.
//
// Needs no run. The mixture and its tables are made once for each set of chain parameters and kept; a new context costs well
// under a millisecond. A context may also be typed. Aim: below 50 ms. Main thread of a probe server.
//
//     latent probe - markov/predict --set chains=256 --set from_set=ood --set length=40

#include <latent/latent.hpp>
#include <memory>
#include <string>

#include "model/algorithms/bank.hpp"

namespace markov_mixtures {

class Predict final : public latent::Probe {
  public:
    static latent::About about() {
        return {"markov/predict", "Markov: predict as you drag",
                "A chain and a context, and what retrieval and inference make of them."};
    }
    static latent::Schema parameters();
    static bool needsRun() { return false; }
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    const AlgorithmBank& bankOf(const latent::Parameters& p);

    std::string m_key;  ///< the chain and algorithm parameters that m_bank was made of
    std::unique_ptr<AlgorithmBank> m_bank;
};

}  // namespace markov_mixtures

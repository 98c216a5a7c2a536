// SPDX-License-Identifier: Apache-2.0
#pragma once
// `markov/chains`: the mixture that models are trained on, to look at and to save with sequences drawn from it.
//
// The preview holds the first chains and a few sequences; a run holds all chains and as many sequences as asked for. Main
// thread of a worker.
//
//     latent probe - markov/chains --set states=5 --set generator=sparse
//     latent run markov/chains --set chains=256      then: latent export RUN -o folder (chains.npz as well)

#include <latent/latent.hpp>

namespace markov_mixtures {

class ChainsSource final : public latent::DataSource {
  public:
    static latent::About about() {
        return {"markov/chains", "Markov: chains",
                "Transition matrices of a finite mixture, their stationary distributions and entropies, and "
                "sequences."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace markov_mixtures

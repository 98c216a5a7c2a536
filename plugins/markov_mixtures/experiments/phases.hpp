// SPDX-License-Identifier: Apache-2.0
#pragma once
// `markov/phases`: the phase diagram, number of chains against training steps against context (arXiv 2412.01003, figures 4 and 5).
//
// One model for each number of chains, all trained at once, one thread a model, and explained at the same checkpoints as in
// markov/train. Published are the continuous maps (distance from known and new chains, utilisation, proximity, LIA), the algorithm with
// the largest LIA weight, and the label of both scores at a ladder of thresholds, so that a slider can move it. A column of the maps
// comes when all models have reached its checkpoint. A pause is answered within a step; a resumed run is the same to the bit. Main
// thread of a worker.
//
//     latent run markov/phases --preset laptop --set diversity=4,16,64,256

#include <latent/latent.hpp>

namespace markov_mixtures {

class Phases final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"markov/phases", "Markov: phases",
                "Which algorithm a transformer runs, over the number of chains and the steps of training."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#pragma once
// `markov/algorithms`: how far each algorithm is from the truth, without any model (arXiv 2412.01003, section 4).
//
// On five sets of chains, against the length of the context, in two metrics with error bars over chains; and where each pure
// algorithm lies in the plane of the two scores that models are placed by. One set after the other; a pause keeps the sets
// that are done. Main thread of a worker, helpers for the chains.
//
//     latent run markov/algorithms --preset desk

#include <latent/latent.hpp>

namespace markov_mixtures {

class Algorithms final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"markov/algorithms", "Markov: algorithms",
                "Retrieval and inference, from unigrams and bigrams: their divergence from the truth against "
                "the length of the context."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace markov_mixtures

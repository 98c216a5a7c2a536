// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/steer: what a language model expects after a word whose state is moved along two components of the map, towards another node, and by as much in
// random subspaces: whether the map is used. On runs of icl/model.
//
//     latent probe RUN icl/steer --set word=5 --set target=10 --set kind=patch

#include <latent/latent.hpp>
#include <memory>

#include "experiments/model_session.hpp"
#include "experiments/steering.hpp"

namespace icl_graphs {

struct Steer final : latent::Probe {
    static latent::About about() {
        return {"icl/steer", "Move a word on the map",
                "Moves the state of a word along two components towards another node, and as far in a random "
                "subspace, and reads what the model then expects."};
    }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    int layerOf(const latent::Parameters& p) const;
    std::pair<int, int> componentsOf(const latent::Parameters& p) const;
    int targetOf(const latent::Parameters& p) const;
    /// Where the word is moved; refused where the word or the target does not occur.
    std::vector<int> positionsOf(const latent::Parameters& p, const Sequence& sequence) const;
    std::unique_ptr<ModelSession> m_session;
};

}  // namespace icl_graphs

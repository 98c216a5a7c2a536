// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/train: a small transformer is trained on walks over random graphs; does a map of the held-out grid appear in it? It is measured, not assumed:
// small softmax models often push neighbours apart while they predict them well.

#include <latent/latent.hpp>

namespace icl_graphs {

struct Train final : latent::Experiment {
    static latent::About about() {
        return {"icl/train", "Train on random graphs",
                "Trains a small transformer to follow random graphs, and measures on a held-out grid whether "
                "a map appears in it. Often none does."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace icl_graphs

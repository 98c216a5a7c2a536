// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/oracle: the geometry of a context without a model: words that mix with the words before them, and a calendar if wanted. Instant.

#include <latent/latent.hpp>

namespace icl_graphs {

struct Oracle final : latent::Experiment {
    static latent::About about() {
        return {"icl/oracle", "Neighbour mixing",
                "What geometry appears when each word's representation mixes with the words before it: the "
                "null that a language model has to beat."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace icl_graphs

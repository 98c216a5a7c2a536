// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/model: a language model reads walks here, on this machine: its predictions and the geometry of all its layers over the context.

#include <latent/latent.hpp>

namespace icl_graphs {

struct Model final : latent::Experiment {
    static latent::About about() {
        return {"icl/model", "A language model reads walks",
                "Runs a language model on walks over words: accuracy and geometry against the context, in "
                "every layer, with controls, heads taken away and words moved."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace icl_graphs

// SPDX-License-Identifier: Apache-2.0
#pragma once
// icl/analysis: the geometry of hidden states that were recorded elsewhere, layer by layer.

#include <latent/latent.hpp>

namespace icl_graphs {

struct Analysis final : latent::Experiment {
    static latent::About about() {
        return {"icl/analysis", "Recorded hidden states",
                "Where and when the graph appears in the hidden states of a language model that were "
                "recorded elsewhere: safetensors, npz or HDF5."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace icl_graphs

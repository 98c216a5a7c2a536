// SPDX-License-Identifier: Apache-2.0
#pragma once
// sim/train: multilayer perceptrons trained on the structured identity mapping by SGD, many seeds at once.
//
// Every seed has its own data, start and order of batches, and is computed by one thread at a time, so results do not
// depend on the number of threads. Arrays have a leading axis `seed`; they are published whole, NaN where training has
// not come yet, and again as it goes on. Main thread of a worker, which starts others.
//
//     latent run sim/train --set mu=1,2 --set seeds=10

#include <latent/latent.hpp>

namespace concept_space {

class Train final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"sim/train", "SIM: trained perceptrons",
                "Perceptrons learning concepts by SGD, many seeds at once, beside the exact theory."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#pragma once
// sim/theory: the exact learning dynamics of the structured identity mapping, one cell or a whole sweep at once.
//
// A cell is one parameter set; cells of one shape (see batchKey) are solved side by side in the lanes of the processor
// and on all threads. A cell's numbers do not depend on what it is solved with. Main thread of a worker.
//
//     latent run sim/theory --preset figure_5

#include <latent/latent.hpp>

namespace concept_space {

class Theory final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"sim/theory", "SIM: exact dynamics",
                "How a linear network learns concepts and their combination, solved exactly."};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    std::string batchKey(const latent::Parameters& p) override;
    void runBatch(const std::vector<latent::Parameters>& cells, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace concept_space

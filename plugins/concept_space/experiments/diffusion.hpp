// SPDX-License-Identifier: Apache-2.0
#pragma once
// `concept/diffusion`: conditional diffusion models of concept images, assessed while they learn (arXiv 2406.19370; arXiv 2410.08309, figure 6).
//
// First the learned probe is trained, then all seeds side by side; at each checkpoint every class is drawn and placed in concept space, and the
// held-out class is asked for by its own prompt, by over-prompting, by a linear latent intervention and, at the end, with the last checkpoint's
// embedding. With `average` every class is placed by the moving average of the weights too. A pause is answered within a step of training or of a
// sampler; a resumed run is the same to the bit. Main thread of a worker, helpers for seeds and images.
//
//     latent run concept/diffusion --preset laptop --set sep_colour=.2

#include <latent/latent.hpp>

namespace concept_space {

class Diffusion final : public latent::Experiment {
  public:
    static latent::About about() {
        return {"concept/diffusion", "Concept space: diffusion",
                "A diffusion model learns colour and size apart: when can it combine them, and when does it "
                "show it?"};
    }
    static latent::Schema parameters();
    static std::vector<latent::Claim> claims();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
    void measure(const latent::RunSet& runs, latent::Evidence& out) override;
};

}  // namespace concept_space

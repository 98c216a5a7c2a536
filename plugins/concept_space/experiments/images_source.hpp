// SPDX-License-Identifier: Apache-2.0
#pragma once
// `concept/images`: the images that concept/diffusion learns from, to look at and to save: synthetic ones
// (arXiv 2406.19370, appendix B), or a user's own with two attributes.
//
// The preview shows a few images of every class, held-out ones too, with their exact conditions, and the strength of each concept's signal. The data set
// itself holds training and validation images of the trained classes only. Main thread of a worker.
//
//     latent probe - concept/images --set sep_colour=.2

#include <latent/latent.hpp>

namespace concept_space {

class ImagesSource final : public latent::DataSource {
  public:
    static latent::About about() {
        return {"concept/images", "Concept space: images",
                "One figure in two colours and two sizes with exact conditions, or your own images; one "
                "combination is held out."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace concept_space

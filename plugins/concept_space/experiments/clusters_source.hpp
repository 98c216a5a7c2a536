// SPDX-License-Identifier: Apache-2.0
#pragma once
// `sim/clusters`: the structured Gaussian mixture that sim/train learns from (arXiv:2410.08309, section 2.1), to look at and
// to save.
//
// The preview holds a few hundred samples of each cluster in the basis of the concepts, the compositions, and the second
// moments that decide how fast each concept is learned. Main thread of a worker.
//
//     latent probe - sim/clusters --set mu=1,2 --set variance=0.05

#include <latent/latent.hpp>

namespace concept_space {

class ClustersSource final : public latent::DataSource {
  public:
    static latent::About about() {
        return {"sim/clusters", "SIM: training clusters",
                "One Gaussian cluster for each concept, the unseen combination, and the second moments."};
    }
    static latent::Schema parameters();
    latent::Outputs outputs(const latent::Parameters& p) override;
    void preview(const latent::Parameters& p, latent::Reply& reply) override;
    void run(const latent::Parameters& p, latent::Job& job) override;
};

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The probe concept/draw: samples of a trained model for any colour and size, with guidance, a latent intervention, and any kept checkpoint.
//
// Opens a run of concept/diffusion and its kept weights (weights=checkpoints keeps all). A coarse picture (a quarter of the sampler's steps, DDIM) comes
// first, then the whole one; a newer question ends both. Models stay warm. Main thread of a probe server.
//
//     latent probe RUN concept/draw --set colour=.6 --set radius=.25 --set strength=1

#include <latent/latent.hpp>
#include <map>
#include <memory>
#include <optional>

#include "experiments/diffusion_plan.hpp"

namespace concept_space {

class Draw final : public latent::Probe {
  public:
    static latent::About about() {
        return {"concept/draw", "Concept space: draw",
                "A trained diffusion model asked for any colour and size, with interventions, at any "
                "checkpoint."};
    }
    static latent::Schema parameters();
    void open(const latent::Run* run) override;
    latent::Outputs outputs(const latent::Parameters& p) override;
    void answer(const latent::Parameters& p, latent::Reply& reply) override;

  private:
    std::vector<float> conditionOf(const latent::Parameters& p) const;
    /// Of the kept weights that a parameter counts from the end; throws RunError.
    std::size_t placeOf(const latent::Parameters& p, const char* name) const;
    /// Those that the question is about; throws RunError where the run has not kept them.
    const std::vector<float>& weightsOf(const latent::Parameters& p) const;
    /// `all`: m_raw or m_average.
    std::shared_ptr<const latent::learn::unet::Model> modelAt(const std::vector<float>& all,
                                                              std::size_t place);

    std::optional<DiffusionPlan> m_plan;
    std::optional<ConceptSet> m_set;
    std::vector<double> m_steps, m_lines;  // of the kept weights; [kept, 2]
    std::vector<float> m_raw, m_average;   // [kept, parameter], each empty where the run has not kept it
    std::map<std::pair<bool, std::size_t>, std::shared_ptr<const latent::learn::unet::Model>>
        m_models;  // by whether it is of the average, and the place
};

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Samples of a trained model for given embedded conditions: naive ones, over-prompts, latent interventions, patches, guidance.
//
// Sample number i always starts from the same noise, whatever condition, checkpoint or batch it is drawn with. An intervention adds α times a
// direction to the embedding; α = 0 changes no bit. One thread at a time, helpers inside.
//
//     const Drawer drawer(set, model, schedule, {.sampler = {.steps = 20}, .seed = 3, .threads = 2});
//     std::vector<float> h = drawer.embed(set.meanCondition(3));
//     drawer.draw(intervened(h, drawer.direction(0), 1.5), 16);                  // [16, d]
//     Drawer(set, model, schedule, options, &last)                              // patched: last's embedding

#include <functional>
#include <latent/learn/diffusion/sampler.hpp>
#include <latent/learn/unet/model.hpp>

#include "model/diffusion/concept_set.hpp"

namespace concept_space {

struct DrawOptions {
    latent::learn::diffusion::SamplerOptions sampler;
    double guidance = 0;      ///< w: ε̂ = (1 + w)·ε̂(condition) − w·ε̂(null)
    bool regression = false;  ///< the model maps conditions to images
    std::uint64_t seed = 0;   ///< of the noise
    int threads = 1;
};

/// h + α·direction; h itself where α is 0.
std::vector<float> intervened(const std::vector<float>& h, const std::vector<float>& direction,
                              double strength);

class Drawer {
  public:
    /// Borrows all models. With an `embedder` every condition is embedded by it instead (patching), the null
    /// one and those of directions too.
    Drawer(const ConceptSet& set, const latent::learn::unet::Model& model,
           const latent::learn::diffusion::Schedule& schedule, const DrawOptions& options,
           const latent::learn::unet::Model* embedder = nullptr);

    std::vector<float> embed(const std::vector<float>& condition) const;
    /// From value 0 to value 1 of a concept, at 0 of the others: what the linear latent intervention adds.
    std::vector<float> direction(int concept_) const;
    /// A random direction of the same norm: its control.
    std::vector<float> randomDirection(int concept_, std::uint64_t seed) const;
    /// Samples first … first + n − 1 with this embedding [n, d]; empty when `goOn` said false after a step.
    std::vector<float> draw(const std::vector<float>& h, int n, int first = 0,
                            const std::function<bool()>& goOn = {}) const;

  private:
    const ConceptSet& m_set;
    const latent::learn::unet::Model &m_model, &m_embedder;
    latent::learn::diffusion::Schedule m_schedule;
    DrawOptions m_options;
};

}  // namespace concept_space

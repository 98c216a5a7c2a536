// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a U-Net computes, for sampling and analyses: predictions, and the embedding of conditions that an intervention changes.
//
// A Model is a read-only copy of weights in the layout of the kernels: make one, ask it often. Images are channels-last, row-major.
// One call at a time: it keeps the buffers of its threads.
//
//     Model model(trainer.weights());
//     std::vector<float> latent = model.embed(conditions, n);                        // [n, latentWidth]
//     model.predict(z, times, latent, n, eps, threads);                             // z, eps [n, height, width, channels]
//     // Linear intervention: latent + α·(embed(blue) − embed(red)). Patching: another model's embed() with this one's predict().

#include <memory>
#include <span>
#include <vector>

#include "latent/learn/instructions.hpp"
#include "latent/learn/unet/weights.hpp"

namespace latent::learn::unet {

class Model {
  public:
    /// Throws UsageError on instructions that this processor lacks.
    explicit Model(const Weights& weights, Instructions instructions = bestInstructions());
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    const Shape& shape() const;

    /// conditions [n, conditions] → [n, latentWidth]. Throws UsageError when they do not fill n rows.
    std::vector<float> embed(std::span<const float> conditions, int n) const;
    /// out [n, height, width, channels] from z of the same size, times [n] in [0, 1] and latent [n, latentWidth] (empty without conditions).
    /// The same to the bit for any number of threads. Throws UsageError when a size does not fit.
    void predict(std::span<const float> z, std::span<const float> times, std::span<const float> latent, int n,
                 std::span<float> out, int threads = 1) const;

  private:
    struct Members;
    std::unique_ptr<Members> m;
};

}  // namespace latent::learn::unet

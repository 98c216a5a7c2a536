// SPDX-License-Identifier: Apache-2.0
#pragma once
// The learned probe: a small U-Net that reads the concepts of an image, trained on true images of all
// classes, held-out ones too, at several separations pooled (arXiv 2406.19370, appendix B.3; there a
// classifier of the same trunk).
//
// It maps an image to a map whose channels are the concepts' values, and a concept's coordinate is the mean
// of its channel, 0 … 1: the regression of an indicator is its probability. Its training images are drawn
// from numbers that no training set of a diffusion model uses. Vectors need no probe. Any thread once
// trained.
//
//     ConceptProbe probe(spec, 400, threads);
//     while (probe.train(1)) …                              // resumable: save(), restore()
//     probe.read(images, n);                                // [n, concepts]

#include <latent/job.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <optional>

#include "data/images.hpp"

namespace concept_space {

class ConceptProbe {
  public:
    ConceptProbe(const ImageSpec& spec, int steps, int threads);

    /// One more step; false when there are none left.
    bool train();
    std::int64_t stepsDone() const { return m_trainer.stepsDone(); }
    bool isTrained() const { return stepsDone() >= m_steps; }
    /// Coordinates [n, concepts] of images [n, side, side, 3].
    std::vector<double> read(std::span<const float> images, int n) const;
    /// Share of true images whose concepts are all read right, by class, of fresh ones.
    std::vector<double> accuracy(int perClass) const;

    void save(latent::State& state) { append(state, m_trainer.save("probe")); }
    void restore(const latent::Resumed& resumed) { m_trainer.restore(resumed, "probe"); }

  private:
    static void append(latent::State& state, latent::State own);

    std::vector<ImageSpec> m_specs;  // the own one first
    std::int64_t m_steps;
    int m_threads;
    latent::learn::unet::Trainer m_trainer;
    mutable std::optional<latent::learn::unet::Model> m_model;  // of the trained weights
};

}  // namespace concept_space

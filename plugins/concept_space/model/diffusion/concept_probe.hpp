// SPDX-License-Identifier: Apache-2.0
#pragma once
// The learned probe: a small U-Net that reads the concepts of an image, trained on true images of all classes, held-out ones too, at several
// separations pooled (arXiv 2406.19370, appendix B.3; there a classifier of the same trunk).
//
// It maps an image to a map whose channels are the concepts' values, and a concept's coordinate is the mean of its channel, 0 … 1: the regression
// of an indicator is its probability. Its training images are drawn from numbers that no training set of a diffusion model uses. Vectors need no
// probe. Any thread once trained.
//
//     ConceptProbe probe(ProbeImages::drawn(spec), 400, threads);
//     if (!probe.take(cache)) while (probe.train()) …       // resumable: save(), restore()
//     probe.read(images, n);                                // [n, concepts]

#include <latent/job.hpp>
#include <latent/learn/unet/model.hpp>
#include <latent/learn/unet/trainer.hpp>
#include <optional>

#include "model/diffusion/concept_set.hpp"
#include "model/diffusion/probe_cache.hpp"

namespace concept_space {

/// What a probe learns from: images of every class, held-out ones too.
struct ProbeImages {
    int side = 0, concepts = 2;
    std::uint64_t seed = 0, hash = 0;  ///< the second of the data
    /// [side, side, 3] of a class; the index draws. The run's own first, then others to pool with.
    std::vector<std::function<std::vector<float>(int itsClass, std::uint64_t index)>> sources;

    /// At the own separations and at six others.
    static ProbeImages drawn(const ImageSpec& spec);
    /// Those of a set, which is borrowed.
    static ProbeImages of(const ConceptSet& set, std::uint64_t seed);
};

class ConceptProbe {
  public:
    ConceptProbe(ProbeImages images, int steps, int threads);

    /// One more step; false when there are none left.
    bool train();
    /// Takes what training on these data gave before; false: nobody did, or training has begun.
    bool take(const ProbeCache& cache);
    /// What is trained, for later runs.
    void keep(const ProbeCache& cache) const;
    std::int64_t stepsDone() const { return m_trainer.stepsDone(); }
    bool isTrained() const { return stepsDone() >= m_steps; }
    /// Coordinates [n, concepts] of images [n, side, side, 3]. Throws RunError before it is trained.
    std::vector<double> read(std::span<const float> images, int n) const;
    /// Share of true images whose concepts are all read right, by class, of fresh ones.
    std::vector<double> accuracy(int perClass) const;

    void save(latent::State& state) { state.add(m_trainer.save("probe")); }
    void restore(const latent::Resumed& resumed);

  private:
    std::uint64_t hash() const;
    int valueOf(int itsClass, int concept_) const {
        return itsClass >> (m_images.concepts - 1 - concept_) & 1;
    }

    ProbeImages m_images;
    std::int64_t m_steps;
    int m_threads;
    latent::learn::unet::Trainer m_trainer;
    std::optional<latent::learn::unet::Model> m_model;  // of the trained weights, once there are
};

}  // namespace concept_space

// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the parameters of sim/train to data, networks, and the states that are recorded.
//
// Pure; any thread. Impossible combinations throw std::invalid_argument or latent::RunError with a sentence.
//
//     const TrainPlan plan = TrainPlan::of(p);
//     std::unique_ptr<mlp::SeedRun> run = plan.makeSeed(0);

#include <latent/latent.hpp>
#include <memory>

#include "data/clusters.hpp"
#include "model/mlp/frames.hpp"
#include "model/mlp/seed_run.hpp"
#include "model/theory/relaxation.hpp"

namespace concept_space {

struct TrainPlan {
    ClusterSpec clusters;
    mlp::NetworkSpec network;
    mlp::Initialisation initialisation;
    mlp::SgdOptions sgd;
    int batchSize = 128;
    std::uint64_t stepsPerEpoch = 0;
    std::uint64_t steps = 0;
    std::uint64_t oodEvery = 1;
    std::uint64_t firstSeed = 0;
    int seeds = 1;
    std::vector<std::uint64_t> frames;  ///< states recorded closely, after that many updates

    static TrainPlan of(const latent::Parameters& p);
    std::size_t nodes() const { return std::size_t{1} << clusters.concepts(); }
    std::size_t oodStates() const { return static_cast<std::size_t>(steps / oodEvery + 1); }
    /// Gradient-flow time of one SGD step: 2 * learning_rate / dim, since the loss is a mean over dimensions.
    double timePerStep() const { return 2 * sgd.learningRate / network.dim; }

    /// Whether the OOD loss is recorded closely enough for its rises and descents to be seen.
    bool showsRises() const;
    /// Whether theoryOverlay() is about this training: no momentum, which takes another time, no weight decay, which
    /// has another end, and no truncation, which has other data. Its depth may be another.
    bool theoryDescribes() const { return sgd.momentum == 0 && sgd.weightDecay == 0 && !clusters.truncate; }

    /// Everything of seed number `index`; called on any thread.
    std::unique_ptr<mlp::SeedRun> makeSeed(int index) const;
    /// The one-layer theory (with biases where the network has them) from zero weights, in the basis of the
    /// concepts, whatever the depth. Noise on the other coordinates does not enter it.
    theory::Relaxation theoryOverlay() const;
};

latent::Schema trainParameters();
latent::Outputs trainOutputs(const latent::Parameters& p);

}  // namespace concept_space

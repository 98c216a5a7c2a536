// SPDX-License-Identifier: Apache-2.0
#include "experiments/train_plan.hpp"

#include <cmath>

#include "experiments/cluster_parameters.hpp"
#include "experiments/measurements.hpp"
#include "model/mlp/ensemble.hpp"
#include "model/theory/concept_data.hpp"

namespace concept_space {

TrainPlan TrainPlan::of(const latent::Parameters& p) {
    TrainPlan plan;
    plan.clusters = clusterSpecOf(p);
    plan.network.dim = plan.clusters.dim;
    plan.network.hidden = static_cast<int>(p.integer("hidden"));
    plan.network.layers = static_cast<int>(p.integer("layers"));
    plan.network.relu = p.choice("activation") == "relu";
    plan.network.bias = p.flag("bias");
    plan.initialisation.kind =
        p.choice("init") == "normal" ? mlp::Initialisation::Kind::Normal : mlp::Initialisation::Kind::Uniform;
    plan.initialisation.standardDeviation = p.number("init_std");
    plan.sgd = {p.number("learning_rate"), p.number("momentum"), p.number("weight_decay")};
    plan.batchSize = static_cast<int>(p.integer("batch_size"));
    plan.oodEvery = static_cast<std::uint64_t>(p.integer("ood_every"));
    plan.firstSeed = p.seed();
    plan.seeds = static_cast<int>(p.integer("seeds"));
    const auto samples = static_cast<std::uint64_t>(plan.clusters.samplesPerCluster) *
                         static_cast<std::uint64_t>(plan.clusters.clusters());
    const auto batch = static_cast<std::uint64_t>(plan.batchSize);
    plan.stepsPerEpoch = (samples + batch - 1) / batch;
    plan.steps = plan.stepsPerEpoch * static_cast<std::uint64_t>(p.integer("epochs"));
    if (plan.oodEvery > plan.steps)
        throw latent::RunError(
            "The parameter 'ood_every' is " + std::to_string(plan.oodEvery) + " and the training has " +
            std::to_string(plan.steps) +
            " steps: the OOD loss would be recorded before the first one only. Set it to " +
            std::to_string(plan.steps) + " at most.");
    const std::string spacing = p.choice("frame_spacing");
    const auto frames = static_cast<std::uint64_t>(p.integer("frames"));
    plan.frames = spacing == "epochs"   ? mlp::epochFrames(plan.steps, plan.stepsPerEpoch)
                  : spacing == "linear" ? mlp::linearFrames(plan.steps, frames)
                                        : mlp::logFrames(plan.steps, frames);
    return plan;
}

bool TrainPlan::showsRises() const { return oodEvery == 1 || oodStates() >= kLeastRecords; }

std::unique_ptr<mlp::SeedRun> TrainPlan::makeSeed(int index) const {
    ClusterSpec spec = clusters;
    spec.seed = firstSeed + static_cast<std::uint64_t>(index);
    const ClusterData data = makeClusters(spec);
    mlp::Network net(network);
    net.initialise(initialisation, spec.seed);
    mlp::Trainer trainer(std::move(net), sgd,
                         std::make_shared<const mlp::Batches>(data.x, data.dim, batchSize));
    mlp::RecordPlan record;
    record.frames = frames;
    record.oodEvery = oodEvery;
    record.nodes = nodePoints(spec, data.rotation);
    record.coordinates = clusters.concepts();
    record.basis.assign(
        data.rotation.begin(),
        data.rotation.begin() + static_cast<std::ptrdiff_t>(clusters.concepts()) * clusters.dim);
    return std::make_unique<mlp::SeedRun>(std::move(trainer), std::move(record));
}

theory::Relaxation TrainPlan::theoryOverlay() const {
    theory::ConceptData data;
    data.dim = clusters.concepts();  // the other directions carry no signal and stay where they are
    data.mu = clusters.mu;
    for (double variance : clusters.variance) data.sigma.push_back(std::sqrt(variance));
    data.clusters = clusters.clusters();
    const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(data.dim, data.dim);
    return network.bias ? theory::oneLayerWithBias(data, zero, Eigen::VectorXd::Zero(data.dim))
                        : theory::oneLayer(data, zero);
}

}  // namespace concept_space

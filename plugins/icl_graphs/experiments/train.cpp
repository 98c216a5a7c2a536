// SPDX-License-Identifier: Apache-2.0
#include "experiments/train.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/loop.hpp>

#include "decoder/load.hpp"
#include "experiments/graph_parameters.hpp"
#include "experiments/train_plan.hpp"
#include "graphs/nth_seed.hpp"

namespace icl_graphs {
namespace {

namespace tf = latent::learn::transformer;
constexpr std::int64_t kLossesAtOnce = 200;
constexpr std::uint64_t kEvaluationPart = 2;  // of the seed: the curriculum has the first

/// Logits and hidden states of the walks of one placement, in bytes.
std::uint64_t memoryFor(const TrainPlan& plan) {
    return static_cast<std::uint64_t>(plan.evaluation.walks) *
           static_cast<std::uint64_t>(plan.evaluation.length) *
           static_cast<std::uint64_t>(plan.shape.vocabulary + (plan.shape.layers + 1) * plan.shape.width) *
           sizeof(float);
}

double secondHalf(const std::vector<double>& curve) {
    double sum = 0;
    for (std::size_t t = curve.size() / 2; t < curve.size(); ++t) sum += curve[t];
    return sum / static_cast<double>(curve.size() - curve.size() / 2);
}

}  // namespace

latent::Schema Train::parameters() { return trainParameters(); }
latent::Outputs Train::outputs(const latent::Parameters& p) { return trainOutputs(p); }

void Train::run(const latent::Parameters& p, latent::Job& job) {
    const TrainPlan plan = TrainPlan::of(p);
    const Graph grid = makeGrid(4, 4);
    const Curriculum curriculum(plan.curriculum, p.seed());
    tf::Trainer trainer(tf::initialise(plan.shape, p.seed()), plan.optimiser, job.threads());
    std::vector<std::int64_t> lossStep;
    std::vector<float> losses;
    const auto flush = [&] {
        if (losses.empty()) return;
        job.publish("step", lossStep);
        job.publish("train_loss", losses);
        lossStep.clear();
        losses.clear();
    };
    requireMemory(memoryFor(plan), "Reading the walks of a placement at once",
                  "Take fewer 'walks', or shorter ones.");
    if (!job.resumed()) {
        const Send send = [&](const char* name, const latent::ArrayView& view) { job.publish(name, view); };
        describeGraph(grid, send);
        job.publish("position", positionsOf(plan.evaluation.length));
        job.publish("band", counted(3));
        // The learners that count need no model: the same walks as at every checkpoint.
        const CountedWalks counts = countWalks(grid, plan.evaluation, nthSeed(p.seed(), kEvaluationPart));
        const double end = secondHalf(counts.induction);
        job.publish("accuracy_induction", counts.induction);
        job.publish("accuracy_unigram", counts.unigram);
        job.publish("induction_end", scalar(end));
        job.publish("layer", counted(static_cast<std::size_t>(plan.shape.layers) + 1));
        job.publish("component", counted(static_cast<std::size_t>(kTrainComponents)));
    }
    latent::learn::Loop loop;
    loop.steps = plan.steps;
    loop.step = [&](std::int64_t step) {
        const double loss = trainer.step(curriculum.batch(step, plan.batch), plan.batch);
        job.metric("train_loss", step, loss);
        lossStep.push_back(step + 1);
        losses.push_back(static_cast<float>(loss));
        if (static_cast<std::int64_t>(losses.size()) == kLossesAtOnce) flush();
        if (!std::binary_search(plan.checkpoints.begin(), plan.checkpoints.end(), step + 1)) return;
        const Evaluation e = evaluateTracing(tf::Model(trainer.weights()), grid, plan.evaluation,
                                             nthSeed(p.seed(), kEvaluationPart));
        const std::int64_t now = step + 1, placements = plan.evaluation.placements,
                           layers = plan.shape.layers + 1;
        const double end = secondHalf(e.accuracy), mixed = secondHalf(e.accuracyShuffled);
        job.publish("checkpoint_step", latent::ArrayView(&now, {1}));
        job.publish("accuracy", {e.accuracy, {1, plan.evaluation.length}});
        job.publish("accuracy_end", latent::ArrayView(&end, {1}));
        job.publish("rayleigh", {e.rayleigh, {1, placements, layers}});
        job.publish("rayleigh_beyond", {e.rayleighBeyond, {1, placements, layers}});
        job.publish("alignment", {e.alignment, {1, placements, layers, 2}});
        job.publish("grid_r2", {e.gridR2, {1, placements, layers}});
        job.publish("pca", {e.pca, {1, layers, grid.nodes, kTrainComponents}});
        for (const auto& [name, band] : {std::pair{"rayleigh_null", &e.rayleighPermuted},
                                         {"rayleigh_mixing", &e.rayleighMixing},
                                         {"alignment_null", &e.alignmentPermuted},
                                         {"grid_r2_null", &e.gridR2Permuted}})
            job.publish(name, {*band, {1, placements, layers, 3}});
        job.publish("rayleigh_shuffled", {e.rayleighShuffled, {1, placements, layers}});
        job.publish("accuracy_shuffled_end", latent::ArrayView(&mixed, {1}));
        job.publish("accuracy_permuted_end", {e.accuracyPermuted, {1, 3}});
    };
    loop.save = [&] {
        flush();  // what is published before a checkpoint belongs to it
        return trainer.save();
    };
    loop.restore = [&](const latent::Resumed& r) { trainer.restore(r); };
    if (latent::learn::runLoop(job, loop) == latent::learn::Ended::Finished) flush();
}

std::vector<latent::Claim> Train::claims() {
    using namespace latent;
    return {
        Claim("a_map_appears_in_small_models",
              "A small transformer that follows random graphs holds a map of the held-out grid.")
            .source("arXiv:2501.00070", "in small models; re-implementations report the opposite")
            .estimand("Rayleigh quotient over the isotropic one in the last layer at the end of training, "
                      "mean over placements")
            .unit("1")
            .each(Replication::Seed)
            .by(Interval::Mean)
            .lessThan(1, .05)
            .atLeast(5)
            .control(
                Control("it_follows_the_grid",
                        "The model follows the held-out grid at all: valid neighbours get more than half.")
                    .by(Interval::Mean)
                    .greaterThan(.5, 0))};
}

void Train::measure(const latent::RunSet& runs, latent::Evidence& out) {
    std::vector<double> ratio, accuracy;
    std::vector<std::string> names;
    for (const latent::Run& run : runs) {
        if (run.state() != "done" || !run.has("rayleigh")) continue;
        const std::vector<double> rayleigh = run.read("rayleigh").toDoubles(),
                                  end = run.read("accuracy_end").toDoubles();
        const std::size_t layers = run.read("layer").count(),
                          placements = rayleigh.size() / layers / end.size();
        double mean = 0;
        for (std::size_t q = 0; q < placements; ++q)
            mean += rayleigh[((end.size() - 1) * placements + q) * layers + layers - 1] /
                    static_cast<double>(placements);
        ratio.push_back(mean / run.read("rayleigh_isotropic").toDoubles().front());
        accuracy.push_back(end.back());
        names.push_back("seed " + std::to_string(run.parameters().seed()));
    }
    if (ratio.empty()) return out.notMeasured("a_map_appears_in_small_models", "There is no finished run.");
    out.claim("a_map_appears_in_small_models")
        .values(ratio)
        .units(names)
        .control("it_follows_the_grid")
        .values(accuracy)
        .units(names);
}

}  // namespace icl_graphs

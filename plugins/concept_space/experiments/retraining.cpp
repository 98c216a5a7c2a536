// SPDX-License-Identifier: Apache-2.0
#include "experiments/retraining.hpp"

#include <algorithm>
#include <cmath>
#include <latent/learn/parallel.hpp>
#include <thread>

#include "experiments/measurements.hpp"
#include "model/theory/metrics.hpp"

namespace concept_space {
namespace {

/// A minute or two of one core at 60 to 90 GFLOP/s; the studies that come with the program need a tenth.
constexpr double kOperations = 1e13;
constexpr double kHalf = .5;  // of a concept's target: passed

/// Floating-point operations of a whole training of one seed: forward, and both halves of backward.
double operationsOf(const TrainPlan& plan) {
    double weights = 0;
    for (int layer = 0; layer < plan.network.layers; ++layer)
        weights += static_cast<double>(plan.network.fanIn(layer)) * plan.network.fanOut(layer);
    return 6 * weights * plan.batchSize * static_cast<double>(plan.steps);
}

int cores() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

}  // namespace

std::vector<double> timesOf(const TrainPlan& plan, const std::vector<double>& output, double q) {
    std::vector<double> epoch, times;
    const std::size_t rows = output.size() / plan.clusters.mu.size();
    for (std::size_t i = 0; i < rows; ++i)
        epoch.push_back(static_cast<double>(plan.frames[i]) / static_cast<double>(plan.stepsPerEpoch));
    for (const auto& t :
         theory::learningTimes(epoch, output, plan.clusters.mu, q, theory::Crossing::Interpolated))
        times.push_back(t.value_or(std::nan("")));
    return times;
}

Retraining::Retraining(std::size_t designs)
    : m_operations(kOperations / static_cast<double>(std::max<std::size_t>(designs, 1))) {}

int Retraining::seedsOf(const TrainPlan& plan) const {
    return static_cast<int>(std::min<double>(plan.seeds, std::floor(m_operations / operationsOf(plan))));
}

std::vector<std::vector<double>> Retraining::halfTimes(const TrainPlan& plan) const {
    std::vector<std::vector<double>> times(static_cast<std::size_t>(seedsOf(plan)));
    const std::vector<double>& mu = plan.clusters.mu;
    latent::learn::forEachIndex(times.size(), cores(), [&](std::size_t seed) {
        const std::unique_ptr<mlp::SeedRun> run = plan.makeSeed(static_cast<int>(seed));
        std::vector<double> output;
        std::vector<bool> passed(mu.size(), false);
        for (std::uint64_t frame : plan.frames) {
            run->advanceTo(frame);
            const mlp::Records seen = run->take();
            if (seen.output.empty()) continue;  // the first state is seen with the first step
            output.insert(output.end(), seen.output.begin(), seen.output.end());
            for (std::size_t i = 0; i < seen.output.size(); ++i)
                if (static_cast<double>(seen.output[i]) / mu[i % mu.size()] > kHalf)
                    passed[i % mu.size()] = true;
            if (static_cast<std::size_t>(std::count(passed.begin(), passed.end(), true)) + 1 >= mu.size())
                break;
        }
        times[seed] = timesOf(plan, output, kHalf);
    });
    return times;
}

std::vector<double> Retraining::rises(const TrainPlan& plan) const {
    std::vector<double> all(static_cast<std::size_t>(seedsOf(plan)));
    latent::learn::forEachIndex(all.size(), cores(), [&](std::size_t seed) {
        const std::unique_ptr<mlp::SeedRun> run = plan.makeSeed(static_cast<int>(seed));
        run->advanceTo(plan.steps);
        const std::vector<double> loss = run->take().oodLoss;
        all[seed] = allFinite(loss) ? theory::swingBy(loss).magnitude : std::nan("");
    });
    return all;
}

}  // namespace concept_space

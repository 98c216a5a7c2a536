// SPDX-License-Identifier: Apache-2.0
// Speed of `sim/train`: wall and process CPU microseconds per training step, as one JSON line.
//
//     bench_sim_mlp --threads 1 --seeds 1 --steps 4000      the peer's workload: 64-64-64, ReLU, bias, batch
//     128 bench_sim_mlp --threads 2 --seeds 64 --steps 472      many seeds at once (--shared-data: one data
//     set for all) bench_sim_mlp --instructions portable --ood-every 1   another kernel variant; with the OOD
//     loss of every step
//
// A step is one update of one seed, so with many seeds us_per_step = wall / (seeds · steps).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "data/clusters.hpp"
#include "model/mlp/ensemble.hpp"

using namespace concept_space;
using namespace concept_space::mlp;

namespace {

struct Options {
    int threads = 1, seeds = 1, dim = 64, hidden = 64, layers = 2, batch = 128;
    std::uint64_t steps = 4000, oodEvery = 0;
    bool sharedData = false, relu = true;
    std::string instructions = "best";
};

Options parse(int argc, char** argv) {
    Options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--shared-data") {
            o.sharedData = true;
        } else if (name == "--linear") {
            o.relu = false;
        } else if (i + 1 < argc) {
            const char* value = argv[++i];
            if (name == "--threads") o.threads = std::atoi(value);
            if (name == "--seeds") o.seeds = std::atoi(value);
            if (name == "--dim") o.dim = std::atoi(value);
            if (name == "--hidden") o.hidden = std::atoi(value);
            if (name == "--layers") o.layers = std::atoi(value);
            if (name == "--batch") o.batch = std::atoi(value);
            if (name == "--steps") o.steps = std::strtoull(value, nullptr, 10);
            if (name == "--ood-every") o.oodEvery = std::strtoull(value, nullptr, 10);
            if (name == "--instructions") o.instructions = value;
        }
    }
    return o;
}

const Kernels* chosen(const std::string& name) {
    if (name == "portable") return kernelsFor(Instructions::Portable);
    if (name == "avx2") return kernelsFor(Instructions::Avx2);
    if (name == "avx512") return kernelsFor(Instructions::Avx512);
    return &bestKernels();
}

double cpuSeconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double wallSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
    const Options o = parse(argc, argv);
    const Kernels* kernels = chosen(o.instructions);
    if (!kernels) {
        std::fprintf(stderr, "This processor or build does not have the instructions '%s'.\n",
                     o.instructions.c_str());
        return 2;
    }
    std::shared_ptr<const Batches> shared;
    const auto runs = buildRuns(o.seeds, o.sharedData ? 1 : o.threads, [&](int seed) {
        ClusterSpec spec;
        spec.dim = o.dim;
        spec.seed = o.sharedData ? 0 : static_cast<std::uint64_t>(seed);
        const ClusterData data = makeClusters(spec);
        auto batches = shared;
        if (!batches) batches = std::make_shared<const Batches>(data.x, o.dim, o.batch);
        if (o.sharedData) shared = batches;
        Network net({o.dim, o.hidden, o.layers, o.relu, true});
        net.initialise({}, static_cast<std::uint64_t>(seed));
        RecordPlan plan;
        plan.oodEvery = o.oodEvery;
        plan.nodes = nodePoints(spec, data.rotation);
        plan.basis.assign(data.rotation.begin(), data.rotation.begin() + 2 * o.dim);
        return std::make_unique<SeedRun>(Trainer(net, {}, batches, *kernels), plan);
    });
    const std::uint64_t warmUp = runs.front()->trainer().batches().stepsPerEpoch();
    advanceAll(runs, warmUp, o.threads);
    const double wall = wallSeconds(), cpu = cpuSeconds();
    advanceAll(runs, warmUp + o.steps, o.threads);
    const double updates = static_cast<double>(o.steps) * static_cast<double>(o.seeds);
    std::printf(
        "{\"bench\":\"sim_mlp\",\"engine\":\"latent\",\"kernels\":\"%s\",\"threads\":%d,\"seeds\":%d,"
        "\"us_per_step\":%.3f,\"cpu_us_per_step\":%.3f,\"loss\":%.6g}\n",
        kernels->name, o.threads, o.seeds, 1e6 * (wallSeconds() - wall) / updates,
        1e6 * (cpuSeconds() - cpu) / updates, static_cast<double>(runs.front()->take().trainLoss.back()));
    return 0;
}

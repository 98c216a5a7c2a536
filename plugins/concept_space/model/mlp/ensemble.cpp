// SPDX-License-Identifier: Apache-2.0
#include "ensemble.hpp"

#include <algorithm>
#include <latent/learn/parallel.hpp>

namespace concept_space::mlp {

std::vector<std::unique_ptr<SeedRun>> buildRuns(int count, int threads,
                                                const std::function<std::unique_ptr<SeedRun>(int)>& make) {
    std::vector<std::unique_ptr<SeedRun>> runs(static_cast<std::size_t>(std::max(count, 0)));
    latent::learn::forEachIndex(runs.size(), threads, [&](std::size_t i) { runs[i] = make(static_cast<int>(i)); });
    return runs;
}

bool advanceAll(std::span<const std::unique_ptr<SeedRun>> runs, std::uint64_t step, int threads,
                const std::atomic<bool>* stop) {
    std::atomic<bool> all{true};
    latent::learn::forEachIndex(runs.size(), threads, [&](std::size_t i) {
        if (!runs[i]->advanceTo(step, stop)) all.store(false);
    });
    return all.load();
}

}  // namespace concept_space::mlp

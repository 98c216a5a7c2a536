// SPDX-License-Identifier: Apache-2.0
#pragma once
// Many seeds at once: independent runs spread over threads. Each run is computed by one thread at a time with
// its own working set, so results are the same bits for any number of threads and any order.
//
//     std::vector<std::unique_ptr<SeedRun>> runs = buildRuns(64, 2, [&](int seed) { return makeRun(seed); });
//     advanceAll(runs, 118, 2, &stop);        // to the end of the first epoch on two threads

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "seed_run.hpp"

namespace concept_space::mlp {

/// Makes runs 0 … count-1 in parallel; the first exception of `make` is rethrown here. `make` is called on
/// any thread.
std::vector<std::unique_ptr<SeedRun>> buildRuns(int count, int threads,
                                                const std::function<std::unique_ptr<SeedRun>(int)>& make);

/// Advances every run to `step`; false when `stop` was raised before all got there (they may then stand at
/// different steps: each resumes from its own). Blocks; the calling thread works too. Exceptions are rethrown
/// here.
bool advanceAll(std::span<const std::unique_ptr<SeedRun>> runs, std::uint64_t step, int threads,
                const std::atomic<bool>* stop = nullptr);

}  // namespace concept_space::mlp

// SPDX-License-Identifier: Apache-2.0
#include "ensemble.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

namespace concept_space::mlp {

namespace {

/// body(i) for i in 0 … count-1; threads take the next free index.
template <class Body>
void forEachOnThreads(int count, int threads, Body body) {
    std::atomic<int> next{0};
    std::exception_ptr failure;
    std::mutex failureGuard;
    const auto work = [&] {
        try {
            for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) body(i);
        } catch (...) {
            const std::lock_guard lock(failureGuard);
            if (!failure) failure = std::current_exception();
            next.store(count);
        }
    };
    {
        std::vector<std::jthread> others;
        for (int t = 1; t < std::min(threads, count); ++t) others.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

std::vector<std::unique_ptr<SeedRun>> buildRuns(int count, int threads,
                                                const std::function<std::unique_ptr<SeedRun>(int)>& make) {
    std::vector<std::unique_ptr<SeedRun>> runs(static_cast<std::size_t>(std::max(count, 0)));
    forEachOnThreads(count, threads, [&](int i) { runs[static_cast<std::size_t>(i)] = make(i); });
    return runs;
}

bool advanceAll(std::span<const std::unique_ptr<SeedRun>> runs, std::uint64_t step, int threads,
                const std::atomic<bool>* stop) {
    std::atomic<bool> all{true};
    forEachOnThreads(static_cast<int>(runs.size()), threads, [&](int i) {
        if (!runs[static_cast<std::size_t>(i)]->advanceTo(step, stop)) all.store(false);
    });
    return all.load();
}

}  // namespace concept_space::mlp

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Independent pieces of work on a few threads, of which the calling one is one.
//
//     std::vector<double> loss(seeds);
//     latent::learn::forEachIndex(seeds, job.threads(), [&](std::size_t s) { loss[s] = train(s); });
//
// Threads take the next free index, so pieces may differ in length; results belong into places of their own, and then do not
// depend on the number of threads. No LibTorch, no pool: a piece should take milliseconds at
// least. For shorter ones threads that stay: team.hpp.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace latent::learn {

/// body(i) for each i in 0 … count − 1. `keepGoing`, when given, is asked on the calling thread after each of its own pieces
/// with the number of pieces that are done; false lets pieces that have begun end and starts no more. Returns whether all were
/// done. The first exception of a body ends it likewise, and is thrown here once all threads have stopped.
template <class Body>
bool forEachIndex(std::size_t count, int threads, Body&& body,
                  const std::function<bool(std::size_t done)>& keepGoing = {}) {
    std::atomic<std::size_t> next{0}, done{0};
    std::atomic<bool> leave{false};
    std::exception_ptr failure;
    std::mutex guard;
    const auto work = [&](bool calling) {
        try {
            for (std::size_t i; !leave && (i = next++) < count;) {
                body(i);
                ++done;
                if (calling && keepGoing && !keepGoing(done.load())) leave = true;
            }
        } catch (...) {
            const std::scoped_lock lock(guard);
            if (!failure) failure = std::current_exception();
            leave = true;
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t t = 1; t < std::min(static_cast<std::size_t>(std::max(threads, 1)), count); ++t)
            others.emplace_back(work, false);
        work(true);
    }
    if (failure) std::rethrow_exception(failure);
    return done == count;
}

}  // namespace latent::learn

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pieces of work on helping threads while the calling one does something that only it may do, as reading and
// writing files; then it helps too.
//
//     overlap(pieces, threads, [&](std::size_t i) { compute(i); }, [&] { readNext(); });

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace hyperspectral_shadows {

/// piece(i) for each i in 0 … count − 1, and `meanwhile()` once on the calling thread. With one thread they
/// follow each other. The first exception of either ends the pieces that have not begun, and is thrown here
/// once all threads have stopped.
template <class Piece, class Meanwhile>
void overlap(std::size_t count, int threads, const Piece& piece, const Meanwhile& meanwhile) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> leave{false};
    std::exception_ptr failure;
    std::mutex guard;
    const auto safely = [&](const auto& body) {
        try {
            body();
        } catch (...) {
            const std::scoped_lock lock(guard);
            if (!failure) failure = std::current_exception();
            leave = true;
        }
    };
    const auto work = [&] {
        safely([&] {
            for (std::size_t i; !leave && (i = next++) < count;) piece(i);
        });
    };
    {
        std::vector<std::jthread> others;
        for (int t = 1; t < threads && static_cast<std::size_t>(t) <= count; ++t) others.emplace_back(work);
        safely(meanwhile);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace hyperspectral_shadows

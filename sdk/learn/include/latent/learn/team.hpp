// SPDX-License-Identifier: Apache-2.0
#pragma once
// Threads that stay for many short stretches of work, of which the calling one is one. A pass over a model is hundreds of
// stretches of a millisecond: if threads were started for each, as forEachIndex() does, cores would wait for them.
//
//     latent::learn::Team team(job.threads());
//     team.each(rows, [&](std::size_t row, int thread) { … });      // returns when all are done
//
// Threads take the next free index; `thread` is 0 … size() − 1, for scratch of its own. No LibTorch.

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace latent::learn {

class Team {
  public:
    /// `threads` with the calling one; fewer than two: it alone.
    explicit Team(int threads) {
        for (int t = 1; t < threads; ++t) m_others.emplace_back([this, t] { work(t); });
    }
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    ~Team() {
        m_end = true;
        begin();
    }

    int size() const { return static_cast<int>(m_others.size()) + 1; }

    /// body(i, thread) for each i in 0 … count − 1. The first exception of a body lets what has begun end, starts no more, and is
    /// thrown here. One thread calls each(), and no body does.
    template <class Body>
    void each(std::size_t count, Body&& body) {
        if (m_others.empty() || count < 2) {
            for (std::size_t i = 0; i < count; ++i) body(i, 0);
            return;
        }
        m_share = [&](int thread) {
            for (std::size_t i; !m_leave && (i = m_next++) < count;) body(i, thread);
        };
        m_next = 0, m_leave = false, m_failure = nullptr;
        m_busy = static_cast<unsigned>(m_others.size());
        begin();
        share(0);
        for (unsigned left; (left = m_busy.load()) != 0;) awaitChange(m_busy, left);
        if (m_failure) std::rethrow_exception(m_failure);
    }

  private:
    /// Looks for a while before it sleeps: to wake a thread costs more than most of these waits.
    static void awaitChange(const std::atomic<unsigned>& value, unsigned old) {
        for (int i = 0; i < 200; ++i) {
            if (value.load() != old) return;
            std::this_thread::yield();
        }
        value.wait(old);
    }

    void begin() {
        ++m_round;
        m_round.notify_all();
    }

    void share(int thread) {
        try {
            m_share(thread);
        } catch (...) {
            const std::scoped_lock lock(m_guard);
            if (!m_failure) m_failure = std::current_exception();
            m_leave = true;
        }
    }

    void work(int thread) {
        for (unsigned round = 0;; ++round) {
            while (m_round.load() == round) awaitChange(m_round, round);
            if (m_end) return;
            share(thread);
            if (--m_busy == 0) m_busy.notify_one();
        }
    }

    std::function<void(int)> m_share;
    std::atomic<std::size_t> m_next{0};
    std::atomic<unsigned> m_round{0}, m_busy{0};
    std::atomic<bool> m_leave{false}, m_end{false};
    std::exception_ptr m_failure;
    std::mutex m_guard;
    std::vector<std::jthread> m_others;  // last: it is joined first
};

}  // namespace latent::learn

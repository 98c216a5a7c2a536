// SPDX-License-Identifier: Apache-2.0
#pragma once
// The questions that wait in a probe server: at most one a probe, because the latest wins.
//
// The reader thread pushes and cancels; the main thread takes one, answers it, and asks `unwanted()` meanwhile. Every
// question ends exactly once: answered by the main thread, or reported here as superseded or cancelled before it began.
//
//     for (std::uint64_t older : queue.push(question)) tellSuperseded(older, question.id);    // reader thread
//     while (auto question = queue.take()) { …; const QuestionEnd end = queue.finish(); }     // main thread

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/probe/message.hpp"

namespace latent::engine {

struct Question {
    std::uint64_t id = 0;
    std::string probe;
    std::string preset{};
    nlohmann::json parameters = nlohmann::json::object();
    std::vector<ProbeArray> arrays{};
};

/// What became of the wish for an answer while it was worked on.
struct QuestionEnd {
    std::uint64_t supersededBy = 0;  ///< 0: it was not
    bool cancelled = false;
};

class QuestionQueue {
  public:
    /// The waiting questions to the same probe that this one displaces; the running one becomes unwanted.
    std::vector<std::uint64_t> push(Question question);
    /// True when the question waited and is gone now; one that runs becomes unwanted, others are long answered.
    bool cancel(std::uint64_t id);
    /// Blocks; nothing when the queue was closed.
    std::optional<Question> take();
    QuestionEnd finish();
    /// No more questions: those that wait are dropped, the running one becomes unwanted.
    void close();

    bool unwanted() const { return m_unwanted.load(std::memory_order_relaxed); }
    bool idle() const;
    /// The question that is answered now; 0: none.
    std::uint64_t running() const;

  private:
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Question> m_waiting;
    std::uint64_t m_running = 0;
    std::string m_runningProbe;
    QuestionEnd m_end;
    bool m_closed = false;
    std::atomic<bool> m_unwanted{false};
};

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/probe/question_queue.hpp"

#include <algorithm>

namespace latent::engine {

std::vector<std::uint64_t> QuestionQueue::push(Question question) {
    std::vector<std::uint64_t> displaced;
    const std::scoped_lock lock(m_mutex);
    for (auto it = m_waiting.begin(); it != m_waiting.end();) {
        if (it->probe != question.probe) {
            ++it;
            continue;
        }
        displaced.push_back(it->id);
        it = m_waiting.erase(it);
    }
    if (m_running != 0 && m_runningProbe == question.probe) {
        m_end.supersededBy = question.id;
        m_unwanted = true;
    }
    m_waiting.push_back(std::move(question));
    m_wake.notify_one();
    return displaced;
}

bool QuestionQueue::cancel(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    if (m_running == id && id != 0) {
        m_end.cancelled = true;
        m_unwanted = true;
        return false;
    }
    const auto it = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Question& q) { return q.id == id; });
    if (it == m_waiting.end()) return false;
    m_waiting.erase(it);
    return true;
}

std::optional<Question> QuestionQueue::take() {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [&] { return m_closed || !m_waiting.empty(); });
    if (m_closed) return std::nullopt;
    Question question = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_running = question.id;
    m_runningProbe = question.probe;
    m_end = {};
    m_unwanted = false;
    return question;
}

QuestionEnd QuestionQueue::finish() {
    const std::scoped_lock lock(m_mutex);
    m_running = 0;
    return m_end;
}

void QuestionQueue::close() {
    const std::scoped_lock lock(m_mutex);
    m_closed = true;
    m_unwanted = true;
    m_waiting.clear();
    m_wake.notify_all();
}

bool QuestionQueue::idle() const {
    const std::scoped_lock lock(m_mutex);
    return m_running == 0 && m_waiting.empty();
}

std::uint64_t QuestionQueue::running() const {
    const std::scoped_lock lock(m_mutex);
    return m_running;
}

}  // namespace latent::engine

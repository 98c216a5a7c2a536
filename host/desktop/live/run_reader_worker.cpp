// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/run_reader_worker.hpp"

#include <algorithm>

#include "desktop/live/followed_run.hpp"

namespace latent::desktop {
namespace {
using namespace std::chrono_literals;
constexpr auto kUntaken = 50ms;  ///< a window that has not taken the last snapshot is asked again after this
}  // namespace

RunReaderWorker::RunReaderWorker() : m_timer(new QTimer(this)) {
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    connect(m_timer, &QTimer::timeout, this, &RunReaderWorker::look);
}

RunReaderWorker::~RunReaderWorker() = default;

void RunReaderWorker::follow(const std::filesystem::path& run, bool arrays) {
    if (const auto found = m_runs.find(run); found != m_runs.end())
        found->second->setArrays(arrays);
    else
        m_runs.emplace(run, std::make_unique<FollowedRun>(run, arrays));
    look();
}

void RunReaderWorker::leave(const std::filesystem::path& run) {
    m_runs.erase(run);
    taken(run);
    sleep();
}

engine::Result<engine::figures::ArraySet> RunReaderWorker::readFor(
    const std::filesystem::path& run, const nlohmann::json& view, const engine::figures::Cursors& cursors,
    const engine::figures::ResolveOptions& options) {
    const auto found = m_runs.find(run);
    if (found == m_runs.end()) return engine::failed("The run " + run.filename().string() + " was closed.");
    return found->second->readFor(view, cursors, options);
}

void RunReaderWorker::poke() {
    for (const auto& [path, run] : m_runs) run->lookSoon();
    look();
}

void RunReaderWorker::taken(const std::filesystem::path& run) {
    const std::scoped_lock lock(m_mutex);
    m_onTheirWay.erase(run);
}

bool RunReaderWorker::isOnItsWay(const std::filesystem::path& run) {
    const std::scoped_lock lock(m_mutex);
    return m_onTheirWay.count(run) != 0;
}

/// Made when first needed, and again while there is none: the key may be on a disk that is away for a moment.
engine::RunFiles* RunReaderWorker::files() {
    if (m_files) return &*m_files;
    auto made = engine::RunFiles::make();
    if (made)
        m_files = *std::move(made);
    else
        m_filesProblem = made.error().message;
    return m_files ? &*m_files : nullptr;
}

void RunReaderWorker::look() {
    engine::RunFiles* open = files();
    for (const auto& [path, run] : m_runs) {
        const auto now = FollowedRun::Clock::now();
        if (run->isDue(now)) {
            if (open)
                run->look(*open, now);
            else
                run->fail(m_filesProblem, now);
        }
        if (!run->isDirty() || isOnItsWay(path)) continue;
        {
            const std::scoped_lock lock(m_mutex);
            m_onTheirWay.insert(path);
        }
        Q_EMIT looked(run->snapshot());
    }
    sleep();
}

/// Until the first run is due. A timer of a fixed period would miss every other look of a run that is due "in a period".
void RunReaderWorker::sleep() {
    if (m_runs.empty()) return m_timer->stop();
    const auto now = FollowedRun::Clock::now();
    auto wake = FollowedRun::Clock::time_point::max();
    for (const auto& [path, run] : m_runs)
        wake = std::min(wake, run->isDirty() ? now + kUntaken : run->nextLook());
    m_timer->start(std::max(std::chrono::ceil<std::chrono::milliseconds>(wake - now), 0ms));
}

}  // namespace latent::desktop

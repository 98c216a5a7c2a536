// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/live/followed_run.hpp"

#include <algorithm>

#include "engine/figures/run_views.hpp"
#include "engine/store/request.hpp"

namespace latent::desktop {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 75ms;  ///< so that curves grow ten times a second also when a look comes late
constexpr auto kStatusEvery = 1s;
constexpr auto kLongestPause = 10s;
constexpr auto kAfterProblem = 2s;

}  // namespace

FollowedRun::FollowedRun(std::filesystem::path run, bool arrays)
    : m_run(std::move(run)), m_wantsArrays(arrays) {}

void FollowedRun::setArrays(bool arrays) {
    if (arrays == m_wantsArrays) return;
    m_wantsArrays = arrays;
    m_follower.reset();
    m_arrays.reset();
    m_outlines.clear();
    lookSoon();
}

const engine::RunState& FollowedRun::state() const {
    static const engine::RunState kNothing;
    if (m_arrays) return m_arrays->state();
    return m_follower ? m_follower->state() : kNothing;
}

engine::Result<bool> FollowedRun::read(engine::RunFiles& files) {
    if (m_request.is_null()) {
        // A folder with run.h5 alone has its request inside; RunArrays reads it there.
        if (const auto request = engine::readRequest(m_run))
            m_request = request->document();
        else if (!m_wantsArrays)
            return request.error();
    }
    if (!m_wantsArrays) {
        const bool first = !m_follower;
        if (first) m_follower.emplace(m_run);
        LATENT_TRY(const bool changed, m_follower->poll());
        return changed || first;
    }
    const bool first = !m_arrays;
    if (first) {
        LATENT_TRY(auto arrays, engine::figures::RunArrays::open(m_run, files));
        m_arrays = std::move(arrays);
        if (m_request.is_null()) {
            LATENT_TRY(const engine::Request request, m_arrays->reader().request());
            m_request = request.document();
        }
    }
    LATENT_TRY(const bool changed, m_arrays->refresh());
    return changed || first;
}

/// Whether anybody still works on it is asked once a second, and at once when the events tell of another state.
engine::Result<bool> FollowedRun::readStatus(Clock::time_point now) {
    const std::string seen = state().state + std::to_string(state().attempt);
    const bool leaving =
        m_status.alive && state().state != "running";  // it has said its last word and is about to go
    if (seen == m_stateSeen && now < m_nextStatus && !leaving) return false;
    LATENT_TRY(engine::RunStatus status, engine::runStatus(m_run, state()));
    m_stateSeen = seen;
    m_nextStatus = now + kStatusEvery;
    const bool changed = status.state != m_status.state || status.alive != m_status.alive ||
                         status.sentence != m_status.sentence || status.attempt != m_status.attempt ||
                         status.resumable != m_status.resumable;
    m_status = std::move(status);
    return changed;
}

bool FollowedRun::look(engine::RunFiles& files, Clock::time_point now) {
    auto changed = read(files);
    if (changed) {
        const auto status = readStatus(now);
        changed = status ? engine::Result<bool>(*changed || *status) : engine::Result<bool>(status.error());
    }
    if (!changed) {
        fail(changed.error().message, now);
        return m_isDirty;
    }
    if (!m_problem.empty()) {
        m_problem.clear();
        changed = true;
    }
    if (*changed) {
        m_changed = now;
        m_isDirty = true;
    }
    m_nextLook = now + pause();
    return m_isDirty;
}

void FollowedRun::fail(const std::string& sentence, Clock::time_point now) {
    if (sentence != m_problem) m_isDirty = true;
    m_problem = sentence;
    m_nextLook = now + kAfterProblem;
}

/// A tenth of the time since something changed: a run that ended an hour ago is looked at every ten seconds.
FollowedRun::Clock::duration FollowedRun::pause() const {
    if (m_status.alive || state().state == "running") return kTick;
    const Clock::duration quiet = Clock::now() - std::max(m_changed, m_poked);
    return std::clamp<Clock::duration>(quiet / 10, kTick, kLongestPause);
}

engine::Result<engine::figures::ArraySet> FollowedRun::readFor(
    const nlohmann::json& view, const engine::figures::Cursors& cursors,
    const engine::figures::ResolveOptions& options) {
    if (!m_arrays) return engine::failed("The run " + m_run.filename().string() + " has not been read yet.");
    return m_arrays->readFor(view, cursors, options);
}

/// An array of which nothing is in memory: cursors along it know how far they go.
std::shared_ptr<const engine::figures::LoadedArray> FollowedRun::outlineOf(
    const engine::PublishedArray& published) {
    const std::string& name = published.spec.name;
    const auto slabs = state().slabs.find(name);
    const engine::IntervalSet written = slabs == state().slabs.end() ? engine::IntervalSet() : slabs->second;
    const std::string version = m_arrays->versionOf(name);
    Outline& known = m_outlines[name];
    if (known.array && known.version == version && known.written == written && known.shape == published.shape)
        return known.array;
    auto outline = std::make_shared<engine::figures::LoadedArray>();
    outline->name = name;
    outline->dims = published.spec.dimNames();
    outline->values = {published.spec.dtype, engine::Shape(published.shape.size(), 0), {}};
    for (const std::uint64_t extent : published.shape) outline->window.push_back({0, extent});
    known = {version, written, published.shape, outline};
    return outline;
}

RunSnapshotPtr FollowedRun::snapshot() {
    m_isDirty = false;
    auto snapshot = std::make_shared<RunSnapshot>();
    snapshot->folder = m_run;
    snapshot->request = m_request;
    snapshot->state = state();
    snapshot->status = m_status;
    if (m_arrays) {
        snapshot->arrays = m_arrays->arrays();
        snapshot->views = engine::figures::allViews(m_arrays->views(), m_arrays->arrays(), m_request);
        for (const engine::PublishedArray& large : m_arrays->leftOut())
            snapshot->outlines.put(outlineOf(large));
    }
    snapshot->read = m_changed;
    snapshot->written = state().lastTime;
    snapshot->problem = m_problem;
    return snapshot;
}

}  // namespace latent::desktop

// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/host_job.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/jobs/boundary_arrays.hpp"
#include "engine/views/validate.hpp"
#include "latent/boundary.hpp"

namespace latent::engine {
namespace {

using boundary::guarded;
using boundary::send;
using namespace std::chrono_literals;

constexpr auto kPulse = 50ms;                      // control requests are seen within this time
constexpr double kLongestCheckpointPause_s = 600;  // however long a checkpoint takes

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string text(const abi::Text* t) { return std::string(abi::view(*t)); }

}  // namespace

HostJob::HostJob(RunWriter& writer, JobSettings settings)
    : m_writer(writer), m_settings(std::move(settings)), m_watch(m_settings.run, m_settings.attempt) {
    m_lastCheckpoint = seconds();
    m_pulse = std::thread([this] { pulse(); });
}

HostJob::~HostJob() {
    if (m_pulse.joinable()) finish();
}

JobEnd HostJob::finish() {
    {
        const std::scoped_lock lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_all();
    if (m_pulse.joinable()) m_pulse.join();
    JobEnd end;
    if (m_stopSeen) end.left = m_stop == 2 ? ControlAction::Stop : ControlAction::Pause;
    end.savedAfterStop = m_savedAfterStop;
    const std::scoped_lock lock(m_mutex);
    end.firstError = m_firstError;
    for (const ControlRequest& open : m_open)
        static_cast<void>(m_writer.events().control(
            open.number, controlActionName(open.action), end.left ? "done" : "ignored",
            end.left ? "" : "The run had come to its end by itself."));
    m_open.clear();
    return end;
}

void HostJob::pulse() {
    while (true) {
        readControls();
        if (const Status committed = m_writer.poll(); !committed) remember(committed.error());
        if (seconds() - m_lastCheckpoint >
            std::max(m_settings.checkpoint_interval_s, m_checkpointPause.load()))
            m_checkpointDue = true;
        std::unique_lock lock(m_mutex);
        if (m_wake.wait_for(lock, kPulse, [this] { return m_ending; })) return;
    }
}

void HostJob::readControls() {
    auto requests = m_watch.poll(m_writer.events());
    if (!requests) return;  // the folder cannot be read now; the next pulse tries again
    for (const ControlRequest& request : *requests) {
        {
            const std::scoped_lock lock(m_mutex);
            m_open.push_back(request);
        }
        if (request.action == ControlAction::Checkpoint) {
            m_checkpointDue = true;
            continue;
        }
        m_stop = request.action == ControlAction::Stop ? 2 : 1;
        if (m_settings.stopAsked) m_settings.stopAsked();
    }
}

/// Requests for a checkpoint are answered by the checkpoint; those to pause or stop by the end of run().
void HostJob::answerControls(bool checkpointed) {
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_open, [&](const ControlRequest& open) {
        if (!checkpointed || open.action != ControlAction::Checkpoint) return false;
        static_cast<void>(m_writer.events().control(open.number, controlActionName(open.action), "done"));
        return true;
    });
}

bool HostJob::remember(const Error& error) noexcept {
    const std::scoped_lock lock(m_mutex);
    if (m_firstError) return false;
    m_firstError = error;
    return true;
}

int32_t HostJob::report(const Status& status, abi::ISink* error) noexcept {
    if (status) return abi::kOk;
    // A request that makes no sense is the plugin's to handle; a disk that fails is the run's end.
    if (status.error().exit != Exit::BadRequest) remember(status.error());
    send(error, status.error().message);
    return abi::kError;
}

int32_t HostJob::environment(abi::ISink* json) noexcept {
    return guarded(nullptr, [&]() -> int32_t {
        send(json, m_settings.environment.dump());
        return abi::kOk;
    });
}

void HostJob::progress(uint64_t done, uint64_t total, const abi::Text* message) noexcept {
    guarded(nullptr, [&]() -> int32_t {
        const double fraction = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
        std::string words = std::to_string(done) + " of " + std::to_string(total);
        if (message && message->size > 0) words += " " + text(message);
        if (const Status status = m_writer.progress(fraction, words); !status) remember(status.error());
        return abi::kOk;
    });
}

void HostJob::log(int32_t level, const abi::Text* message) noexcept {
    guarded(nullptr, [&]() -> int32_t {
        static constexpr const char* kLevels[] = {"debug", "info", "warning", "error"};
        const double bytes = m_logBytes += static_cast<double>(message->size) + 32;
        if (bytes > m_settings.limits.log_mb * (1 << 20))
            m_settings.giveUp("The job wrote more than " +
                              std::to_string(static_cast<int>(m_settings.limits.log_mb)) +
                              " MB of log (limit log_mb) and was ended.");
        const char* name = kLevels[level >= 0 && level <= 3 ? level : 1];
        if (const Status status = m_writer.log(name, text(message)); !status) remember(status.error());
        return abi::kOk;
    });
}

void HostJob::metric(const abi::Text* name, int64_t step, double value) noexcept {
    guarded(nullptr, [&]() -> int32_t {
        const Status status = m_writer.metric(text(name), step, value);
        if (status) return abi::kOk;
        if (status.error().exit != Exit::BadRequest) {
            remember(status.error());
            return abi::kError;
        }
        // The SDK throws for such a name; a plugin that calls the boundary itself loses the curve, not the run.
        {
            const std::scoped_lock lock(m_mutex);
            if (std::exchange(m_metricRefused, true)) return abi::kError;
        }
        if (const Status said = m_writer.log("warning", status.error().message); !said)
            remember(said.error());
        return abi::kError;
    });
}

int32_t HostJob::publish(const abi::Text* name, const abi::Array* array, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        auto rows = borrow(*array, "the array '" + text(name) + "'");
        if (!rows) return report(rows.error(), error);
        return report(m_writer.publish(text(name), rows->view()), error);
    });
}

int32_t HostJob::create(const abi::Text* name, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t { return report(m_writer.createLarge(text(name)), error); });
}

int32_t HostJob::write(const abi::Text* name, const int64_t* offset, const abi::Array* slab,
                       abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        auto rows = borrow(*slab, "a slab of '" + text(name) + "'");
        if (!rows) return report(rows.error(), error);
        Shape start;
        for (int32_t axis = 0; axis < slab->ndim; ++axis) {
            if (offset[axis] < 0)
                return report(badRequest("A slab of '" + text(name) + "' starts before the array."), error);
            start.push_back(static_cast<std::uint64_t>(offset[axis]));
        }
        return report(m_writer.writeSlab(text(name), start, rows->view()), error);
    });
}

int32_t HostJob::figure(const abi::Text* viewJson, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        const auto view = nlohmann::json::parse(abi::view(*viewJson));
        const auto name = view.is_object() ? view.value("name", nlohmann::json()) : nlohmann::json();
        const std::string what =
            name.is_string() ? "The figure \"" + name.get<std::string>() + "\"" : "A figure";
        if (const Status valid = validateView(view, m_settings.outputs, what); !valid)
            return report(badRequest(valid.error().message), error);
        return report(m_writer.figure(view), error);
    });
}

int32_t HostJob::stopRequested() noexcept {
    const int32_t stop = m_stop;
    if (stop != 0) m_stopSeen = true;
    return stop;
}

int32_t HostJob::checkpointDue() noexcept { return m_checkpointDue ? 1 : 0; }

int32_t HostJob::checkpoint(int64_t step, const abi::Text* stateJson, const abi::NamedArray* arrays,
                            uint64_t count, int32_t keep, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        const nlohmann::json state{{"step", step}, {"values", nlohmann::json::parse(abi::view(*stateJson))}};
        std::vector<Borrowed> borrowed;
        std::vector<NamedArray> named;
        borrowed.reserve(static_cast<std::size_t>(count));
        for (uint64_t i = 0; i < count; ++i) {
            auto array = borrow(arrays[i].array, "the checkpoint array '" + text(&arrays[i].name) + "'");
            if (!array) return report(array.error(), error);
            borrowed.push_back(*std::move(array));
            named.push_back({text(&arrays[i].name), borrowed.back().view()});
        }
        const bool stopSeen = m_stopSeen;
        const double begin = seconds();
        auto name = m_writer.checkpoint(state, named, keep != 0);
        if (!name) return report(name.error(), error);
        if (stopSeen) m_savedAfterStop = true;
        m_checkpointDue = false;
        m_lastCheckpoint = seconds();
        if (m_settings.checkpoint_share > 0) {
            m_checkpointPause =
                std::min((m_lastCheckpoint - begin) / m_settings.checkpoint_share, kLongestCheckpointPause_s);
        }
        answerControls(true);
        return abi::kOk;
    });
}

int32_t HostJob::resumedState(abi::ISink* stateJson) noexcept {
    return guarded(nullptr, [&]() -> int32_t {
        const Checkpoint* checkpoint = m_writer.resumedFrom();
        if (!checkpoint) return abi::kNothing;
        send(stateJson, checkpoint->state->value("values", nlohmann::json::object()).dump());
        return abi::kOk;
    });
}

int32_t HostJob::resumedArray(const abi::Text* name, abi::Array* out, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        const Checkpoint* checkpoint = m_writer.resumedFrom();
        const Array* array = checkpoint ? checkpoint->array(text(name)) : nullptr;
        if (!array) return abi::kNothing;
        give(*array, out);
        return abi::kOk;
    });
}

int32_t HostJob::input(const abi::Text* parameter, abi::ISink* json, abi::ISink* error) noexcept {
    return guarded(error, [&]() -> int32_t {
        const auto found = m_settings.inputs.find(text(parameter));
        if (found == m_settings.inputs.end()) {
            send(error, "The parameter '" + text(parameter) + "' names no input of this run.");
            return abi::kError;
        }
        send(json, found->dump());
        return abi::kOk;
    });
}

abi::IRun1* HostJob::inputRun(const abi::Text* parameter, abi::ISink* error) noexcept {
    abi::IRun1* run = nullptr;
    guarded(error, [&]() -> int32_t {
        const auto found = m_settings.inputs.find(text(parameter));
        if (found == m_settings.inputs.end() || !found->contains("path")) {
            send(error, "The parameter '" + text(parameter) + "' names no run.");
            return abi::kError;
        }
        const std::filesystem::path folder(found->at("path").get<std::string>());
        auto set = HostRunSet::open({folder});
        if (!set) return report(set.error(), error);
        std::optional<std::uint64_t> cell;
        if (found->contains("cell")) cell = found->at("cell").get<std::uint64_t>();
        const auto one = (*set)->one(cell, "The run " + folder.string());
        if (!one) return report(one.error(), error);
        const std::scoped_lock lock(m_mutex);
        m_inputRuns.push_back(*std::move(set));
        run = *one;
        return abi::kOk;
    });
    return run;
}

}  // namespace latent::engine

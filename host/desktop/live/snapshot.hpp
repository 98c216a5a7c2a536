// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the reader thread knows of one run at one moment. Immutable, shared between threads.

#include <QMetaType>
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/figures/array_set.hpp"
#include "engine/jobs/run_status.hpp"
#include "engine/store/run_state.hpp"

namespace latent::desktop {

struct RunSnapshot {
    std::filesystem::path folder;
    /// request.json; null where it could not be read yet, as of a run that went to the trash.
    nlohmann::json request;
    engine::RunState state;
    engine::RunStatus status;
    engine::figures::ArraySet arrays;
    std::vector<nlohmann::json> views;  ///< all that the run has (engine/figures/run_views.hpp)
    engine::figures::ArraySet
        outlines;  ///< of arrays too large to be kept, without numbers: RunService::readFor
    std::chrono::steady_clock::time_point read;  ///< when something last changed, this process's clock
    double written = 0;                          ///< unix time of the newest event, the writer's clock
    std::string problem;  ///< a sentence when it cannot be read; the rest is the last good state

    bool isSweep() const { return request.is_object() && request.value("kind", "run") == "sweep"; }
    /// Empty where there is no request.
    nlohmann::json parameters() const {
        return request.is_object() ? request.value("parameters", nlohmann::json::object())
                                   : nlohmann::json::object();
    }
};
using RunSnapshotPtr = std::shared_ptr<const RunSnapshot>;

}  // namespace latent::desktop
Q_DECLARE_METATYPE(latent::desktop::RunSnapshotPtr)

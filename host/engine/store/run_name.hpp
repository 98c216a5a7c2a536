// SPDX-License-Identifier: Apache-2.0
#pragma once
// The name of a run and the exclusive making of its directory: 2026-11-23T081502-sim-theory-3f2a9c0b1e
// (UTC time, experiment with '-' for '/', 40 random bits). Any thread.
//
//     LATENT_TRY(auto run, createRunFolder(workspace / "runs", "sim/theory"));

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace latent::engine {

struct RunName {
    std::string time;        ///< 2026-11-23T081502, UTC
    std::string experiment;  ///< sim-theory
    std::string bits;        ///< ten hex digits

    static RunName make(std::string_view experiment, std::chrono::system_clock::time_point now);
    static std::optional<RunName> parse(std::string_view text);
    std::string text() const;
};

/// Makes the run's directory (and `runs` itself, and the folders inside), exclusively; its path.
Result<std::filesystem::path> createRunFolder(const std::filesystem::path& runs, std::string_view experiment);
/// The same at a path of the user's choice, which must not exist or must be empty.
Status createRunFolderAt(const std::filesystem::path& folder);

}  // namespace latent::engine

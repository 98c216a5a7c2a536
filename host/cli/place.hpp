// SPDX-License-Identifier: Apache-2.0
#pragma once
// Places that a person named for something to be written to.
//
//     LATENT_CHECK(checkPlace(out));          // before the report is computed, not after

#include <filesystem>

#include "engine/result.hpp"

namespace latent::cli {

/// Refused (exit 3) when no file can be written at `path`: it is a folder, or that above it does not exist, is not one, or
/// must not be written to by this user.
engine::Status checkPlace(const std::filesystem::path& path);
/// The same where `path` is to be a folder, made with those above it: one that is there is taken, anything else of that name
/// is not.
engine::Status checkFolderPlace(const std::filesystem::path& path);

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Places that a person named for something to be written to.
//
//     LATENT_CHECK(checkPlace(out));          // before the report is computed, not after

#include <filesystem>

#include "engine/result.hpp"

namespace latent::cli {

/// Refused (exit 3) when nothing can be made at `path`: the nearest folder above it that exists is not one, or must not be
/// written to by this user.
engine::Status checkPlace(const std::filesystem::path& path);

}  // namespace latent::cli

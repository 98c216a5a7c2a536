// SPDX-License-Identifier: Apache-2.0
#include "cli/place.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "engine/files/operations.hpp"

namespace latent::cli {

engine::Status checkPlace(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::absolute(path, ignored);
    std::filesystem::path folder =
        whole.has_filename() ? whole.parent_path() : whole.parent_path().parent_path();
    while (folder != folder.parent_path() && !std::filesystem::exists(folder, ignored))
        folder = folder.parent_path();
    const auto refusal = [&](int number) {
        return engine::refused("Cannot write " + path.string() + ": " + folder.string() + ": " +
                               engine::errorReason(number) + ".");
    };
    if (!std::filesystem::is_directory(folder, ignored)) return refusal(ENOTDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return refusal(errno);
    return engine::ok();
}

}  // namespace latent::cli

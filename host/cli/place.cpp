// SPDX-License-Identifier: Apache-2.0
#include "cli/place.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "engine/files/operations.hpp"

namespace latent::cli {

namespace {

engine::Status cannotWrite(const std::filesystem::path& path, const std::filesystem::path& because,
                           int number) {
    return engine::refused("Cannot write " + path.string() + ": " + because.string() + ": " +
                           engine::errorReason(number) + ".");
}

/// Whether `path` can be made in `folder`, or in the nearest one above it that exists.
engine::Status checkIn(std::filesystem::path folder, const std::filesystem::path& path) {
    std::error_code ignored;
    while (folder != folder.parent_path() && !std::filesystem::exists(folder, ignored))
        folder = folder.parent_path();
    if (!std::filesystem::is_directory(folder, ignored)) return cannotWrite(path, folder, ENOTDIR);
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return cannotWrite(path, folder, errno);
    return engine::ok();
}

}  // namespace

engine::Status checkPlace(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::absolute(path, ignored);
    if (!whole.has_filename() || std::filesystem::is_directory(whole, ignored))
        return cannotWrite(path, whole, EISDIR);
    LATENT_CHECK(checkIn(whole.parent_path(), path));
    if (!std::filesystem::exists(whole.parent_path(), ignored))
        return cannotWrite(path, whole.parent_path(), ENOENT);
    return engine::ok();
}

engine::Status checkFolderPlace(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::absolute(path, ignored);
    return checkIn(whole.has_filename() ? whole : whole.parent_path(), path);
}

}  // namespace latent::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lock file: written before a library is loaded for the first time, removed after. One that is left over names the
// plugin in which the last start died (it exhausted the machine, or took the parent along with its child).
//
// The holder keeps flock(2) on it, so that a program that still runs is not mistaken for a dead one. Made in
// <state>/locks/<id>.json; one thread at a time.
//
//     LATENT_TRY(LockFile lock, LockFile::hold(stateFolder(), {"walk", path, sha256}));   // gone with the object
//     for (const LockedPlugin& dead : takeLeftoverLocks(stateFolder())) quarantine.add(…);

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

struct LockedPlugin {
    std::string id;
    std::filesystem::path library;
    std::string sha256;
};

class LockFile {
  public:
    static Result<LockFile> hold(const std::filesystem::path& stateFolder, const LockedPlugin& plugin);

    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&&) = delete;
    LockFile(const LockFile&) = delete;
    ~LockFile();

  private:
    LockFile(int descriptor, std::filesystem::path file);
    int m_descriptor = -1;
    std::filesystem::path m_file;
};

/// What locks without a living holder name; they are removed on the way.
std::vector<LockedPlugin> takeLeftoverLocks(const std::filesystem::path& stateFolder);

}  // namespace latent::engine

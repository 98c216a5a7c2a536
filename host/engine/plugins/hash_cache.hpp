// SPDX-License-Identifier: Apache-2.0
#pragma once
// SHA-256 of libraries that were read before, so that a start does not read 100 MB again.
//
// A hash is known by path, device, inode, size, and the two times of the file in nanoseconds. A file that changed
// within the last `settle` is read and not remembered: the clock of a file system ticks more coarsely than writes
// happen. Only for deciding what to show and admit; a worker hashes again what it loads. One thread at a time.
//
//     HashCache hashes(cacheFolder() / "plugins" / "hashes.json");
//     LATENT_TRY(std::string sha256, hashes.of(file));
//     hashes.save();

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "engine/plugins/library_file.hpp"
#include "engine/result.hpp"

namespace latent::engine {

class HashCache {
  public:
    /// A missing or damaged file is an empty cache.
    explicit HashCache(std::filesystem::path file, std::chrono::milliseconds settle = std::chrono::seconds(2));

    Result<std::string> of(const LibraryFile& library);
    /// Writes if something was learnt. A cache that cannot be written is no error.
    void save();
    /// How many files of() had to read.
    int filesRead() const { return m_filesRead; }

  private:
    struct Known {
        FileIdentity identity;
        std::string sha256;
    };
    std::filesystem::path m_file;
    std::chrono::milliseconds m_settle;
    std::map<std::string, Known> m_known;
    bool m_changed = false;
    int m_filesRead = 0;
};

}  // namespace latent::engine

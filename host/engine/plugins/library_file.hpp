// SPDX-License-Identifier: Apache-2.0
#pragma once
// A plugin's library as a file: opened once, checked on the open descriptor, hashed, and later loaded from that same
// descriptor, so that nobody can swap it between the check and the load.
//
// Refused: links and special files, files or folders that someone other than root or the user owns or may change, and
// what is no shared library of this machine. A LibraryFile owns its descriptor; one thread at a time.
//
//     LATENT_TRY(LibraryFile file, LibraryFile::open("/home/me/.local/share/latent/plugins/walk.so"));
//     LATENT_TRY(std::string sha256, file.sha256());            // reads the whole file
//     LATENT_TRY(std::string known, hashCache.of(file));        // or does not, when it was read before

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/files/operations.hpp"
#include "engine/result.hpp"

namespace latent::engine {

/// What changes when a file's bytes change: enough to know a hash again without reading.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modifiedNs = 0;
    std::int64_t changedNs = 0;
    bool operator==(const FileIdentity&) const = default;
};

class LibraryFile {
  public:
    /// Opens and checks; no code of the library runs. Refusals are exit 3.
    static Result<LibraryFile> open(const std::filesystem::path& path);
    /// Takes over a descriptor that another process opened and checked (the admission child).
    static Result<LibraryFile> adopt(int descriptor, std::filesystem::path path);

    LibraryFile(LibraryFile&& other) noexcept;
    LibraryFile& operator=(LibraryFile&& other) noexcept;
    LibraryFile(const LibraryFile&) = delete;
    LibraryFile& operator=(const LibraryFile&) = delete;
    ~LibraryFile();

    const std::filesystem::path& path() const { return m_path; }
    int descriptor() const { return m_descriptor; }
    const FileIdentity& identity() const { return m_identity; }
    /// Of the bytes behind the descriptor, read now.
    Result<std::string> sha256() const;
    /// True when the library finds its dependencies relative to its own folder ($ORIGIN), so that it has to be loaded
    /// under its own path.
    Result<bool> usesOrigin() const;
    /// True when the path still leads to the file that is open here.
    bool stillAtPath() const;
    /// Gives the descriptor away: a loaded library keeps it for the life of the process.
    int take();

  private:
    LibraryFile(int descriptor, std::filesystem::path path, FileIdentity identity);
    int m_descriptor = -1;
    std::filesystem::path m_path;
    FileIdentity m_identity;
};

/// The sentence why other users could change this file or folder, or nothing.
Status checkOwnerAndMode(const std::filesystem::path& path);

}  // namespace latent::engine

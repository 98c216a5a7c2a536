// SPDX-License-Identifier: Apache-2.0
#pragma once
// File operations that either happen wholly or return a sentence with the path in it.
//
// All go through plain libc calls (open, write, pwrite, fsync, rename, link, mkdir, unlink, posix_fallocate),
// so that a test can make the n-th one fail or kill the process there. Interrupted calls are repeated, short
// writes continued. `writeNew` is how every file of a run comes to be: a temporary file in the same folder,
// write, fsync, rename, fsync of the folder; a reader sees the old file, the new one, or none, never a part.
// Functions are safe from any thread; a `File` belongs to one thread at a time. Paths are UTF-8.
//
//     LATENT_CHECK(writeNew(folder / "user.json", text));
//     LATENT_TRY(bool made, createExclusive(folder / "worker.json", text));  // false: somebody else was first
//     LATENT_TRY(auto bytes, readFile(folder / "request.json", kMaxRequestBytes));

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"

namespace latent::engine {

/// An open descriptor; closes it at the end.
class File {
  public:
    enum class Mode { Read, CreateExclusive, Append, ReadWrite };

    /// Errors name `shownAs` where it is given: a person knows nothing of temporary files.
    static Result<File> open(const std::filesystem::path& path, Mode mode, unsigned permissions = 0644,
                             const std::filesystem::path& shownAs = {});

    File() = default;
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    bool isOpen() const { return m_descriptor >= 0; }
    int descriptor() const { return m_descriptor; }
    const std::filesystem::path& path() const { return m_path; }

    /// Writes all bytes at the current end or position.
    Status write(std::string_view bytes);
    /// Writes all bytes at `offset`; the position stays.
    Status writeAt(std::uint64_t offset, std::string_view bytes);
    /// Reads at most `count` bytes at `offset`; fewer only at the end of the file.
    Result<std::string> readAt(std::uint64_t offset, std::uint64_t count) const;
    /// The same into memory of the caller; how many bytes there were.
    Result<std::size_t> readInto(std::uint64_t offset, char* bytes, std::size_t count) const;
    Result<std::uint64_t> size() const;
    /// Position after the last write (with Mode::Append: the end of what this descriptor wrote last).
    Result<std::uint64_t> position() const;
    /// Reserves disk space now, so that a full disk is met here and not later.
    Status allocate(std::uint64_t bytes);
    Status sync();
    /// Closes and reports what close reports; the destructor closes silently.
    Status close();

  private:
    File(int descriptor, std::filesystem::path path);
    int m_descriptor = -1;
    std::filesystem::path m_path;
};

/// A sentence for a failed call: "Cannot write runs/x/run.h5: no space is left on the disk." Exit 5 (Failed).
Error fileError(std::string_view verb, const std::filesystem::path& path, int errorNumber);

/// The reason alone: "no space is left on the disk".
std::string errorReason(int errorNumber);

/// The whole file. Refused (exit 3) when it is longer than `limit` or not a regular file.
Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t limit);

/// Puts a complete file in place, replacing one of that name.
Status writeNew(const std::filesystem::path& path, std::string_view bytes, unsigned permissions = 0644);
/// The same with bytes that `fill` writes piece by piece.
Status writeNew(const std::filesystem::path& path, const std::function<Status(File&)>& fill,
                unsigned permissions = 0644);
/// The second half of writeNew for a temporary file written by other means: fsync, rename, fsync of the
/// folder.
Status putInPlace(const std::filesystem::path& temporary, const std::filesystem::path& path);
/// A name for a temporary file beside `path` (".name.tmp-pid-n"); `isTemporaryName` knows such names again.
std::filesystem::path temporaryBeside(const std::filesystem::path& path);
bool isTemporaryName(std::string_view fileName);

/// Gives a finished file its name only if no file has it; false when one does. Afterwards only that name is left, or
/// none. An open and locked descriptor stays good. Refused (exit 3) where the file system offers no way to do it.
Result<bool> claimName(const std::filesystem::path& temporary, const std::filesystem::path& path);

/// Makes the complete file only if no file of that name exists; false when one does.
Result<bool> createExclusive(const std::filesystem::path& path, std::string_view bytes,
                             unsigned permissions = 0644);

/// Appends one line (the newline is added) in one write.
Status appendLine(const std::filesystem::path& path, std::string_view line);

/// Makes one folder; true when it was made, false when it existed. The parent is synced.
Result<bool> makeFolder(const std::filesystem::path& path, unsigned permissions = 0755);
/// Makes the folder and its missing parents.
Status makeFolders(const std::filesystem::path& path, unsigned permissions = 0755);
Status syncFolder(const std::filesystem::path& path);

/// Gives a file another name in the same folder.
Status renameFile(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes a file; one that is gone already is fine.
Status removeFile(const std::filesystem::path& path);
bool fileExists(const std::filesystem::path& path);
/// Plain file names in a folder, sorted; empty when the folder is missing. Refused above `limit` entries.
Result<std::vector<std::string>> listFolder(const std::filesystem::path& path, std::size_t limit = 1'000'000);

/// `count` bytes from the system's random source, as hex.
std::string randomHex(std::size_t count);

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/files/operations.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace latent::engine {
namespace {

std::filesystem::path parentOf(const std::filesystem::path& path) {
    const std::filesystem::path parent = path.parent_path();
    return parent.empty() ? std::filesystem::path(".") : parent;
}

/// Writes a whole new file and syncs it; nothing stays behind on failure.
Status writeTemporary(const std::filesystem::path& path, const std::filesystem::path& shownAs,
                      const std::function<Status(File&)>& fill, unsigned permissions) {
    LATENT_TRY(File file, File::open(path, File::Mode::CreateExclusive, permissions, shownAs));
    Status status = fill(file);
    if (status) status = file.sync();
    if (status) status = file.close();
    if (!status) ::unlink(path.c_str());
    return status;
}

}  // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t limit) {
    LATENT_TRY(const File file, File::open(path, File::Mode::Read));
    struct stat info {};
    if (::fstat(file.descriptor(), &info) != 0) return fileError("look at", path, errno);
    if (!S_ISREG(info.st_mode)) return refused(path.string() + " is not a regular file.");
    if (static_cast<std::uint64_t>(info.st_size) > limit) {
        return refused(path.string() + " is " + std::to_string(info.st_size) + " bytes long; at most " +
                       std::to_string(limit) + " are read.");
    }
    return file.readAt(0, limit);
}

Status putInPlace(const std::filesystem::path& temporary, const std::filesystem::path& path) {
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int number = errno;
        ::unlink(temporary.c_str());
        return fileError("write", path, number);
    }
    return syncFolder(parentOf(path));
}

std::filesystem::path temporaryBeside(const std::filesystem::path& path) {
    static std::atomic<unsigned> counter{0};
    return parentOf(path) / ("." + path.filename().string() + ".tmp-" + std::to_string(::getpid()) + "-" +
                             std::to_string(counter.fetch_add(1)) + "-" + randomHex(4));
}

bool isTemporaryName(std::string_view fileName) {
    return fileName.starts_with('.') && fileName.find(".tmp-") != std::string_view::npos;
}

Status writeNew(const std::filesystem::path& path, std::string_view bytes, unsigned permissions) {
    return writeNew(
        path, [bytes](File& file) { return file.write(bytes); }, permissions);
}

Status writeNew(const std::filesystem::path& path, const std::function<Status(File&)>& fill,
                unsigned permissions) {
    const std::filesystem::path temporary = temporaryBeside(path);
    if (Status status = writeTemporary(temporary, path, fill, permissions); !status) return status;
    return putInPlace(temporary, path);
}

Result<bool> createExclusive(const std::filesystem::path& path, std::string_view bytes,
                             unsigned permissions) {
    const std::filesystem::path temporary = temporaryBeside(path);
    if (Status status = writeTemporary(
            temporary, path, [bytes](File& file) { return file.write(bytes); }, permissions);
        !status)
        return status.error();
    return claimName(temporary, path);
}

Result<bool> claimName(const std::filesystem::path& temporary, const std::filesystem::path& path) {
    const auto isMissing = [](int number) {
        return number == EPERM || number == ENOSYS || number == EOPNOTSUPP || number == EINVAL;
    };
    int number = ::link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
    if (isMissing(number)) {
        // FAT, exFAT and some file systems of programs have no hard links; most of them rename without replacing.
        number = ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0
                     ? 0
                     : errno;
        if (isMissing(number)) {
            ::unlink(temporary.c_str());
            return refused(
                "Cannot make " + path.string() +
                ": its file system has no hard links, by which the workbench makes sure that one alone "
                "has a file. Use a folder on another file system.");
        }
    }
    ::unlink(temporary.c_str());
    if (number == EEXIST) return false;
    if (number != 0) return fileError("make", path, number);
    LATENT_CHECK(syncFolder(parentOf(path)));
    return true;
}

Status appendLine(const std::filesystem::path& path, std::string_view line) {
    LATENT_TRY(File file, File::open(path, File::Mode::Append));
    return file.write(std::string(line) + "\n");
}

Result<bool> makeFolder(const std::filesystem::path& path, unsigned permissions) {
    if (::mkdir(path.c_str(), static_cast<mode_t>(permissions)) != 0) {
        if (errno == EEXIST) return false;
        return fileError("make the folder", path, errno);
    }
    LATENT_CHECK(syncFolder(parentOf(path)));
    return true;
}

Status makeFolders(const std::filesystem::path& path, unsigned permissions) {
    if (path.empty()) return ok();
    std::error_code code;
    if (std::filesystem::is_directory(path, code)) return ok();
    if (path.has_parent_path() && path.parent_path() != path) {
        LATENT_CHECK(makeFolders(path.parent_path(), permissions));
    }
    if (path.filename().empty()) return ok();  // a path that ended in '/'
    LATENT_TRY(const bool made, makeFolder(path, permissions));
    if (!made && !std::filesystem::is_directory(path, code))
        return fileError("make the folder", path, ENOTDIR);
    return ok();
}

Status syncFolder(const std::filesystem::path& path) {
    int descriptor = -1;
    do {
        descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return fileError("open the folder", path, errno);
    int outcome = 0;
    do {
        outcome = ::fsync(descriptor);
    } while (outcome != 0 && errno == EINTR);
    const int number = errno;
    ::close(descriptor);
    // Some network file systems do not sync folders; they have no other way either.
    if (outcome != 0 && number != EINVAL) return fileError("write the folder", path, number);
    return ok();
}

Status renameFile(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return fileError("rename", from, errno);
    return syncFolder(parentOf(to));
}

Status removeFile(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fileError("remove", path, errno);
    return ok();
}

bool fileExists(const std::filesystem::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0;
}

Result<std::vector<std::string>> listFolder(const std::filesystem::path& path, std::size_t limit) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    if (!folder) {
        if (errno == ENOENT) return names;
        return fileError("list the folder", path, errno);
    }
    errno = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (names.size() >= limit) {
            return refused("The folder " + path.string() + " has more than " + std::to_string(limit) +
                           " entries.");
        }
        names.emplace_back(name);
        errno = 0;
    }
    if (errno != 0) return fileError("list the folder", path, errno);
    std::sort(names.begin(), names.end());
    return names;
}

std::string randomHex(std::size_t count) {
    std::string raw(count, '\0');
    std::size_t got = 0;
    while (got < count) {
        const ssize_t part = ::getrandom(raw.data() + got, count - got, 0);
        if (part > 0) got += static_cast<std::size_t>(part);
    }
    std::string hex;
    for (const char byte : raw) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(byte));
        hex += two;
    }
    return hex;
}

}  // namespace latent::engine

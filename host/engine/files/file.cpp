// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "engine/files/operations.hpp"

namespace latent::engine {

std::string errorReason(int errorNumber) {
    switch (errorNumber) {
        case ENOSPC:
            return "no space is left on the disk";
        case EDQUOT:
            return "the disk quota is used up";
        case EIO:
            return "the disk reports an input/output error";
        case EACCES:
        case EPERM:
            return "permission is denied";
        case EROFS:
            return "the file system is read-only";
        case ENOENT:
            return "it does not exist";
        case EEXIST:
            return "it exists already";
        case EISDIR:
            return "it is a folder";
        case ENOTDIR:
            return "a part of the path is not a folder";
        case EMFILE:
        case ENFILE:
            return "too many files are open";
        case ENAMETOOLONG:
            return "its name is too long";
        default:
            return std::generic_category().message(errorNumber);
    }
}

Error fileError(std::string_view verb, const std::filesystem::path& path, int errorNumber) {
    return failed("Cannot " + std::string(verb) + " " + path.string() + ": " + errorReason(errorNumber) +
                  ".");
}

Result<File> File::open(const std::filesystem::path& path, Mode mode, unsigned permissions,
                        const std::filesystem::path& shownAs) {
    const std::filesystem::path& name = shownAs.empty() ? path : shownAs;
    int flags = O_CLOEXEC;
    switch (mode) {
        case Mode::Read:
            flags |= O_RDONLY | O_NONBLOCK;
            break;  // a FIFO must not hold a reader up
        case Mode::CreateExclusive:
            flags |= O_RDWR | O_CREAT | O_EXCL;
            break;
        case Mode::Append:
            flags |= O_RDWR | O_CREAT | O_APPEND;
            break;
        case Mode::ReadWrite:
            flags |= O_RDWR;
            break;
    }
    int descriptor = -1;
    do {
        descriptor = ::open(path.c_str(), flags, static_cast<mode_t>(permissions));
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) {
        const int number = errno;
        return fileError(mode == Mode::CreateExclusive ? "make" : "open", name, number);
    }
    return File(descriptor, name);
}

File::File(int descriptor, std::filesystem::path path) : m_descriptor(descriptor), m_path(std::move(path)) {}

File::File(File&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_path(std::move(other.m_path)) {}

File& File::operator=(File&& other) noexcept {
    if (this != &other) {
        if (m_descriptor >= 0) ::close(m_descriptor);
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_path = std::move(other.m_path);
    }
    return *this;
}

File::~File() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Status File::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return fileError("write", m_path, errno);
        }
        if (written == 0) return fileError("write", m_path, ENOSPC);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ok();
}

Status File::writeAt(std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR) continue;
            return fileError("write", m_path, errno);
        }
        if (written == 0) return fileError("write", m_path, ENOSPC);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return ok();
}

Result<std::string> File::readAt(std::uint64_t offset, std::uint64_t count) const {
    // Grow with what is really there: a count from outside must not decide how much memory is taken.
    LATENT_TRY(const std::uint64_t length, size());
    const std::uint64_t available = offset < length ? length - offset : 0;
    std::string bytes(static_cast<std::size_t>(std::min(count, available)), '\0');
    LATENT_TRY(const std::size_t got, readInto(offset, bytes.data(), bytes.size()));
    bytes.resize(got);
    return bytes;
}

Result<std::size_t> File::readInto(std::uint64_t offset, char* bytes, std::size_t count) const {
    std::size_t got = 0;
    while (got < count) {
        const ssize_t part =
            ::pread(m_descriptor, bytes + got, count - got, static_cast<off_t>(offset + got));
        if (part < 0) {
            if (errno == EINTR) continue;
            return fileError("read", m_path, errno);
        }
        if (part == 0) break;
        got += static_cast<std::size_t>(part);
    }
    return got;
}

Result<std::uint64_t> File::size() const {
    struct stat info {};
    if (::fstat(m_descriptor, &info) != 0) return fileError("look at", m_path, errno);
    return static_cast<std::uint64_t>(info.st_size);
}

Result<std::uint64_t> File::position() const {
    const off_t place = ::lseek(m_descriptor, 0, SEEK_CUR);
    if (place < 0) return fileError("look at", m_path, errno);
    return static_cast<std::uint64_t>(place);
}

Status File::allocate(std::uint64_t bytes) {
    int number = 0;
    do {
        number = ::posix_fallocate(m_descriptor, 0, static_cast<off_t>(bytes));
    } while (number == EINTR);
    // Some file systems cannot reserve; there a full disk is met at the write instead.
    if (number != 0 && number != EOPNOTSUPP && number != EINVAL)
        return fileError("reserve space for", m_path, number);
    return ok();
}

Status File::sync() {
    int outcome = 0;
    do {
        outcome = ::fsync(m_descriptor);
    } while (outcome != 0 && errno == EINTR);
    if (outcome != 0) return fileError("write", m_path, errno);
    return ok();
}

Status File::close() {
    const int descriptor = std::exchange(m_descriptor, -1);
    // After EINTR the descriptor is closed on Linux; trying again could close somebody else's.
    if (descriptor >= 0 && ::close(descriptor) != 0 && errno != EINTR)
        return fileError("write", m_path, errno);
    return ok();
}

}  // namespace latent::engine

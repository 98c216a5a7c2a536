// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/library_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "engine/files/sha256.hpp"

namespace latent::engine {
namespace fs = std::filesystem;
namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
#error "Name the ELF machine of this platform here."
#endif

std::int64_t nanoseconds(const timespec& t) { return t.tv_sec * 1'000'000'000LL + t.tv_nsec; }

FileIdentity identityOf(const struct stat& s) {
    return {s.st_dev, s.st_ino, static_cast<std::uint64_t>(s.st_size), nanoseconds(s.st_mtim),
            nanoseconds(s.st_ctim)};
}

Status safeOwnerAndMode(const struct stat& s, const fs::path& path) {
    if (s.st_uid != 0 && s.st_uid != ::geteuid())
        return refused(path.string() +
                       " belongs to another user, who could change it; copy it to a folder of your own.");
    if (s.st_mode & (S_IWGRP | S_IWOTH)) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(s.st_mode & 07777));
        return refused(path.string() + " can be changed by other users (mode " + mode +
                       "); run \"chmod go-w " + path.string() + "\".");
    }
    return ok();
}

Status checkElf(int descriptor, const fs::path& path) {
    Elf64_Ehdr head{};
    const ssize_t got = ::pread(descriptor, &head, sizeof head, 0);
    if (got < static_cast<ssize_t>(sizeof head) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return refused(path.string() + " is not a shared library (it does not begin as an ELF file).");
    if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_machine != kMachine)
        return refused(path.string() + " was built for another kind of machine.");
    if (head.e_type != ET_DYN) return refused(path.string() + " is an ELF file, but not a shared library.");
    return ok();
}

/// Calls `piece` with the file's bytes in order.
Status readPieces(int descriptor, const fs::path& path, const std::function<void(std::string_view)>& piece) {
    std::vector<char> buffer(1u << 20);
    off_t offset = 0;
    for (;;) {
        const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fileError("read", path, errno);
        if (got == 0) return ok();
        piece({buffer.data(), static_cast<std::size_t>(got)});
        offset += got;
    }
}

}  // namespace

Status checkOwnerAndMode(const fs::path& path) {
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0) return fileError("read", path, errno);
    return safeOwnerAndMode(s, path);
}

Result<LibraryFile> LibraryFile::open(const fs::path& path) {
    // A fifo would block without O_NONBLOCK; a link is met by O_NOFOLLOW.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ELOOP)
            return refused(path.string() +
                           " is a link; put the library itself there, or search its own folder.");
        return fileError("read", path, errno);
    }
    LATENT_TRY(LibraryFile file, adopt(descriptor, path));
    struct stat s {};
    if (::fstat(descriptor, &s) != 0) return fileError("read", path, errno);
    LATENT_CHECK(safeOwnerAndMode(s, path));
    LATENT_CHECK(checkOwnerAndMode(path.parent_path()));
    LATENT_CHECK(checkElf(descriptor, path));
    return file;
}

Result<LibraryFile> LibraryFile::adopt(int descriptor, fs::path path) {
    struct stat s {};
    const bool known = ::fstat(descriptor, &s) == 0;
    LibraryFile file(descriptor, std::move(path), identityOf(s));
    if (!known) return fileError("read", file.path(), errno);
    if (!S_ISREG(s.st_mode)) return refused(file.path().string() + " is not a regular file.");
    return file;
}

LibraryFile::LibraryFile(int descriptor, fs::path path, FileIdentity identity)
    : m_descriptor(descriptor), m_path(std::move(path)), m_identity(identity) {}

LibraryFile::LibraryFile(LibraryFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_path(std::move(other.m_path)),
      m_identity(other.m_identity) {}

LibraryFile& LibraryFile::operator=(LibraryFile&& other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_path, other.m_path);
    std::swap(m_identity, other.m_identity);
    return *this;
}

LibraryFile::~LibraryFile() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Result<std::string> LibraryFile::sha256() const {
    Sha256 hash;
    LATENT_CHECK(readPieces(m_descriptor, m_path, [&](std::string_view bytes) { hash.update(bytes); }));
    return hash.hex();
}

Result<bool> LibraryFile::usesOrigin() const {
    bool found = false;
    std::string tail;  // of the piece before: the word may lie across the border
    LATENT_CHECK(readPieces(m_descriptor, m_path, [&](std::string_view bytes) {
        tail += bytes.substr(0, 16);
        for (const std::string_view word : {"$ORIGIN", "${ORIGIN}"})
            found =
                found || tail.find(word) != std::string::npos || bytes.find(word) != std::string_view::npos;
        tail = bytes.substr(bytes.size() < 16 ? 0 : bytes.size() - 16);
    }));
    return found;
}

bool LibraryFile::stillAtPath() const {
    struct stat s {};
    return ::lstat(m_path.c_str(), &s) == 0 && identityOf(s) == m_identity;
}

int LibraryFile::take() { return std::exchange(m_descriptor, -1); }

}  // namespace latent::engine

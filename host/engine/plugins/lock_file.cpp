// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/files/operations.hpp"
#include "engine/files/sha256.hpp"
#include "engine/json/bounded.hpp"

namespace latent::engine {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
constexpr std::size_t kMaxLockBytes = 64u << 10;

fs::path lockFolder(const fs::path& stateFolder) { return stateFolder / "locks"; }

std::optional<LockedPlugin> readLock(const fs::path& file) {
    const Result<std::string> bytes = readFile(file, kMaxLockBytes);
    if (!bytes) return std::nullopt;
    const Result<json> value = parseJson(*bytes, "The lock file " + file.string());
    if (!value) return std::nullopt;
    try {
        LockedPlugin plugin{value->at("id"), value->at("path").get<std::string>(), value->at("sha256")};
        if (isSha256Hex(plugin.sha256)) return plugin;
    } catch (const json::exception&) {  // not one of ours, or torn by the death it tells of
    }
    return std::nullopt;
}

}  // namespace

Result<LockFile> LockFile::hold(const fs::path& stateFolder, const LockedPlugin& plugin) {
    const fs::path folder = lockFolder(stateFolder);
    LATENT_CHECK(makeFolders(folder, 0700));
    // One name per holder: two programs may try the same new plugin at once.
    const fs::path file = folder / (plugin.id + "-" + std::to_string(::getpid()) + ".json");
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return fileError("write", file, errno);
    LockFile lock(descriptor, file);
    while (::flock(descriptor, LOCK_EX) != 0)
        if (errno != EINTR) return fileError("lock", file, errno);
    const std::string text =
        json{{"id", plugin.id}, {"path", plugin.library.string()}, {"sha256", plugin.sha256}}.dump(
            -1, ' ', false, json::error_handler_t::replace);
    const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
    if (written != static_cast<ssize_t>(text.size()))
        return fileError("write", file, written < 0 ? errno : ENOSPC);
    return lock;
}

LockFile::LockFile(int descriptor, fs::path file) : m_descriptor(descriptor), m_file(std::move(file)) {}

LockFile::LockFile(LockFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_file(std::move(other.m_file)) {}

LockFile::~LockFile() {
    if (m_descriptor < 0) return;
    ::unlink(m_file.c_str());  // before the lock is free, so that nobody takes it for a leftover
    ::close(m_descriptor);
}

std::vector<LockedPlugin> takeLeftoverLocks(const fs::path& stateFolder) {
    std::vector<LockedPlugin> dead;
    const fs::path folder = lockFolder(stateFolder);
    const Result<std::vector<std::string>> names = listFolder(folder, 10'000);
    if (!names) return dead;
    for (const std::string& name : *names) {
        if (!name.ends_with(".json")) continue;
        const fs::path file = folder / name;
        const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (descriptor < 0) continue;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
            if (auto plugin = readLock(file)) dead.push_back(*std::move(plugin));
            ::unlink(file.c_str());
        }
        ::close(descriptor);
    }
    return dead;
}

}  // namespace latent::engine

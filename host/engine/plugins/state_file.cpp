// SPDX-License-Identifier: Apache-2.0
#include "engine/plugins/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/files/operations.hpp"
#include "engine/json/bounded.hpp"
#include "engine/plugins/library_file.hpp"

namespace latent::engine {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
constexpr std::size_t kMaxStateBytes = 4u << 20;

Result<json> readObject(const fs::path& file) {
    LATENT_CHECK(checkOwnerAndMode(file));
    LATENT_TRY(const std::string bytes, readFile(file, kMaxStateBytes));
    LATENT_TRY(json value, parseJson(bytes, "The file " + file.string()));
    if (!value.is_object()) return refused("The file " + file.string() + " does not hold a JSON object.");
    return value;
}

/// flock on a file that is never removed or replaced.
class ChangeLock {
  public:
    explicit ChangeLock(const fs::path& file)
        : m_descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        while (m_descriptor >= 0 && ::flock(m_descriptor, LOCK_EX) != 0 && errno == EINTR) {}
    }
    ChangeLock(const ChangeLock&) = delete;
    ChangeLock& operator=(const ChangeLock&) = delete;
    ~ChangeLock() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }

  private:
    int m_descriptor;
};

/// False only where that is sure: what cannot be looked at may be there.
bool mayExist(const fs::path& file) {
    struct stat s {};
    return ::lstat(file.c_str(), &s) == 0 || errno != ENOENT;
}

}  // namespace

Result<json> StateFile::readForChange(std::vector<std::string>& messages) const {
    if (!mayExist(m_file)) return json::object();
    Result<json> value = readObject(m_file);
    // A read that failed (no descriptor left, a fault of the disk) says nothing about what the file holds: it stays.
    if (value || value.error().exit != Exit::RefusedInput) return value;

    const fs::path aside = m_file.string() + ".damaged-" + std::to_string(std::time(nullptr));
    std::error_code error;
    fs::rename(m_file, aside, error);
    messages.push_back(value.error().message +
                       (error ? " It is not used." : " It was set aside as " + aside.filename().string() + "."));
    return json::object();
}

json StateFile::read(std::vector<std::string>& messages) const {
    Result<json> value = readForChange(messages);
    if (value) return *std::move(value);
    messages.push_back(value.error().message + " What it says is not known now.");
    return json::object();
}

Status StateFile::change(const std::function<void(json&)>& edit, std::vector<std::string>& messages) const {
    LATENT_CHECK(makeFolders(m_file.parent_path(), 0700));
    const ChangeLock lock(m_file.string() + ".lock");
    LATENT_TRY(json value, readForChange(messages));
    edit(value);
    // The path of a library need not be UTF-8; it is kept for people, and its hash counts.
    return writeNew(m_file, value.dump(1, ' ', false, json::error_handler_t::replace) + "\n", 0600);
}

}  // namespace latent::engine

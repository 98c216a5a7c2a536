// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/runs/run_notes.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

namespace latent::desktop {
namespace {

/// Held while it lives. Where the file system knows no locks, the change is made without one: better than not at all.
class FolderLock {
  public:
    explicit FolderLock(const std::filesystem::path& folder)
        : m_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (m_descriptor >= 0) ::flock(m_descriptor, LOCK_EX);
    }
    ~FolderLock() {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

  private:
    int m_descriptor;
};

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\n");
    return first == std::string::npos ? std::string()
                                      : text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

}  // namespace

engine::Result<RunNotes> readNotes(const std::filesystem::path& run) { return engine::readUserNotes(run); }

engine::Status writeNotes(const std::filesystem::path& run, const RunNotes& notes) {
    return changeNotes(run, [&](RunNotes& kept) { kept = notes; });
}

engine::Status changeNotes(const std::filesystem::path& run, const std::function<void(RunNotes&)>& change) {
    const FolderLock lock(run);
    LATENT_TRY(RunNotes notes, engine::readUserNotes(run));
    change(notes);
    return engine::writeUserNotes(run, notes);
}

std::vector<std::string> tagsIn(const std::string& typed) {
    std::vector<std::string> tags;
    for (std::size_t start = 0; start <= typed.size();) {
        const std::size_t end = std::min(typed.find(',', start), typed.size());
        const std::string tag = trimmed(typed.substr(start, end - start));
        if (!tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
        start = end + 1;
    }
    return tags;
}

}  // namespace latent::desktop

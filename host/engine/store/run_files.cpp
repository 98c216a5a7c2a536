// SPDX-License-Identifier: Apache-2.0
#include "engine/store/run_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <utility>

#include "engine/files/folders.hpp"
#include "engine/files/operations.hpp"

namespace latent::engine {
namespace {

constexpr std::size_t kOpenFiles = 16;
constexpr std::uint64_t kImageBytes =
    16u << 20;  ///< up to here a file is read once, checked and opened in memory
constexpr std::string_view kGone = ": it does not exist.";

}  // namespace

/// Tells one state of a file from another without reading it.
struct OpenedFile {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const OpenedFile&) const = default;
};

namespace {

Result<OpenedFile> identify(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return fileError("open", path, errno);
    return OpenedFile{static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino),
                      static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

Status judge(const SealReport& report, const std::filesystem::path& path, std::string_view sha256) {
    if (report.state == Sealed::Broken)
        return refused(path.string() + " is damaged: its content does not fit its seal.");
    if (sha256.empty()) return ok();
    if (report.state == Sealed::None)
        return refused(path.string() + " is damaged: its end, with the seal, is missing.");
    if (report.sha256 != sha256)
        return refused(path.string() + " is not the file that the run's account names.");
    return ok();
}

}  // namespace

struct RunFiles::State {
    struct Open {
        std::filesystem::path path;
        OpenedFile identity;
        std::string sha256;
        bool foreign = false;
        bool isSlab = false;
        std::unique_ptr<h5::Source> source;
    };
    SealKey key;
    ReaderChildOptions child;
    std::list<Open> open;  ///< the newest first
    bool lastWasForeign = false;

    Result<Open> load(const std::filesystem::path& path, const OpenedFile& identity,
                      std::string_view sha256) {
        Open entry{path, identity, {}, false, false, nullptr};
        SealReport report;
        std::string bytes;
        if (identity.size <= kImageBytes) {
            LATENT_TRY(bytes, readFile(path, kImageBytes));
            report = checkSealBytes(bytes, key);
        }
        // Large arrays have the other form of seal, which only the file itself shows.
        if (report.state == Sealed::None) {
            bytes.clear();
            LATENT_TRY(report, checkSeal(path, key));
        }
        LATENT_CHECK(judge(report, path, sha256));
        entry.sha256 = report.sha256;
        entry.isSlab = report.slab;
        entry.foreign = report.state != Sealed::Ours;
        if (entry.foreign) {
            LATENT_TRY(entry.source, openInChild(path, child));
        } else {
            // What our seal covers was written by this engine, so that an array takes no more memory than the file has
            // bytes: one array above the limit of a read is read like the others. The slabs of a large array may be holes.
            h5::Limits limits = child.limits;
            if (!report.slab) limits.readBytes = std::max(limits.readBytes, identity.size);
            auto source =
                bytes.empty() ? h5::openReader(path, limits) : h5::openReader(bytes, path.string(), limits);
            LATENT_TRY(entry.source, std::move(source));
        }
        return entry;
    }
};

Result<RunFiles> RunFiles::make() {
    LATENT_TRY(SealKey key, SealKey::load(stateFolder()));
    return RunFiles(std::move(key), {});
}

RunFiles::RunFiles(SealKey key, ReaderChildOptions child)
    : m_state(new State{std::move(key), std::move(child), {}, false}) {}
RunFiles::RunFiles(RunFiles&&) noexcept = default;
RunFiles& RunFiles::operator=(RunFiles&&) noexcept = default;
RunFiles::~RunFiles() = default;

const SealKey& RunFiles::key() const { return m_state->key; }
bool RunFiles::lastWasForeign() const { return m_state->lastWasForeign; }

Result<h5::Source*> RunFiles::open(const std::filesystem::path& path, std::string_view sha256) {
    LATENT_TRY(const OpenedFile identity, identify(path));
    auto& open = m_state->open;
    const auto found =
        std::find_if(open.begin(), open.end(), [&](const State::Open& entry) { return entry.path == path; });
    if (found != open.end()) {
        // The slabs of a large array change under the same structure: there the times do not count.
        OpenedFile timeless = found->identity;
        timeless.seconds = identity.seconds;
        timeless.nanoseconds = identity.nanoseconds;
        const bool same = found->identity == identity || (found->isSlab && timeless == identity);
        if (same && (sha256.empty() || sha256 == found->sha256)) {
            m_state->lastWasForeign = found->foreign;
            open.splice(open.begin(), open, found);
            return open.front().source.get();
        }
        open.erase(found);
    }
    LATENT_TRY(State::Open entry, m_state->load(path, identity, sha256));
    m_state->lastWasForeign = entry.foreign;
    open.push_front(std::move(entry));
    if (open.size() > kOpenFiles) open.pop_back();
    return open.front().source.get();
}

Result<SealReport> RunFiles::verify(const std::filesystem::path& path, std::string_view sha256) {
    LATENT_TRY(SealReport report, checkSeal(path, m_state->key));
    LATENT_CHECK(judge(report, path, sha256));
    return report;
}

Result<std::string> RunFiles::damageOf(const std::filesystem::path& path, std::string_view sha256,
                                       bool slab) {
    const auto report = checkSeal(path, m_state->key);
    if (!report && isGone(report.error())) return report.error().message;
    if (!report) return report.error();
    if (const Status sound = judge(*report, path, sha256); !sound) return sound.error().message;
    if (report->state == Sealed::None)
        return path.string() + " is damaged: its end, with the seal, is missing.";
    if (report->slab != slab) return path.string() + (slab ? " is no" : " is a") + " large array.";
    return std::string();
}

void RunFiles::forget(const std::filesystem::path& path) {
    m_state->open.remove_if([&](const State::Open& entry) { return entry.path == path; });
}

bool isGone(const Error& error) { return error.message.ends_with(kGone); }

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/store/lease.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "engine/json/bounded.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

using nlohmann::json;

std::string hostName() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

/// Tells two machines of one name apart, where the system has an identity.
std::string machineId() {
    const auto text = readFile("/etc/machine-id", 4096);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

std::optional<int> attemptOf(const std::string& fileName) {
    if (fileName == "worker.json") return 1;
    if (!fileName.starts_with("worker-") || !fileName.ends_with(".json")) return std::nullopt;
    const std::string digits = fileName.substr(7, fileName.size() - 12);
    int attempt = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), attempt);
    if (code != std::errc() || end != digits.data() + digits.size() || attempt < 2) return std::nullopt;
    return attempt;
}

Result<int> newestAttempt(const std::filesystem::path& run) {
    LATENT_TRY(const std::vector<std::string> names, listFolder(run));
    int newest = 0;
    for (const std::string& name : names) newest = std::max(newest, attemptOf(name).value_or(0));
    return newest;
}

bool isLocked(int descriptor) {
    int outcome = 0;
    do {
        outcome = ::flock(descriptor, LOCK_SH | LOCK_NB);
    } while (outcome != 0 && errno == EINTR);
    if (outcome == 0) {
        ::flock(descriptor, LOCK_UN);
        return false;
    }
    return errno == EWOULDBLOCK;
}

Error taken(const std::filesystem::path& run, const LeaseProbe& probe) {
    return refused("The run " + run.string() + " is being computed by process " + std::to_string(probe.pid) +
                   " on " + probe.host + " (attempt " + std::to_string(probe.attempt) +
                   "). Wait for it, or pause it first.");
}

}  // namespace

Result<LeaseProbe> probeLease(const std::filesystem::path& run) {
    LeaseProbe probe;
    LATENT_TRY(probe.attempt, newestAttempt(run));
    if (probe.attempt == 0) return probe;
    const auto path = layout::lease(run, probe.attempt);
    LATENT_TRY(const std::string text, readFile(path, kMaxLeaseBytes));
    LATENT_TRY(const json value, parseJson(text, "The lease " + path.string(), {.bytes = kMaxLeaseBytes}));
    const auto field = [&](const char* key) { return value.is_object() ? value.value(key, json()) : json(); };
    if (!field("host").is_string() || !field("pid").is_number_integer()) {
        return refused("The lease " + path.string() + " does not say which process holds it.");
    }
    probe.host = field("host").get<std::string>();
    probe.pid = field("pid").get<std::int64_t>();
    if (field("t").is_number()) probe.since = field("t").get<double>();
    const bool here = probe.host == hostName() && field("machine") == json(machineId());
    if (!here) {
        probe.liveness = Liveness::Elsewhere;
        return probe;
    }
    LATENT_TRY(const File file, File::open(path, File::Mode::Read));
    probe.liveness = isLocked(file.descriptor()) ? Liveness::Alive : Liveness::Dead;
    return probe;
}

Result<Lease> Lease::take(const std::filesystem::path& run, bool despiteElsewhere) {
    LATENT_TRY(const LeaseProbe probe, probeLease(run));
    if (probe.liveness == Liveness::Alive) return taken(run, probe);
    if (probe.liveness == Liveness::Elsewhere && !despiteElsewhere) {
        return refused(
            "The run " + run.string() + " was last computed on " + probe.host +
            ", and this computer cannot see whether it still is. Resume it there, or say that it is lost.");
    }
    const int attempt = probe.attempt + 1;
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const json value{{"attempt", attempt},
                     {"host", hostName()},
                     {"machine", machineId()},
                     {"pid", ::getpid()},
                     {"t", now}};
    const auto path = layout::lease(run, attempt);
    const auto temporary = temporaryBeside(path);
    LATENT_TRY(File file, File::open(temporary, File::Mode::CreateExclusive));
    // Locked before it has its name: nobody can find it unlocked.
    Status status =
        ::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0 ? ok() : Status(fileError("lock", path, errno));
    if (status) status = file.write(value.dump() + "\n");
    if (status) status = file.sync();
    if (!status) {
        ::unlink(temporary.c_str());
        return status.error();
    }
    LATENT_TRY(const bool first, claimName(temporary, path));
    if (!first) {
        LATENT_TRY(const LeaseProbe winner, probeLease(run));
        return taken(run, winner);
    }
    return Lease(std::move(file), attempt);
}

}  // namespace latent::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/provenance.hpp"

#include <H5public.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/files/sha256.hpp"
#include "latent/version.hpp"

namespace latent::engine {
namespace {

std::string firstLineOf(const char* command) {
    std::FILE* pipe = popen(command, "re");
    if (!pipe) return {};
    std::array<char, 512> buffer{};
    std::string line;
    if (std::fgets(buffer.data(), buffer.size(), pipe)) line = buffer.data();
    while (std::fgets(buffer.data(), buffer.size(), pipe)) {
    }
    pclose(pipe);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return line;
}

/// Commit and whether files differ from it, of the folder that the run was started in: the user's own study.
nlohmann::json gitState() {
    const std::string commit = firstLineOf("git rev-parse HEAD 2>/dev/null");
    if (commit.size() < 40) return nullptr;
    return {{"commit", commit}, {"dirty", !firstLineOf("git status --porcelain 2>/dev/null").empty()}};
}

std::string processorName() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string isoTime() {
    char text[32];
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

/// Whether both were made with the same, whenever that was.
bool isLike(nlohmann::json before, nlohmann::json now) {
    if (!before.is_object()) return false;
    for (const char* key : {"time", "attempt", "later_attempts"}) before.erase(key), now.erase(key);
    return before == now;
}

}  // namespace

std::string programVersion() { return LATENT_SDK_VERSION; }

std::string instructionSet() {
#if defined(__x86_64__)
    std::string set = "x86-64";
    if (__builtin_cpu_supports("avx2")) set += " avx2";
    if (__builtin_cpu_supports("fma")) set += " fma";
    if (__builtin_cpu_supports("avx512f")) set += " avx512f";
    if (__builtin_cpu_supports("amx-bf16")) set += " amx-bf16";
    return set;
#else
    utsname system{};
    uname(&system);
    return system.machine;
#endif
}

nlohmann::json currentProvenance(const Request& request, const nlohmann::json& plugin) {
    utsname system{};
    uname(&system);
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    const nlohmann::json& document = request.document();
    nlohmann::json inputs = nlohmann::json::object();
    const nlohmann::json given = document.value("inputs", nlohmann::json::object());
    for (const auto& [name, input] : given.items()) {
        const char* stamp = input.contains("sampled_sha256") ? "sampled_sha256" : "sha256";
        inputs[name] = {{"path", input.value("path", "")}, {stamp, input.value(stamp, "")}};
    }
    return {{"time", isoTime()},
            {"program",
             {{"version", programVersion()}, {"compiler", __VERSION__}, {"toolchain", LATENT_TOOLCHAIN}}},
            {"plugin", plugin.empty() ? request.plugin() : plugin},
            {"hdf5", std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release)},
            {"machine",
             {{"host", system.nodename},
              {"system", std::string(system.sysname) + " " + system.release},
              {"processor", processorName()},
              {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
              {"instruction_set", instructionSet()}}},
            {"threads", request.threads()},
            {"device", request.device()},
            {"deterministic", document.value("deterministic", true)},
            {"folder", std::filesystem::current_path().string()},
            {"git", gitState()},
            {"inputs", inputs}};
}

std::vector<std::string> differencesThatMatter(const nlohmann::json& before, const nlohmann::json& now) {
    static const std::pair<const char*, const char*> kMatters[] = {
        {"/plugin/sha256", "the plugin's binary"},
        {"/plugin/torch_version", "the LibTorch version"},
        {"/plugin/part_sha256", "the plugin's LibTorch part"},
        {"/machine/instruction_set", "the instruction set"},
        {"/threads", "the number of threads"},
        {"/device", "the device"},
        {"/deterministic", "the deterministic setting"}};
    std::vector<std::string> found;
    for (const auto& [pointer, what] : kMatters) {
        const nlohmann::json::json_pointer at(pointer);
        const nlohmann::json a = before.contains(at) ? before.at(at) : nlohmann::json();
        const nlohmann::json b = now.contains(at) ? now.at(at) : nlohmann::json();
        if (a != b)
            found.push_back(std::string("Since the first attempt ") + what + " has changed from " + a.dump() +
                            " to " + b.dump() +
                            ": the result may differ in its last bits from an uninterrupted run.");
    }
    return found;
}

Status recordProvenance(const std::filesystem::path& run, AttemptBegun attempt, const Request& request,
                        const nlohmann::json& plugin, EventLog& events) {
    const nlohmann::json now = currentProvenance(request, plugin);
    LATENT_TRY(nlohmann::json before, readProvenance(run));
    if (before.empty() || !attempt.goesOn) return writeProvenance(run, now);
    for (const std::string& sentence : differencesThatMatter(before, now))
        static_cast<void>(events.log("warning", sentence));
    auto written = events.append({{"type", "provenance"}, {"attempt", attempt.number}, {"provenance", now}});
    if (!written) return written.error();
    nlohmann::json& later = before["later_attempts"];
    if (!later.is_array()) later = nlohmann::json::array();
    // Those of a chain of kills are alike but for their time; the events have each of them.
    if (isLike(later.empty() ? before : later.back(), now)) return ok();
    later.push_back(now);
    later.back()["attempt"] = attempt.number;
    return writeProvenance(run, before);
}

}  // namespace latent::engine

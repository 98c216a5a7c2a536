// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/limits.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace latent::engine {
namespace {

constexpr double kMegabyte = 1 << 20;

double megabytes(double pages) { return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte; }

/// The number in a file of the kernel; "max" and what cannot be read are no limit.
double limitIn_mb(const std::filesystem::path& file) {
    std::ifstream in(file);
    double bytes = 0;
    return in >> bytes ? bytes / kMegabyte : std::numeric_limits<double>::infinity();
}

}  // namespace

double groupMemory_mb(const std::filesystem::path& membership, const std::filesystem::path& root) {
    double least = std::numeric_limits<double>::infinity();
    std::ifstream groups(membership);
    for (std::string line; std::getline(groups, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool isFirstVersion = controllers == "memory";
        if (!isFirstVersion && !controllers.empty()) continue;
        const std::filesystem::path top = isFirstVersion ? root / "memory" : root;
        const char* name = isFirstVersion ? "memory.limit_in_bytes" : "memory.max";
        // Each group above limits, too.
        std::filesystem::path group = std::filesystem::path(line.substr(second + 1)).relative_path();
        while (true) {
            least = std::min(least, limitIn_mb(top / group / name));
            if (group.empty()) break;
            group = group.parent_path();
        }
    }
    return least;
}

Limits Limits::of(const nlohmann::json& request) {
    Limits limits;
    limits.memory_mb =
        0.8 * std::min(megabytes(static_cast<double>(sysconf(_SC_PHYS_PAGES))), groupMemory_mb());
    const auto given = request.find("limits");
    if (given == request.end() || !given->is_object()) return limits;
    const auto take = [&](const char* name, double& value) {
        const auto found = given->find(name);
        if (found != given->end() && found->is_number() && found->get<double>() > 0)
            value = found->get<double>();
    };
    take("memory_mb", limits.memory_mb);
    take("time_s", limits.time_s);
    take("log_mb", limits.log_mb);
    take("stop_grace_s", limits.stop_grace_s);
    return limits;
}

double residentMegabytes(pid_t process) {
    const std::string path = "/proc/" + std::to_string(process) + "/statm";
    std::FILE* file = std::fopen(path.c_str(), "re");
    if (!file) return 0;
    double total = 0, resident = 0;
    const int fields = std::fscanf(file, "%lf %lf", &total, &resident);
    std::fclose(file);
    return fields == 2 ? megabytes(resident) : 0;
}

}  // namespace latent::engine

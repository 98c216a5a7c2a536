// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/limits.hpp"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace latent::engine {
namespace {

double megabytes(double pages) { return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20); }

}  // namespace

Limits Limits::of(const nlohmann::json& request) {
    Limits limits;
    limits.memory_mb = 0.8 * megabytes(static_cast<double>(sysconf(_SC_PHYS_PAGES)));
    const auto given = request.find("limits");
    if (given == request.end() || !given->is_object()) return limits;
    const auto take = [&](const char* name, double& value) {
        const auto found = given->find(name);
        if (found != given->end() && found->is_number() && found->get<double>() > 0) value = found->get<double>();
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

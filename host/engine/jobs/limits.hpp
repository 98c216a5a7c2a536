// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one job may use before its supervisor ends it, and how much it uses now.
//
// The limits stand in the request ("limits": {"memory_mb", "time_s", "log_mb", "stop_grace_s"}); what is missing takes
// the defaults. Read by the supervisor and the computing child. Plain values, any thread.
//
//     const Limits limits = Limits::of(request.document());
//     if (residentMegabytes(pid) > limits.memory_mb) …

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace latent::engine {

struct Limits {
    double memory_mb = 0;      ///< resident memory of the computing process; default: 80 % of what there is
    double time_s = 0;         ///< wall time of one attempt; 0: no limit
    double log_mb = 64;        ///< log text of one attempt
    double stop_grace_s = 30;  ///< from a pause or stop request to the end, before the process is killed

    static Limits of(const nlohmann::json& request);
};

/// Memory in MB that the control groups of this process leave it (containers, batch systems); infinite where
/// they limit nothing. The two paths are where Linux says so.
double groupMemory_mb(const std::filesystem::path& membership = "/proc/self/cgroup",
                      const std::filesystem::path& root = "/sys/fs/cgroup");

/// Resident memory of a process in MB (2^20 bytes); 0 when it is gone.
double residentMegabytes(pid_t process);

}  // namespace latent::engine

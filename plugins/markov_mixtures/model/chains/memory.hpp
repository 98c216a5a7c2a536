// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much memory there is for what a job makes. Bytes; any thread.
//
//     if (bytes > availableMemory() / 2) refuse();

#include <cstdint>
#include <filesystem>

namespace markov_mixtures {

/// The smallest limit of the control groups that this process is in, of either version; UINT64_MAX where there is none.
std::uint64_t groupMemory(const std::filesystem::path& membership = "/proc/self/cgroup",
                          const std::filesystem::path& root = "/sys/fs/cgroup");
/// The machine's memory, or what a control group allows of it; 8 GiB where it cannot be told.
std::uint64_t availableMemory();

}  // namespace markov_mixtures

// SPDX-License-Identifier: Apache-2.0
#include "model/chains/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace markov_mixtures {
namespace {

namespace fs = std::filesystem;

/// The number in a file of the kernel; "max" and what cannot be read are no limit.
std::uint64_t limitIn(const fs::path& file) {
    std::ifstream in(file);
    std::uint64_t bytes = 0;
    return in >> bytes ? bytes : UINT64_MAX;
}

}  // namespace

std::uint64_t groupMemory(const fs::path& membership, const fs::path& root) {
    std::uint64_t least = UINT64_MAX;
    std::ifstream groups(membership);
    for (std::string line; std::getline(groups, line);) {  // number:controllers:path
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool isFirstVersion = controllers == "memory";
        if (!isFirstVersion && !controllers.empty()) continue;
        const fs::path top = isFirstVersion ? root / "memory" : root;
        const char* name = isFirstVersion ? "memory.limit_in_bytes" : "memory.max";
        for (fs::path group = fs::path(line.substr(second + 1)).relative_path();;
             group = group.parent_path()) {
            least = std::min(least, limitIn(top / group / name));  // each group above limits, too
            if (group.empty()) break;
        }
    }
    return least;
}

std::uint64_t availableMemory() {
    const long pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGESIZE);
    const std::uint64_t machine = pages > 0 && size > 0
                                      ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)
                                      : std::uint64_t{8} << 30;
    return std::min(machine, groupMemory());
}

}  // namespace markov_mixtures

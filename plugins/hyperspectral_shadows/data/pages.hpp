// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory that is given back before what it belongs to ends. Any thread.
//
//     forgetPages(values.data(), lines * valuesPerLine * sizeof(float));

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace hyperspectral_shadows {

/// Gives the system back the whole pages of these bytes, which hold nothing
/// after that and may be written again.
inline void forgetPages(void* from, std::size_t bytes) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)),
               begin = (reinterpret_cast<std::uintptr_t>(from) + page - 1) / page * page,
               end = (reinterpret_cast<std::uintptr_t>(from) + bytes) / page * page;
    if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace hyperspectral_shadows
